// What the tests of the visit share: a technician with a phone, and what the server came to hold.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { actAs, openPage } from "./browser.ts";
import { binary, type Program } from "./program.ts";

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** The phone of a technician, with everything on it that a day without a network needs. */
export async function technician(
	browser: Browser,
	program: Program,
	prepare: (context: BrowserContext) => Promise<void> = async () => {},
	number = 1,
): Promise<{ page: Page; context: BrowserContext; faults: () => string[] }> {
	const { page, faults } = await openPage(browser, program.address, phone);
	const context = page.context();
	await prepare(context);
	await actAs(page, new RegExp(`^Teknisi Jaringan ${number}:`));
	await page.goto("/lapangan");
	await page.locator("#antrean[data-line=online]").waitFor();
	await page.locator(".field-target").first().waitFor();
	await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
	});
	// Without a network asking for it fails: that is no fault of the page. Nor is being told to sign in.
	const expected = /ERR_INTERNET_DISCONNECTED|\/api\/.*ERR_FAILED|status of 401|resource: net::ERR_FAILED/;
	return { page, context, faults: () => faults.filter((fault) => !expected.test(fault)) };
}

/** The targets of the phone: those that nobody has visited yet and where nobody complains, or all. */
export function targets(page: Page, all = false): Promise<{ id: string; code: string }[]> {
	return page.evaluate(async (all) => {
		const answer = await fetch("/api/v1/field");
		const data = (await answer.json()) as {
			targets: { id: string; visits: number; complaints: unknown[]; site: { code: string } }[];
		};
		const fresh = data.targets.filter(
			(target) => all || (target.visits === 0 && target.complaints.length === 0),
		);
		return fresh.map((target) => ({ id: target.id, code: target.site.code }));
	}, all);
}

/** Waits until nothing waits any more. */
export async function allSent(page: Page, timeout = 60_000): Promise<void> {
	await page.locator("#antrean[data-waiting='0'][data-line=online]").waitFor({ timeout });
}

export interface ServerVisit {
	id: string;
	check_in: { at: string };
	check_out: { at: string } | null;
	outcome: string | null;
	met: { post: string } | null;
	findings: { item: string; condition: string; photos: string[]; corrects: string | null }[];
	measured: { values: Record<string, number>; vantage: string }[];
	verdicts: { verdict: string }[];
	confirmation: { is: string; evidence?: string; met?: { post: string } } | null;
	flags: { code: string; detail: string }[];
}

/** The command line on the program's database. */
export async function cli(program: Program, ...words: string[]): Promise<string> {
	const database = `sqlite:${join(program.data, "demo.db")}`;
	const { stdout } = await promisify(execFile)(binary, [...words, "--database", database], {
		maxBuffer: 1 << 28,
	});
	return stdout;
}

/** The visits at a site, as the server holds them. */
export async function visitsAt(program: Program, site: string): Promise<ServerVisit[]> {
	const told = JSON.parse(await cli(program, "visit", "list", "--site", site, "--format", "json")) as
		| ServerVisit[]
		| { items: ServerVisit[] };
	return Array.isArray(told) ? told : told.items;
}

/** A small picture that no other is like. */
export function picture(seed: number): { name: string; mimeType: string; buffer: Buffer } {
	const side = 48;
	const rows = Buffer.alloc(side * (1 + side * 3));
	let state = seed * 2654435761 + 1;
	for (let at = 0; at < rows.length; at += 1) {
		state = (state * 1664525 + 1013904223) % 4294967296;
		rows[at] = at % (1 + side * 3) === 0 ? 0 : Math.floor(state / 16777216);
	}
	const chunk = (kind: string, body: Buffer) => {
		const whole = Buffer.concat([Buffer.from(kind, "latin1"), body]);
		const out = Buffer.alloc(whole.length + 8);
		out.writeUInt32BE(body.length, 0);
		whole.copy(out, 4);
		out.writeUInt32BE(crc(whole), whole.length + 4);
		return out;
	};
	const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
	const buffer = Buffer.concat([
		Buffer.from("89504e470d0a1a0a", "hex"),
		chunk("IHDR", head),
		chunk("IDAT", deflateSync(rows)),
		chunk("IEND", Buffer.alloc(0)),
	]);
	return { name: `foto-${seed}.png`, mimeType: "image/png", buffer };
}

function crc(bytes: Buffer): number {
	let value = 0xffffffff;
	for (const byte of bytes) {
		value ^= byte;
		for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
	}
	return (value ^ 0xffffffff) >>> 0;
}
