// A system from nothing to where a head can be named: the link on the terminal, the first page, a password, people with
// their posts, registers from files, settings.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, type Faults, openPage, screenshot, startBrowser } from "./browser.ts";
import { type Program, startEmpty } from "./program.ts";

let program: Program;
let browser: Browser;
let page: Page;
let faults: Faults;

before(async () => {
	program = await startEmpty();
	browser = await startBrowser();
	({ page, faults } = await openPage(browser, program.address));
});

after(async () => {
	await browser?.close();
	await program?.stop();
});

/** The link that the program prints right after it listens. */
async function linkOfTerminal(): Promise<string> {
	for (;;) {
		const line = program.said.map((line) => /http:\S+\/pemasangan\/\S+/.exec(line)?.[0]).find((link) => link);
		if (line) return line;
		await new Promise((done) => setImmediate(done));
	}
}

test("the link on the terminal leads to the first administrator", async () => {
	const closed = await page.goto("/");
	assert.equal(closed?.status(), 503);
	await page.getByText("belum dipasang").waitFor();
	// The browser writes down that the page was not there.
	faults.length = 0;
	await page.goto(await linkOfTerminal());
	await screenshot(page, "set-up");
	await assertAccessible(page);
	await page.getByLabel("Pemerintah").fill("PEMERINTAH KABUPATEN CONTOH");
	await page.getByLabel("Instansi (baris").fill("DINAS KOMUNIKASI DAN INFORMATIKA");
	await page.getByLabel("Alamat").fill("Jl. Contoh No. 1\nTelepon 000");
	await page.getByLabel("Tempat surat").fill("Contoh");
	await page.getByLabel("Zona waktu").selectOption("WITA");
	for (const reason of await page.locator('input[name^="accept-"]').all())
		await reason.fill("naskah lama, diperbaiki pada revisi berikutnya");
	await page.locator("#admin").fill("Contoh Pengelola");
	await page.getByRole("button", { name: "Pasang" }).click();
	await page.getByRole("heading", { level: 1, name: "Contoh Pengelola" }).waitFor();
	const password = "kata sandi contoh yang panjang";
	await page.locator("#password").fill(password);
	await page.locator("#again").fill(password);
	await page.getByRole("button", { name: "Tetapkan kata sandi" }).click();
	await page.getByRole("heading", { name: "Menunggu Anda" }).waitFor();
	await page.getByRole("link", { name: "Pengelolaan" }).click();
	await page.getByRole("heading", { name: "Sebelum SOP dapat dijalankan" }).waitFor();
	await screenshot(page, "admin-ready");
	await assertAccessible(page);
	assert.deepEqual(faults, []);
});

test("a head is entered and holds the post", async () => {
	await page.goto("/orang");
	await page.getByRole("link", { name: "Tambah orang" }).click();
	await page.getByLabel("Nama tanpa gelar").fill("Contoh Kepala");
	await page.getByLabel("Gelar belakang").fill("M.Si.");
	await page.getByLabel("Status").selectOption("pns");
	await page.getByLabel("Pangkat").selectOption("IV/c");
	await page.getByLabel("NIP").fill("19700101 199503 1 001");
	await screenshot(page, "person-form");
	await assertAccessible(page);
	await page.getByRole("button", { name: "Simpan" }).click();
	await page.getByRole("heading", { level: 1, name: "Contoh Kepala, M.Si." }).waitFor();
	await page.getByText("Tugaskan pada jabatan").first().click();
	await page.locator("#post").selectOption({ label: "Kepala Dinas ()" });
	await page.locator("#decree").fill("SK/CONTOH/1");
	await page.getByRole("button", { name: "Tugaskan pada jabatan" }).click();
	await page.getByText("SK/CONTOH/1").waitFor();
	await page.goto("/pengelolaan/jabatan");
	await page.getByText("Kepala Dinas").first().click();
	await screenshot(page, "admin-posts");
	await assertAccessible(page);
	assert.deepEqual(faults, []);
});

test("registers come from files, after a look at what they do", async () => {
	await page.goto("/impor");
	await screenshot(page, "import");
	await assertAccessible(page);
	const send = async (register: string, name: string, text: string) => {
		await page.goto("/impor");
		const form = page.locator(`form[action="/impor/${register}"]`);
		await form
			.locator('input[type="file"]')
			.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
		await form.getByRole("button", { name: "Lihat isinya" }).click();
	};
	await send(
		"offices",
		"perangkat daerah.csv",
		"code,name\ndinas-satu,Dinas Contoh Satu\ndinas dua,Dinas Dua\n",
	);
	await page.getByText("1 kesalahan").waitFor();
	await screenshot(page, "import-faulty");
	await assertAccessible(page);
	await send(
		"offices",
		"perangkat daerah.csv",
		"code,name\ndinas-satu,Dinas Contoh Satu\ndinas-dua,Dinas Contoh Dua\n",
	);
	await page.getByText("menambah 2").waitFor();
	await screenshot(page, "import-preview");
	await assertAccessible(page);
	await page.getByRole("button", { name: "Terima semuanya" }).click();
	await page.getByText("2 baru").waitFor();
	const download = page.waitForEvent("download");
	await page.getByRole("link", { name: "Unduh CSV: Perangkat daerah" }).click();
	assert.equal((await download).suggestedFilename(), "offices.csv");
	assert.deepEqual(faults, []);
});

test("a setting is changed, and a fault in it is shown where it is", async () => {
	await page.goto("/pengelolaan/pengaturan");
	await screenshot(page, "admin-settings");
	await assertAccessible(page);
	await page.getByRole("link", { name: /kalender kerja/i }).click();
	await page.getByText("2026: ").waitFor();
	await screenshot(page, "admin-setting");
	await assertAccessible(page);
	await page.locator("#text").fill("bukan toml [");
	await page.getByRole("button", { name: "Berlakukan" }).click();
	await page.locator(".alert-danger").waitFor();
	assert.equal(await page.locator("#text").inputValue(), "bukan toml [");
	await page.goto("/pengelolaan/pengaturan/agency");
	await page.getByLabel("Tempat surat").fill("Contoh Baru");
	await page.getByRole("button", { name: "Berlakukan mulai hari ini" }).click();
	await page.getByText("Versi baru tersimpan").waitFor();
	assert.equal(await page.getByLabel("Tempat surat").inputValue(), "Contoh Baru");
	// A page that was answered with a fault is written down by the browser.
	assert.deepEqual(
		faults.filter((fault) => !fault.includes("422")),
		[],
	);
});
