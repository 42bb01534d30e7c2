// People with accounts of their own, over the quarter that was played.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { database, type Program, run } from "./program.ts";

const password = "kata sandi contoh yang panjang";

/** The command line on the program's database, as somebody, with its answer as JSON. */
export async function asPost(program: Program, post: string, args: string[]): Promise<unknown> {
	const on = ["--database", database(program.data), "--as", post, "--format", "json"];
	return JSON.parse(await run([...on, ...args]));
}

/** Opens an account for the holder of a post and sets its password, as the page of the invitation does. */
export async function openAccount(program: Program, post: string): Promise<string> {
	const wanted = `contoh.${post}`;
	const args = ["user", "invite", post, "--login", wanted, "--address", program.address];
	// Who has an account already keeps its name.
	const told = await asPost(program, "pengelola-sistem", args);
	const { link, login } = told as { link: string; login: string };
	const page = await fetch(link);
	const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
	const form = new URLSearchParams({ password, again: password, login });
	form.set("token", /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? "");
	const answer = await fetch(link, {
		method: "POST",
		redirect: "manual",
		headers: { cookie: cookies.join("; "), origin: program.address, "sec-fetch-site": "same-origin" },
		body: form,
	});
	assert.equal(answer.status, 303, `${post} could not take up the invitation`);
	return login;
}

/** Signs in by password. */
export async function signIn(page: Page, login: string): Promise<void> {
	await page.goto("/masuk");
	await page.locator("#login").fill(login);
	await page.locator("#password").fill(password);
	await page.getByRole("button", { name: "Masuk", exact: true }).click();
	await page.waitForURL((url) => url.pathname !== "/masuk");
}
