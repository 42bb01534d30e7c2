// One act from the phone: the head issues the waiting order in two taps, the Kabid disposes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { actAs, assertAccessible, openPage, screenshot, startBrowser } from "./browser.ts";
import { type Program, startProgram } from "./program.ts";

const phone = { viewport: { width: 390, height: 844 } };

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

/** Nothing on a phone is to be looked for by pushing the page sideways. */
async function assertFits(page: Page): Promise<void> {
	const [needed, there] = await page.evaluate(() => [
		document.documentElement.scrollWidth,
		window.innerWidth,
	]);
	assert.ok((needed ?? 0) <= (there ?? 0), `${page.url()} needs ${needed} of ${there} pixels`);
}

test("the head issues, the Kabid disposes", async () => {
	const { page, faults } = await openPage(browser, program.address, phone);
	await actAs(page, /^Kepala Dinas/);
	await screenshot(page, "head-home");
	await assertAccessible(page);

	// Two taps.
	await page.getByRole("link", { name: "Lihat dan terbitkan" }).click();
	await screenshot(page, "head-order");
	await assertAccessible(page);
	await page.getByRole("button", { name: "Terbitkan", exact: true }).click();

	const news = page.getByRole("status");
	await news.waitFor();
	const number = /dengan nomor (\S+)\./.exec((await news.textContent()) ?? "")?.[1];
	assert.ok(number, "the number is shown");
	assert.ok(await page.locator("dd", { hasText: number }).isVisible());
	await screenshot(page, "head-issued");
	await assertAccessible(page);

	const paper = await page.getByRole("link", { name: "Surat perintah (PDF)" }).getAttribute("href");
	assert.ok(paper);
	const answer = await page.request.get(paper);
	assert.equal(answer.status(), 200);
	assert.equal(answer.headers()["content-type"], "application/pdf");
	assert.equal((await answer.body()).subarray(0, 5).toString(), "%PDF-");

	await actAs(page, /^Kepala Bidang/);
	await page.getByRole("link", { name: "Lihat dan disposisikan" }).click();
	await screenshot(page, "kabid-order");
	await assertAccessible(page);
	await page.getByRole("button", { name: "Disposisikan" }).click();
	await page.getByText("Disposisi tercatat.").waitFor();
	await screenshot(page, "kabid-disposed");
	for (const path of ["/", page.url(), "/pelaksanaan", "/status", "/pengaduan"]) {
		await page.goto(path);
		await assertFits(page);
	}

	assert.deepEqual(faults, []);
	await page.context().close();
});

test("the lists stand, in both languages", async () => {
	const { page, faults } = await openPage(browser, program.address);
	await actAs(page, /^Kepala Seksi/);
	for (const [path, name] of [
		["/pelaksanaan", "runs"],
		["/status", "status"],
		["/pengaduan", "complaints"],
	]) {
		assert.equal((await page.goto(`${path}?lang=en`))?.status(), 200);
		assert.equal(await page.getAttribute("html", "lang"), "en");
		await assertAccessible(page);
		assert.equal((await page.goto(`${path}?lang=id`))?.status(), 200);
		await screenshot(page, name as string);
		await assertAccessible(page);
	}
	assert.deepEqual(faults, []);
	await page.goto("/tidak-ada");
	await screenshot(page, "failure");
	await assertAccessible(page);
	await page.context().close();
});
