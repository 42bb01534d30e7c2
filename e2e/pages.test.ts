// Every page that a role can reach from its first one: it stands, fits a phone, breaks no rule of accessibility, and
// is used by the keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openAccount, signIn } from "./accounts.ts";
import { assertAccessible, openPage, screenshot, startBrowser } from "./browser.ts";
import { type Program, startLive } from "./program.ts";

let program: Program;
let browser: Browser;
/** Patterns of addresses that were looked at, whoever looked: a page is judged once for its look. */
const judged = new Set<string>();

before(async () => {
	program = await startLive();
	browser = await startBrowser();
});

after(async () => {
	await browser?.close();
	await program?.stop();
});

/** The address without what names one record: pages of one kind look alike. */
function pattern(path: string): string {
	return (
		path
			// A list of all leads to what a list of the open ones does not.
			.replace(/\?(?!status=all$).*/, "")
			.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}")
			.replace(/ADU-\d+-\d+/g, "{number}")
			.replace(/^\/lokasi\/.+/, "/lokasi/{code}")
			.replace(/^\/pengelolaan\/pengaturan\/.+/, "/pengelolaan/pengaturan/{kind}")
			.replace(/^\/lapangan\/.+/, "/lapangan/{target}")
	);
}

/** The pages that this one leads to. */
async function leadsTo(page: Page): Promise<string[]> {
	const links = await page.evaluate(() =>
		[...document.querySelectorAll<HTMLAnchorElement>("a[href]")].map((link) => link.href),
	);
	return links
		.map((link) => new URL(link))
		.filter((url) => url.origin === program.address)
		.filter((url) => !/\.(pdf|csv|xlsx|json|crt|pem)$/.test(url.pathname))
		.map((url) => url.pathname + url.search);
}

/** Everything that can be used is reached by Tab, and what has the focus is seen. */
async function assertKeyboard(page: Page): Promise<void> {
	const wanted = await page.evaluate(() => {
		const all = document.querySelectorAll<HTMLElement>(
			"a[href], button:not([data-theme-choice]), input:not([type=hidden]), select, textarea, summary",
		);
		const usable = [...all].filter(
			(it) =>
				it.tabIndex >= 0 && !it.matches(":disabled") && it.checkVisibility({ checkVisibilityCSS: true }),
		);
		for (const [place, it] of usable.entries()) it.dataset.place = String(place);
		// A group of radio buttons is one stop.
		const groups = new Set<string>();
		return usable
			.filter((it) => {
				if (!(it instanceof HTMLInputElement) || it.type !== "radio") return true;
				if (groups.has(it.name)) return false;
				groups.add(it.name);
				return true;
			})
			.map((it) => ({
				place: it.dataset.place,
				group: it instanceof HTMLInputElement && it.type === "radio" ? it.name : "",
			}));
	});
	// Long lists are walked at their beginning.
	const first = wanted.slice(0, 60);
	await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
	const reached = new Set<string>();
	// A field for a day takes several presses.
	for (let presses = 0; presses < 4 * first.length + 20 && reached.size < first.length; presses++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate(() => {
			const it = document.activeElement as HTMLElement | null;
			if (!it || it === document.body) return null;
			const style = getComputedStyle(it);
			const seen =
				style.outlineStyle !== "none" || style.boxShadow !== "none" || it.getClientRects().length > 1;
			const group = it instanceof HTMLInputElement && it.type === "radio" ? it.name : "";
			return { place: it.dataset.place ?? "", group, seen, html: it.outerHTML.slice(0, 120) };
		});
		if (!at) continue;
		assert.ok(at.seen, `${page.url()}: the focus is not seen on ${at.html}`);
		if (at.group || at.place) reached.add(at.group || at.place);
	}
	const missed = first.filter((it) => !reached.has(it.group || (it.place ?? "")));
	const what = await page.evaluate(
		(places) =>
			places.map((place) => document.querySelector(`[data-place="${place}"]`)?.outerHTML.slice(0, 120)),
		missed.map((it) => it.place),
	);
	assert.deepEqual(what, [], `${page.url()}: not reached by Tab`);
}

/** Nothing on a phone is to be looked for by pushing the page sideways. */
async function assertFits(page: Page): Promise<void> {
	const before = page.viewportSize();
	await page.setViewportSize({ width: 390, height: 844 });
	const [needed, there] = await page.evaluate(() => [
		document.documentElement.scrollWidth,
		window.innerWidth,
	]);
	assert.ok((needed ?? 0) <= (there ?? 0), `${page.url()} needs ${needed} of ${there} pixels`);
	if (before) await page.setViewportSize(before);
}

for (const [post, least] of [
	["kepala", 8],
	["kasi-telematika", 10],
	["teknisi-1", 8],
	["petugas-layanan-1", 8],
	["pengelola-sistem", 8],
	["auditor", 8],
	["kontak-disdik", 4],
] as const) {
	test(`every page of ${post}`, { timeout: 300_000 }, async () => {
		const login = await openAccount(program, post);
		const { page, faults } = await openPage(browser, program.address);
		await signIn(page, login);
		const waiting = ["/"];
		const seen = new Set<string>();
		while (waiting.length > 0) {
			const path = waiting.shift() as string;
			const kind = pattern(path);
			if (seen.has(kind) || kind === "/keluar") continue;
			seen.add(kind);
			const answer = await page.goto(path, { waitUntil: "load" });
			assert.equal(answer?.status(), 200, `${post} ${path}`);
			assert.equal(await page.locator("h1").count(), 1, `${path} has one heading`);
			assert.ok(
				!((await page.locator("main").textContent()) ?? "").includes("{$"),
				`${path} shows a placeholder`,
			);
			await assertFits(page);
			waiting.push(...(await leadsTo(page)));
			if (judged.has(kind)) continue;
			judged.add(kind);
			await screenshot(page, `page${kind.replace(/[^a-z]+/gi, "-")}`);
			await assertAccessible(page);
			await assertKeyboard(page);
		}
		assert.ok(seen.size >= least, `${post} saw only ${[...seen].join(", ")}`);
		assert.deepEqual(faults, []);
		await page.context().close();
	});
}
