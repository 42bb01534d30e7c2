// From taps to acts: each gives the visit as it stands afterwards and the entries for the queue. Nothing here touches
// the screen or the store.

import { leavesFault, numberOf, type Row } from "./checklist.ts";
import { freshId, type Sealed } from "./ids.ts";
import type { ClockState, Device, Entry, Found, Identity, Scope, Subject, Target, Visit } from "./types.ts";

/** Who acts, when by the phone's clock, and what is known of that clock. */
export interface Now {
	person: string;
	at: string;
	clock: ClockState | null;
}

export interface Step {
	visit: Visit;
	entries: Entry[];
}

function entry(now: Now, visit: Visit, where: string, command: Record<string, unknown>): Entry {
	return {
		person: now.person,
		key: freshId(Date.parse(now.at)),
		at: now.at,
		clock: now.clock,
		command,
		visit: visit.id,
		where,
		state: "waiting",
		message: "",
	};
}

export interface Position {
	latitude: number;
	longitude: number;
}

/** Arrives; a visit that another phone of the team has begun goes on. */
export function checkIn(now: Now, target: Target, present: string[], place: Position | null): Step {
	const going = target.under_way;
	const found: Record<string, Found> = {};
	for (const theirs of going?.findings ?? []) {
		const { id, condition, action, note, subject, item } = theirs;
		const key = `${item}|${subject.on}|${"id" in subject ? subject.id : ""}`;
		found[key] = { id, condition, action, note, photos: [], figures: {}, part: null, theirs: true };
	}
	const visit: Visit = {
		id: going?.visit ?? freshId(Date.parse(now.at)),
		person: now.person,
		target: target.id,
		run: target.run,
		team: target.team,
		site: target.site.id,
		snapshot: target,
		arrived: now.at,
		present,
		found,
		verdicts: {},
		confirmation: null,
		left: null,
		drafts: {},
		measured: "",
	};
	const command = {
		check_in: {
			visit: visit.id,
			site: visit.site,
			run: visit.run,
			team: visit.team,
			targets: [target.id],
			present,
			at: now.at,
			...(place ? { place: { ...place, accuracy: "exact" } } : {}),
		},
	};
	return { visit, entries: [entry(now, visit, target.site.name, command)] };
}

function finding(now: Now, subject: Subject, item: string, found: Found, more: object): object {
	return {
		id: found.id,
		subject,
		item,
		condition: found.condition,
		action: found.action,
		repair_minutes: null,
		replacement: null,
		note: found.note,
		photos: found.photos,
		corrects: null,
		at: now.at,
		...more,
	};
}

/** Everything of a group that has no result yet is good. */
export function allGood(now: Now, before: Visit, target: Target, rows: Row[]): Step {
	const visit = { ...before, found: { ...before.found } };
	const entries: Entry[] = [];
	for (const row of rows) {
		if (visit.found[row.key]) continue;
		const found: Found = {
			id: freshId(Date.parse(now.at)),
			condition: "good",
			action: "none",
			note: "",
			photos: [],
			figures: {},
			part: null,
		};
		visit.found[row.key] = found;
		const recorded = finding(now, row.subject, row.item.id, found, {});
		const command = { record_finding: { visit: visit.id, finding: recorded, new_device: null } };
		entries.push(entry(now, visit, target.site.name, command));
	}
	return { visit, entries };
}

/** What a form about one line holds. */
export interface Result {
	condition: string;
	action: string;
	note: string;
	minutes: number | null;
	photos: string[];
	/** By `measure|scope`, as typed. */
	figures: Record<string, string>;
	part: { name: string; quantity: number; due: string } | null;
	replacement: {
		code: string;
		brand: string;
		model: string;
		serial: Identity;
		inventory: Identity;
		owner: string;
	} | null;
}

/** Records the result of one line: it takes the place of the one before. */
export function record(now: Now, before: Visit, target: Target, row: Row, result: Result): Step {
	const known = before.found[row.key];
	const stays = leavesFault(result.condition, result.action);
	// What no threshold judges is told in words.
	const spoken = row.item.measures
		.filter((it) => it.threshold === null && result.figures[`${it.measure}|${it.scope}`])
		.map((it) => `${it.measure} ${result.figures[`${it.measure}|${it.scope}`]} ${it.unit}`);
	const found: Found = {
		id: freshId(Date.parse(now.at)),
		condition: result.condition,
		action: result.action,
		note: [result.note.trim(), ...spoken].filter((part) => part !== "").join("; "),
		photos: result.photos,
		figures: result.figures,
		part: stays ? result.part : null,
	};
	const put = result.action === "replace" ? result.replacement : null;
	const newDevice = put && row.device ? replaced(row.device, put) : null;
	const more = {
		corrects: known?.id ?? null,
		repair_minutes: result.minutes,
		...(found.part
			? {
					awaits: {
						part: { name: found.part.name, quantity: found.part.quantity },
						due_on: found.part.due || null,
					},
				}
			: {}),
		replacement:
			newDevice && row.device && put
				? {
						new_device: newDevice.id,
						brand: newDevice.brand,
						model: newDevice.model,
						old_serial: row.device.serial,
						new_serial: put.serial,
						new_inventory_number: put.inventory,
						owner: put.owner,
					}
				: null,
	};
	const visit = { ...before, found: { ...before.found, [row.key]: found } };
	const recorded = finding(now, row.subject, row.item.id, found, more);
	const command = { record_finding: { visit: visit.id, finding: recorded, new_device: newDevice } };
	const entries = [entry(now, visit, target.site.name, command)];
	const byScope = new Map<Scope, string[]>();
	for (const it of row.item.measures) {
		const typed = result.figures[`${it.measure}|${it.scope}`];
		// The same figure is not read twice because a note was added.
		if (it.threshold === null || !typed || known?.figures[`${it.measure}|${it.scope}`] === typed) continue;
		const value = numberOf(typed);
		if (value === null) continue;
		byScope.set(it.scope, [...(byScope.get(it.scope) ?? []), `${it.measure}=${value} ${it.unit}`]);
	}
	for (const [scope, values] of byScope) {
		entries.push(readings(now, visit, target, "instrument", row.subject, scope, values, null));
	}
	return { visit, entries };
}

function replaced(old: Device, put: NonNullable<Result["replacement"]>): Device {
	return {
		...old,
		id: freshId(),
		code: put.code,
		brand: put.brand,
		model: put.model,
		serial: put.serial,
		inventory_number: put.inventory,
		owner: put.owner,
		replaces: old.id,
	};
}

/** Figures, as they were read or measured here. */
export function readings(
	now: Now,
	visit: Visit,
	target: Target,
	vantage: "phone" | "instrument",
	subject: Subject,
	scope: Scope,
	values: string[],
	raw: string | null,
): Entry {
	return entry(now, visit, target.site.name, {
		record_readings: { visit: visit.id, vantage, subject, scope, values, raw },
	});
}

export function verdict(
	now: Now,
	before: Visit,
	target: Target,
	complaint: string,
	given: string,
	note: string,
): Step {
	const visit = { ...before, verdicts: { ...before.verdicts, [complaint]: { verdict: given, note } } };
	const command = { give_verdict: { visit: visit.id, complaint, verdict: given, note, at: now.at } };
	return { visit, entries: [entry(now, visit, target.site.name, command)] };
}

/** The office's word: of somebody, with what shows it, or why there is none. */
export function confirm(
	now: Now,
	before: Visit,
	target: Target,
	given: { name: Sealed; post: string; evidence: string | null } | { withheld: string },
): Step {
	const withheld = "withheld" in given;
	const visit = {
		...before,
		confirmation: withheld
			? { name: "", sealed: "", post: "", withheld: given.withheld, at: now.at }
			: {
					name: given.name.value,
					sealed: given.name.sealed,
					post: given.post,
					withheld: "",
					at: now.at,
				},
	};
	const confirmation = withheld
		? { is: "withheld", reason: given.withheld, at: now.at }
		: {
				is: "given",
				met: { name: given.name.sealed, post: given.post },
				evidence: given.evidence,
				at: now.at,
			};
	const personal = withheld ? [] : [given.name];
	const command = { confirm_visit: { visit: visit.id, confirmation, personal } };
	return { visit, entries: [entry(now, visit, target.site.name, command)] };
}

export function checkOut(now: Now, before: Visit, target: Target, outcome: string, note: string): Step {
	const visit = { ...before, left: { outcome, at: now.at }, drafts: {} };
	// Whom the team met is who confirmed; the name itself went with the confirmation.
	const { sealed = "", post = "" } = before.confirmation ?? {};
	const met = sealed === "" ? null : { name: sealed, post };
	const command = {
		check_out: { visit: visit.id, outcome, met, personal: [], note, at: now.at },
	};
	return { visit, entries: [entry(now, visit, target.site.name, command)] };
}
