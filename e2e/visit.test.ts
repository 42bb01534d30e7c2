// A visit on the phone: without a network, through a killed tab, a wrong clock and an expired session; nothing is lost
// and nothing arrives twice.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { actAs, assertAccessibleOutdoors, screenshotOutdoors, startBrowser } from "./browser.ts";
import { allSent, picture, targets, technician, visitsAt } from "./field.ts";
import { type Program, startProgram } from "./program.ts";

/** A clean site takes no more taps than this. */
const mostTaps = 25;

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

async function sign(page: Page): Promise<void> {
	const glass = page.locator("#kaca");
	await glass.scrollIntoViewIfNeeded();
	const box = await glass.boundingBox();
	assert.ok(box);
	await page.mouse.move(box.x + 30, box.y + 30);
	await page.mouse.down();
	await page.mouse.move(box.x + 120, box.y + 80, { steps: 5 });
	await page.mouse.up();
}

async function assertFits(page: Page): Promise<void> {
	const [needed, there] = await page.evaluate(() => [
		document.documentElement.scrollWidth,
		window.innerWidth,
	]);
	assert.ok((needed ?? 0) <= (there ?? 0), `${page.url()} needs ${needed} of ${there} pixels`);
}

test("a clean site, without a network and through a killed tab, in few taps", async () => {
	const { page: first, context, faults } = await technician(browser, program);
	await screenshotOutdoors(first, "field-list");
	await assertAccessibleOutdoors(first);
	await assertFits(first);
	const [target] = await targets(first);
	assert.ok(target);
	await context.setOffline(true);

	let taps = 0;
	const tap = async (page: Page, selector: string) => {
		taps += 1;
		await page.locator(selector).first().click();
	};
	await tap(first, `.field-target[href$="${target.id}"]`);
	await first.locator("#check-in").waitFor();
	await assertAccessibleOutdoors(first);
	await screenshotOutdoors(first, "field-arrive");
	// Everybody of the team is there already.
	assert.deepEqual(
		await first
			.locator("input[id^=hadir]")
			.evaluateAll((all) => all.map((it) => (it as HTMLInputElement).checked)),
		[true, true],
	);
	await tap(first, "#check-in");
	const good = "button[id$=-baik]";
	await first.locator(good).first().waitFor();
	const groups = await first.locator(good).count();
	// A tap is answered when it is kept.
	const left = (page: Page, n: number) =>
		page.waitForFunction((wanted) => document.querySelectorAll("button[id$=-baik]").length === wanted, n);
	for (let done = 1; done <= 3; done += 1) {
		await tap(first, good);
		await left(first, groups - done);
	}

	// The tab is gone, and comes back without a network.
	const address = first.url();
	await first.close({ runBeforeUnload: false });
	const page = await context.newPage();
	await page.goto(address);
	await page.locator(good).first().waitFor();
	assert.equal(await page.locator(good).count(), groups - 3, "what was tapped is there");
	for (let more = groups - 4; more >= 0; more -= 1) {
		await tap(page, good);
		await left(page, more);
	}

	// Only what stands at the site is asked about.
	await page.locator("#k-router > summary").click();
	await page.locator("#k-router .field-line").first().waitFor();
	await screenshotOutdoors(page, "field-visit");
	await assertAccessibleOutdoors(page);
	await assertFits(page);
	for (const box of await page.locator("#layar button:visible, #layar summary:visible").all()) {
		const size = await box.boundingBox();
		assert.ok((size?.height ?? 0) >= 56, `${await box.textContent()} is ${size?.height} px high`);
	}

	taps += 2;
	await page.locator("#konfirmasi-nama").fill("Contoh Kontak");
	await page.locator("#konfirmasi-jabatan").fill("Pengelola TIK");
	taps += 1;
	await sign(page);
	// What the line does and what is tapped elsewhere does not disturb whoever is signing.
	await page.evaluate(() => window.dispatchEvent(new Event("offline")));
	await page.locator("label[for=outcome-partial]").click();
	await tap(page, "#konfirmasi-simpan");
	await page.getByText("Dikonfirmasi oleh Contoh Kontak (Pengelola TIK).").waitFor();
	await tap(page, "label[for=outcome-complete]");
	await tap(page, "#check-out");
	await page.getByRole("heading", { name: "Kunjungan selesai" }).waitFor();
	await screenshotOutdoors(page, "field-ended");
	await assertAccessibleOutdoors(page);
	assert.ok(taps <= mostTaps, `${taps} taps`);
	console.log(`${taps} taps for ${groups} groups`);
	assert.deepEqual(await visitsAt(program, target.code), [], "nothing has been sent");

	await context.setOffline(false);
	await allSent(page);
	const visits = await visitsAt(program, target.code);
	assert.equal(visits.length, 1);
	const visit = visits[0];
	assert.equal(visit?.outcome, "complete");
	assert.ok((visit?.findings.length ?? 0) > 50);
	assert.ok(visit?.findings.every((finding) => finding.condition === "good"));
	assert.equal(visit?.confirmation?.is, "given");
	assert.ok(visit?.confirmation?.evidence, "the signature");
	assert.equal(visit?.met?.post, "Pengelola TIK");
	assert.deepEqual(visit?.flags, []);
	assert.deepEqual(faults(), []);
	await context.close();
});

test("a faulty site: photo, part, replacement, figures, verdicts, measured from the phone", async () => {
	const { page, context, faults } = await technician(browser, program);
	const all = await page.evaluate(async () => {
		const answer = await fetch("/api/v1/field");
		const data = (await answer.json()) as {
			targets: { id: string; complaints: unknown[]; site: { code: string } }[];
		};
		return data.targets.map((it) => ({ id: it.id, code: it.site.code, complaints: it.complaints.length }));
	});
	const target = all.find((it) => it.complaints > 0);
	assert.ok(target, "a target with a complaint");
	await page.goto(`/lapangan/${target.id}`);
	await page.locator("#check-in").click();
	await page.locator("#k-power-baik").click();

	// "All good" is taken back for one line, with a photo and the part it waits for.
	await page.locator("#k-power > summary").click();
	await page.locator("#b-sockets-site-").click();
	await page.locator("label[for=kondisi-minor]").click();
	await page.locator("label[for=tindakan-escalate]").click();
	await page.locator("#kamera").setInputFiles([picture(9001)]);
	await page.locator(".field-photos img").waitFor();
	await page.locator("#bagian").fill("stop kontak");
	await screenshotOutdoors(page, "field-sheet");
	await assertAccessibleOutdoors(page);
	await page.locator("#lembar-simpan").click();
	await page.locator("dialog").waitFor({ state: "detached" });

	// A figure is judged as it is typed, and a number that is none is not taken.
	await page.locator("#b-mains-site-").click();
	await page.locator("#ukur-0").fill("abc");
	await page.locator("#lembar-simpan").click();
	await page.getByText("Tegangan PLN: tulis angka saja.").waitFor();
	assert.equal(await page.locator("#ukur-0").getAttribute("inputmode"), "decimal");
	await page.locator("#ukur-0").fill("187,5");
	await page.getByText("terlalu rendah").waitFor();
	await page.locator("#lembar-simpan").click();
	await page.locator("dialog").waitFor({ state: "detached" });

	// A replacement whose number cannot be read needs a photo.
	await page.locator("#k-router > summary").click();
	await page.locator("#k-router .field-line").first().click();
	await page.locator("label[for=kondisi-major]").click();
	await page.locator("label[for=tindakan-replace]").click();
	await page.locator("#baru-kode").fill("RT-BARU-1");
	await page.locator("label[for=baru-serial-unreadable]").click();
	await page.locator("#lembar-simpan").click();
	await page.locator(".field-missing", { hasText: "perlu foto" }).waitFor();
	// What was typed is there again when the sheet was closed in between, even with the page.
	await page.keyboard.press("Escape");
	await page.reload();
	await page.locator("#k-router > summary").click();
	await page.locator("#k-router .field-line").first().click();
	assert.equal(await page.locator("#baru-kode").inputValue(), "RT-BARU-1");
	await page.locator("#kamera").setInputFiles([picture(9002)]);
	await page.locator(".field-photos img").waitFor();
	await page.locator("#lembar-simpan").click();
	await page.locator("dialog").waitFor({ state: "detached" });

	await page.locator("textarea[id^=catatan-]").first().fill("diperiksa bersama pelapor");
	await page.locator("label[for^=verdict-][for$=-proven_repaired]").first().click();
	await page.locator("#ukur").click();
	await page.locator("#ukur-hasil", { hasText: "Tunda" }).waitFor();
	await screenshotOutdoors(page, "field-faulty");
	await assertAccessibleOutdoors(page);
	await page.locator("label[for=konfirmasi-jawaban-refused]").click();
	await page.locator("#konfirmasi-alasan").fill("pimpinan tidak di tempat");
	await page.locator("#konfirmasi-simpan").click();
	await page.locator("label[for=outcome-partial]").click();
	await page.locator("#check-out").click();
	await allSent(page);

	const [visit] = await visitsAt(program, target.code);
	assert.ok(visit);
	const escalated = visit.findings.find((it) => it.item === "sockets" && it.condition === "minor");
	assert.equal(escalated?.photos.length, 1);
	assert.ok(escalated?.corrects, "it takes the place of what was said before");
	const mains = visit.measured.find((it) => "mains" in it.values);
	assert.deepEqual([mains?.values.mains, mains?.vantage], [187.5, "instrument"]);
	const pinged = visit.measured.find((it) => "delay" in it.values);
	assert.equal(pinged?.vantage, "phone");
	assert.deepEqual(
		visit.verdicts.map((it) => it.verdict),
		["proven_repaired"],
	);
	assert.equal(visit.confirmation?.is, "withheld");
	assert.ok(!visit.flags.some((flag) => flag.code === "no_photo"), JSON.stringify(visit.flags));
	const devices = await page.evaluate(async (id) => {
		const answer = await fetch("/api/v1/field");
		const data = (await answer.json()) as { targets: { id: string; devices: { code: string }[] }[] };
		return data.targets.find((it) => it.id === id)?.devices.map((it) => it.code) ?? [];
	}, target.id);
	assert.ok(devices.includes("RT-BARU-1"), `${devices} hold what was put in`);
	assert.deepEqual(faults(), []);
	await context.close();
});

test("a clock three hours wrong is corrected and marked", async () => {
	const ahead = 3 * 3600 * 1000;
	const { page, context, faults } = await technician(browser, program, async (context) => {
		await context.addInitScript((off) => {
			const Real = Date;
			globalThis.Date = class extends Real {
				constructor(...given: unknown[]) {
					if (given.length === 0) super(Real.now() + off);
					else super(...(given as [number]));
				}
				static override now() {
					return Real.now() + off;
				}
			} as DateConstructor;
		}, ahead);
	});
	const [target] = await targets(page);
	assert.ok(target);
	const contact = async () => {
		const answer = await page.request.get("/api/v1/field/contact");
		return Date.parse(((await answer.json()) as { now: string }).now);
	};
	await page.goto(`/lapangan/${target.id}`);
	await page.locator("#antrean[data-line=online]").waitFor();
	await context.setOffline(true);
	await page.locator("#check-in").click();
	await page.locator("label[for=outcome-locked]").click();
	await page.locator("#check-out").click();
	await page.getByRole("heading", { name: "Kunjungan selesai" }).waitFor();
	await context.setOffline(false);
	await allSent(page);
	const [visit] = await visitsAt(program, target.code);
	assert.ok(visit?.check_out);
	const wrong = Math.abs(Date.parse(visit.check_in.at) - (await contact()));
	assert.ok(wrong < 60_000, `${wrong} ms off`);
	const marks = visit.flags.filter((flag) => flag.code === "clock_skew");
	assert.equal(marks.length, 1, JSON.stringify(visit.flags));
	assert.ok(Math.abs(Number(marks[0]?.detail) - 10_800) < 5);
	assert.deepEqual(faults(), []);
	await context.close();
});

test("a session that ends, an answer that is lost, a queue sent from two copies", async () => {
	const { page, context, faults } = await technician(browser, program);
	const [target] = await targets(page);
	assert.ok(target);
	const sent: string[] = [];
	let lose = true;
	await context.route("**/api/v1/acts", async (route) => {
		sent.push(route.request().postData() ?? "");
		// The server does it, and nobody hears of it.
		const answer = await route.fetch();
		if (lose) {
			lose = false;
			await route.abort("failed");
		} else await route.fulfill({ response: answer });
	});
	await page.goto(`/lapangan/${target.id}`);
	await page.locator("#antrean[data-line=online]").waitFor();
	await context.setOffline(true);
	await page.locator("#check-in").click();
	await page.locator("#k-power-baik").click();
	await context.clearCookies();
	await context.setOffline(false);
	await page.locator("#antrean[data-line=signed-out]").waitFor();
	// Work goes on, and what waits is told.
	await page.locator("#k-rack-baik").click();
	await page.getByText("Masa masuk Anda berakhir.").waitFor();
	await page.locator("#k-rack-baik").waitFor({ state: "detached" });
	const waiting = await page.locator("#antrean").getAttribute("data-waiting");
	assert.ok(Number(waiting) > 5, `${waiting} wait`);
	assert.equal((await page.locator("#antrean").textContent())?.trim(), `${waiting} menunggu dikirim`);
	await assertAccessibleOutdoors(page);
	assert.equal((await visitsAt(program, target.code)).length, 0);
	// Somebody else signs in: what waits stays its owner's.
	await actAs(page, /^Teknisi Jaringan 3:/);
	await page.goto("/lapangan");
	await page.getByText(`${waiting} catatan orang lain di ponsel ini`).waitFor();
	await allSent(page);
	assert.equal((await visitsAt(program, target.code)).length, 0);
	assert.deepEqual(sent, []);

	await actAs(page, /^Teknisi Jaringan 1:/);
	await page.goto(`/lapangan/${target.id}`);
	await page.locator("#antrean[data-line=offline]").waitFor();
	await page.locator("#kirim").click();
	await allSent(page);
	const [visit] = await visitsAt(program, target.code);
	const found = visit?.findings.length;
	assert.equal(found, Number(waiting) - 1);
	assert.equal(sent.length, 2);
	const keys = (text: string | undefined) =>
		(JSON.parse(text ?? "[]") as { key: string }[]).map((entry) => entry.key);
	assert.deepEqual(keys(sent[1]), keys(sent[0]), "what was not answered was sent again");

	// The other copy of the phone.
	const copy = await technician(browser, program);
	const contact = await copy.page.request.get("/api/v1/field/contact");
	const { token } = (await contact.json()) as { token: string };
	for (const data of sent) {
		const answer = await copy.page.request.post("/api/v1/acts", {
			data,
			headers: { "content-type": "application/json", "x-rajut-token": token },
		});
		const { items } = (await answer.json()) as { items: { outcome: string }[] };
		assert.deepEqual([...new Set(items.map((item) => item.outcome))], ["repeated"]);
	}
	const visits = await visitsAt(program, target.code);
	assert.deepEqual(visits.length, 1);
	assert.equal(visits[0]?.findings.length, found);
	assert.deepEqual(faults(), []);
	await copy.context.close();
	await context.close();
});

test("a refused entry is shown with its reason and kept", async () => {
	const { page, context, faults } = await technician(browser, program);
	const [target] = await targets(page);
	assert.ok(target);
	let refuse = true;
	await context.route("**/api/v1/acts", async (route) => {
		if (!refuse) return route.continue();
		const entries = JSON.parse(route.request().postData() ?? "[]") as { key: string }[];
		const items = entries.map(({ key }) => ({
			key,
			outcome: "refused",
			record: null,
			code: "invalid",
			message: "Tidak dapat dipakai.",
		}));
		await route.fulfill({ json: { items } });
	});
	await page.goto(`/lapangan/${target.id}`);
	await page.locator("#check-in").click();
	await page.getByRole("heading", { name: "1 catatan ditolak server" }).waitFor();
	await page.getByText("Tidak dapat dipakai.").waitFor();
	await assertAccessibleOutdoors(page);
	await page.reload();
	await page.getByText("Tidak dapat dipakai.").waitFor();
	refuse = false;
	await page.getByRole("button", { name: "Kirim ulang" }).click();
	await allSent(page);
	await page.getByText("Tidak dapat dipakai.").waitFor({ state: "detached" });
	assert.equal((await visitsAt(program, target.code)).length, 1);
	assert.deepEqual(faults(), []);
	await context.close();
});

test("a visit by keyboard alone", async () => {
	const { page, context, faults } = await technician(browser, program);
	const [target] = await targets(page);
	assert.ok(target);
	await page.goto(`/lapangan/${target.id}`);
	/** Goes on by the tabulator until a thing has the focus. */
	const to = async (selector: string) => {
		for (let steps = 0; steps < 150; steps += 1) {
			await page.keyboard.press("Tab");
			if (await page.evaluate((it) => document.activeElement?.matches(it) ?? false, selector)) return;
		}
		assert.fail(`${selector} is not reached by the keyboard`);
	};
	await page.locator("#check-in").waitFor();
	await to("#check-in");
	await page.keyboard.press("Enter");
	const good = page.locator("button[id$=-baik]");
	await good.first().waitFor();
	for (let left = await good.count(); left > 1; left -= 1) {
		await to("button[id$=-baik]");
		await page.keyboard.press("Enter");
		await page.waitForFunction((n) => document.querySelectorAll("button[id$=-baik]").length === n, left - 1);
	}
	// Into a sheet and out of it.
	await to("summary");
	await page.keyboard.press("Enter");
	await to(".field-line");
	await page.keyboard.press("Enter");
	await page.locator("dialog").waitFor();
	await to("#kondisi-good");
	await page.keyboard.press("ArrowRight");
	await to("#lembar-simpan");
	await page.keyboard.press("Enter");
	await page.locator("dialog").waitFor({ state: "detached" });
	await to("input[name=konfirmasi-jawaban]");
	await page.keyboard.press("ArrowLeft");
	await to("#konfirmasi-alasan");
	await page.keyboard.type("kantor kosong");
	await to("#konfirmasi-simpan");
	await page.keyboard.press("Enter");
	await page.getByText("Tanpa konfirmasi.").waitFor();
	await to("input[name=outcome]");
	await page.keyboard.press("Space");
	await to("#check-out");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Kunjungan selesai" }).waitFor();
	await allSent(page);
	const [visit] = await visitsAt(program, target.code);
	assert.equal(visit?.outcome, "complete");
	assert.ok(visit?.findings.some((it) => it.condition === "minor"));
	assert.deepEqual(faults(), []);
	await context.close();
});

test("two hundred photos of forty sites arrive once each", { timeout: 300_000 }, async () => {
	const { page, context, faults } = await technician(browser, program, undefined, 3);
	const chosen = await targets(page, true);
	assert.equal(chosen.length, 40);
	const before = await files();
	await context.setOffline(true);
	let seed = 0;
	for (const target of chosen) {
		await page.goto(`/lapangan/${target.id}`);
		await page.locator("#check-in").click();
		await page.locator("#k-power > summary").click();
		await page.locator("#b-mains-site-").click();
		await page.locator("#kamera").setInputFiles([0, 1, 2, 3, 4].map((one) => picture(seed + one)));
		seed += 5;
		await page.locator(".field-photos img").nth(4).waitFor();
		await page.locator("#lembar-simpan").click();
		await page.locator("dialog").waitFor({ state: "detached" });
	}
	// 40 arrivals, 40 findings, 200 photos.
	assert.equal(await page.locator("#antrean").getAttribute("data-waiting"), "280");
	await context.setOffline(false);
	// The line breaks once in the middle.
	await page.waitForFunction(
		() => Number(document.getElementById("antrean")?.dataset.waiting) < 280,
		undefined,
		{ timeout: 60_000 },
	);
	await context.setOffline(true);
	await page.waitForTimeout(300);
	await context.setOffline(false);
	await allSent(page, 180_000);
	const photos: string[] = [];
	for (const target of chosen) {
		const visits = await visitsAt(program, target.code);
		const mine = visits.filter((visit) => visit.findings.some((it) => it.photos.length > 0));
		assert.equal(mine.length, 1, target.code);
		photos.push(...(mine[0]?.findings.flatMap((it) => it.photos) ?? []));
	}
	assert.equal(photos.length, 200);
	assert.equal(new Set(photos).size, 200);
	const now = await files();
	for (const hash of photos) assert.ok(now.has(hash), `${hash} is kept`);
	assert.equal([...now].filter((hash) => !before.has(hash)).length, 200, "and nothing else");
	assert.deepEqual(faults(), []);
	await context.close();
});

/** The hashes of what is kept on the server. */
async function files(): Promise<Set<string>> {
	const names = await readdir(join(program.data, "demo.attachments"), { recursive: true });
	return new Set(names.map((name) => name.split("/").at(-1) ?? "").filter((name) => name.length === 64));
}
