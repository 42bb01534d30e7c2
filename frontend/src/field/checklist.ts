// What there is to look at, at one site: only devices and links that stand there.

import type { Device, Group, Item, Link, Scope, Subject, Target, Threshold, Visit } from "./types.ts";

/** One line of the checklist: an item on a thing. */
export interface Row {
	key: string;
	item: Item;
	subject: Subject;
	device: Device | null;
	link: Link | null;
}

export interface GroupRows {
	group: Group;
	rows: Row[];
}

function subjects(item: Item, target: Target): Omit<Row, "key" | "item">[] {
	if (item.about === "site") return [{ subject: { on: "site" }, device: null, link: null }];
	if ("devices" in item.about) {
		const { devices: kinds } = item.about;
		return target.devices
			.filter((device) => kinds.includes(device.kind))
			.map((device) => ({ subject: { on: "device", id: device.id }, device, link: null }));
	}
	const { links: media } = item.about;
	return target.links
		.filter((link) => media.includes(link.medium))
		.map((link) => ({ subject: { on: "link", id: link.id }, device: null, link }));
}

/** By what a result is found again. */
export function rowKey(item: string, subject: Subject): string {
	return `${item}|${subject.on}|${"id" in subject ? subject.id : ""}`;
}

/** The groups with the lines that fit the site; a group without any is left out. */
export function groupsOf(checklist: Group[], target: Target): GroupRows[] {
	return checklist
		.map((group) => ({
			group,
			rows: group.items.flatMap((item) =>
				subjects(item, target).map((it) => ({ ...it, item, key: rowKey(item.id, it.subject) })),
			),
		}))
		.filter(({ rows }) => rows.length > 0);
}

export function isFault(condition: string): boolean {
	return condition !== "good" && condition !== "unchecked";
}

/** A fault that stays. */
export function leavesFault(condition: string, action: string): boolean {
	return isFault(condition) && (action === "none" || action === "escalate");
}

/** How far a group has come. */
export function progress(rows: Row[], visit: Visit): { answered: number; faults: number; all: number } {
	const found = rows.map((row) => visit.found[row.key]).filter((it) => it !== undefined);
	return {
		answered: found.length,
		faults: found.filter((it) => isFault(it.condition)).length,
		all: rows.length,
	};
}

/** The class of a value: half-open, so that every value falls in exactly one. */
export function classOf(
	thresholds: Threshold[],
	measure: string,
	scope: Scope,
	value: number,
): string | null {
	const fits = (wanted: Scope) =>
		thresholds.find((threshold) => threshold.measure === measure && threshold.scope === wanted);
	const threshold = fits(scope) ?? fits("any");
	if (!threshold) return null;
	let name: string | null = null;
	for (const it of threshold.classes) if (it.from === undefined || value >= it.from) name = it.name;
	return name;
}

/** A number as people write it, with comma or point. */
export function numberOf(text: string): number | null {
	const plain = text.trim().replace("−", "-").replace(",", ".");
	if (!/^[+-]?\d+(\.\d+)?$/.test(plain)) return null;
	return Number(plain);
}

/** What many small requests took: mean, variation between neighbours that both came, loss. */
export function roundTrips(
	times: (number | null)[],
): { delay: number; jitter: number | null; loss: number; least: number; most: number } | null {
	const came = times.filter((time) => time !== null);
	if (came.length === 0) return null;
	const steps: number[] = [];
	for (let index = 1; index < times.length; index += 1) {
		const [before, now] = [times[index - 1], times[index]];
		if (typeof before === "number" && typeof now === "number") steps.push(Math.abs(now - before));
	}
	const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
	return {
		delay: mean(came),
		jitter: steps.length < 2 ? null : mean(steps),
		loss: (100 * (times.length - came.length)) / times.length,
		least: Math.min(...came),
		most: Math.max(...came),
	};
}
