// The first page: it is there, in Indonesian, reachable by everybody, and calls nobody.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { assertAccessible, openPage, screenshot, startBrowser } from "./browser.ts";
import { type Program, startProgram } from "./program.ts";

let program: Program;
let browser: Browser;

before(async () => {
	program = await startProgram();
	browser = await startBrowser();
});

after(async () => {
	await browser?.close();
	await program?.stop();
});

test("the first page stands", async () => {
	const { page, faults } = await openPage(browser, program.address);
	const answer = await page.goto("/");
	assert.equal(answer?.status(), 200);
	assert.equal(await page.getAttribute("html", "lang"), "id");
	assert.notEqual(await page.title(), "");
	await screenshot(page, "start");
	await assertAccessible(page);
	assert.deepEqual(faults, []);
	await page.context().close();
});

test("the first page stands without JavaScript", async () => {
	const { page, faults } = await openPage(browser, program.address, { javaScriptEnabled: false });
	const answer = await page.goto("/");
	assert.equal(answer?.status(), 200);
	assert.ok(await page.getByRole("heading", { level: 1 }).isVisible());
	assert.deepEqual(faults, []);
	await page.context().close();
});
