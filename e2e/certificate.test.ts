// HTTPS with the agency's own authority, and the administrator's pages behind it. That the certificate holds is tried by
// the program's own tests; here the browser is told to take this authority's, as a phone does that has installed it.

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { actAs, assertAccessible, openPage, screenshot, startBrowser } from "./browser.ts";
import { type Program, startProgram } from "./program.ts";

let program: Program;
let browser: Browser;
let clear: string;

before(async () => {
	program = await startProgram("--tls-own", "rajut.ciamiskab.go.id");
	// The same port answers in clear, too.
	clear = program.address.replace("https:", "http:");
	const answer = await fetch(`${clear}/sertifikat/rajut.crt`);
	assert.equal(answer.headers.get("content-type"), "application/x-x509-ca-cert");
	const authority = new X509Certificate(Buffer.from(await answer.arrayBuffer()));
	assert.ok(authority.ca && authority.verify(authority.publicKey));
	const key = authority.publicKey.export({ type: "spki", format: "der" });
	const pin = createHash("sha256").update(key).digest("base64");
	browser = await startBrowser(`--ignore-certificate-errors-spki-list=${pin}`);
});

after(async () => {
	await browser?.close();
	await program?.stop();
});

test("a phone that does not trust us yet reads how to, and is led on from there", async () => {
	const { page, faults } = await openPage(browser, clear);
	await page.goto("/sertifikat");
	await page.getByRole("link", { name: "Unduh sertifikat" }).waitFor();
	assert.equal((await page.context().cookies()).length, 0);
	await screenshot(page, "certificate");
	await assertAccessible(page);
	assert.deepEqual(faults, []);
	await page.goto("/cek-pengaduan");
	assert.equal(page.url(), `${program.address}/cek-pengaduan`);
	const [cookie] = await page.context().cookies();
	assert.ok(cookie?.secure && cookie.httpOnly);
	await page.context().close();
});

test("over HTTPS the visit is kept on the phone", async () => {
	const { page, faults } = await openPage(browser, program.address);
	await actAs(page, /^Teknisi/);
	await page.goto("/lapangan");
	const worker = await page.evaluate(async () => {
		const ready = await navigator.serviceWorker.ready;
		return [window.isSecureContext, ready.active?.scriptURL];
	});
	assert.deepEqual(worker, [true, `${program.address}/sw.js`]);
	assert.deepEqual(faults, []);
	await page.context().close();
});

test("the administrator finds accounts, tokens and the journal", async () => {
	const { page, faults } = await openPage(browser, program.address);
	await actAs(page, /^Pengelola Sistem/);
	await page.getByRole("link", { name: "Pengelolaan" }).click();
	await page.getByRole("heading", { level: 1, name: "Pengelolaan" }).waitFor();
	await assertAccessible(page);
	await page.getByRole("link", { name: /^Akun/ }).click();
	await page.getByLabel("Tampilkan").selectOption("tanpa");
	await page.getByLabel("Nama, jabatan, atau nama akun").fill("kasi telematika");
	await page.getByRole("button", { name: "Cari" }).click();
	await page.locator("tbody a").click();
	await page.getByRole("button", { name: "Undang" }).click();
	const link = page.locator(".alert strong");
	assert.ok((await link.textContent())?.startsWith(`${program.address}/undangan/`));
	await screenshot(page, "admin-account");
	await assertAccessible(page);
	for (const [address, name] of [
		["/pengelolaan/akun", "admin-accounts"],
		["/pengelolaan/token", "admin-tokens"],
		["/pengelolaan/jurnal", "admin-journal"],
	] as const) {
		await page.goto(address);
		await screenshot(page, name);
		await assertAccessible(page);
	}
	await page.getByRole("link", { name: "Periksa rantai" }).click();
	await page.getByText("Rantai utuh").waitFor();
	assert.deepEqual(faults, []);
	await page.context().close();
});
