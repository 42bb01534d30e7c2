// One whole run through the accounts of its people, on desk and phone: drafted, issued, passed down, teams formed, two
// sites visited, reported, accepted, closed. Nobody works under another's name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { asPost, openAccount, signIn } from "./accounts.ts";
import { openPage, screenshot, startBrowser } from "./browser.ts";
import { allSent, phone } from "./field.ts";
import { type Program, startLive } from "./program.ts";

/** A record of the journal. */
interface Noted {
	act: string;
	done_by: string;
	entered_by: string;
}

let program: Program;
let browser: Browser;
/** Where the run is. */
let run = "";

before(async () => {
	program = await startLive();
	browser = await startBrowser();
});

after(async () => {
	await browser?.close();
	await program?.stop();
});

/** The browser of somebody with an account, on a phone or at a desk. */
async function as(post: string, where: object = {}): Promise<{ page: Page; done: () => Promise<void> }> {
	const login = await openAccount(program, post);
	const { page, faults } = await openPage(browser, program.address, where);
	await signIn(page, login);
	return {
		page,
		async done() {
			assert.deepEqual(faults, [], `${post} saw faults`);
			await page.context().close();
		},
	};
}

/** Sends the form with this action and waits for the page behind it. */
async function send(page: Page, action: string): Promise<void> {
	const form = page.locator(`form[method="post"][action$="${action}"]`).first();
	await Promise.all([page.waitForEvent("load"), form.locator('button[type="submit"]').click()]);
	assert.equal(await page.locator(".alert-danger").count(), 0, `${page.url()} after ${action}`);
}

test("the clerk drafts, the head issues on the phone, the Kabid disposes", async () => {
	const clerk = await as("pengadministrasi");
	await clerk.page.goto("/perintah/baru");
	await clerk.page.getByLabel("Judul").fill("Pengecekan dua lokasi");
	await clerk.page.locator('input[name="cakupan"][value="pilih"]').check();
	await clerk.page.evaluate(() => {
		for (const part of document.querySelectorAll("details")) part.open = true;
	});
	const left = clerk.page.locator('input[name="sisa"]');
	if (await left.count()) await left.uncheck();
	const sites = clerk.page.locator('input[name="site"]');
	for (const tick of await sites.all()) if (await tick.isChecked()) await tick.uncheck();
	await sites.nth(0).check();
	await sites.nth(1).check();
	await send(clerk.page, "/perintah");
	run = new URL(clerk.page.url()).pathname;
	assert.match(run, /^\/pelaksanaan\/[0-9a-f-]{36}$/);
	await send(clerk.page, "/ajukan");
	await clerk.done();

	const head = await as("kepala", phone);
	await head.page.locator(`a[href="${run}"]`).first().click();
	await send(head.page, "/terbitkan");
	await head.page.getByText("dengan nomor").waitFor();
	await head.done();

	const kabid = await as("kabid-telematika", phone);
	await kabid.page.locator(`a[href="${run}"]`).first().click();
	await send(kabid.page, "/disposisi");
	await kabid.page.getByText("Disposisi tercatat.").waitFor();
	await kabid.done();
});

test("the Kasi forms a team, and its people visit both sites on the phone", async () => {
	const kasi = await as("kasi-telematika");
	await kasi.page.goto(`${run}/tim`);
	const why = kasi.page.getByLabel("Alasan tetap menugaskan");
	if (await why.count()) await why.fill("perintah ini kecil");
	await screenshot(kasi.page, "run-teams");
	await send(kasi.page, `${run}/tim`);
	await kasi.done();

	// Whoever was put into the team has the sites on the phone.
	let visited = 0;
	for (let number = 1; number <= 6 && visited === 0; number++) {
		const technician = await as(`teknisi-${number}`, phone);
		const { page } = technician;
		await page.goto("/lapangan");
		await page.locator("#antrean[data-line=online]").waitFor();
		const mine = await page.evaluate(async (run) => {
			const answer = await fetch("/api/v1/field");
			const data = (await answer.json()) as { targets: { id: string; run: string }[] };
			return data.targets.filter((target) => run.endsWith(target.run)).map((target) => target.id);
		}, run);
		for (const target of mine) await visit(page, target);
		visited += mine.length;
		await allSent(page);
		await page.context().close();
	}
	assert.equal(visited, 2);
});

/** A clean site: all good, confirmed, complete. */
async function visit(page: Page, target: string): Promise<void> {
	await page.goto(`/lapangan/${target}`);
	await page.locator("#check-in").click();
	const good = page.locator("button[id$=-baik]");
	await good.first().waitFor();
	for (let left = await good.count(); left > 0; left -= 1) {
		await good.first().click();
		await page.waitForFunction(
			(wanted) => document.querySelectorAll("button[id$=-baik]").length === wanted,
			left - 1,
		);
	}
	await page.locator("#konfirmasi-nama").fill("Contoh Kontak");
	await page.locator("#konfirmasi-jabatan").fill("Pengelola TIK");
	const glass = page.locator("#kaca");
	await glass.scrollIntoViewIfNeeded();
	const box = await glass.boundingBox();
	assert.ok(box);
	await page.mouse.move(box.x + 30, box.y + 30);
	await page.mouse.down();
	await page.mouse.move(box.x + 120, box.y + 80, { steps: 5 });
	await page.mouse.up();
	await page.locator("#konfirmasi-simpan").click();
	await page.getByText("Dikonfirmasi oleh").waitFor();
	await page.locator("label[for=outcome-complete]").click();
	await page.locator("#check-out").click();
	await page.getByRole("heading", { name: "Kunjungan selesai" }).waitFor();
}

test("the team reports, the Kasi accepts and closes, and the journal tells who did what", async () => {
	let reported = false;
	for (let number = 1; number <= 6 && !reported; number++) {
		const technician = await as(`teknisi-${number}`, phone);
		const { page } = technician;
		await page.goto(`${run}/laporan`);
		while (await page.locator(`form[action="${run}/kembali"]`).count()) await send(page, `${run}/kembali`);
		while (await page.locator(`form[action="${run}/laporan"]`).count()) {
			await send(page, `${run}/laporan`);
			reported = true;
			await page.goto(`${run}/laporan`);
		}
		await technician.done();
	}
	assert.ok(reported, "somebody of the team reported");

	const kasi = await as("kasi-telematika");
	const { page } = kasi;
	await page.goto(`${run}/laporan`);
	for (const report of await page.locator('tbody a.btn-primary[href^="/laporan/"]').all()) {
		const href = await report.getAttribute("href");
		assert.ok(href);
		await page.goto(href);
		await send(page, "/terima");
		await page.goto(`${run}/laporan`);
	}
	await screenshot(page, "run-ending");
	await send(page, "/laporan-akhir");
	await page.goto(`${run}/laporan`);
	if (await page.locator('form[action$="/tutup"]').count()) await send(page, "/tutup");
	await kasi.done();

	const head = await as("kepala");
	await head.page.goto(`${run}/laporan`);
	if (await head.page.locator('form[action$="/tutup"]').count()) await send(head.page, "/tutup");
	await head.page.goto(run);
	await screenshot(head.page, "run-closed");
	await head.done();

	const id = run.replace("/pelaksanaan/", "");
	const ended = (await asPost(program, "kepala", ["run", "show", id])) as { standing: string };
	assert.equal(ended.standing, "closed");
	// Each act stands under the name of whoever did it, and nobody keyed in for another.
	const told = (await asPost(program, "kepala", ["journal", "show", "--record", `run/${id}`])) as
		| Noted[]
		| { items: Noted[] };
	const records = Array.isArray(told) ? told : told.items;
	const who = new Map(records.map((record) => [record.act, record.done_by]));
	const acts = ["order.draft", "order.issue", "disposition.make", "team.form", "run.close"];
	for (const act of acts) assert.ok(who.get(act), `${act} is among ${[...who.keys()].join(", ")}`);
	const people = ["order.draft", "order.issue", "disposition.make", "team.form"].map((act) => who.get(act));
	assert.equal(new Set(people).size, 4);
	for (const record of records) assert.equal(record.entered_by, record.done_by, record.act);
});
