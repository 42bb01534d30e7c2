// What the screen shows, and when it is sent: one place that knows who is signed in, what waits and how the line is.

import type { Now, Step } from "./acts.ts";
import { type Ended, meet, send, type Wire } from "./queue.ts";
import * as store from "./store.ts";
import type { ClockState, FieldData, Photo, Target, Visit } from "./types.ts";

export type Line = "unknown" | "online" | "offline" | "signed-out" | "other";

export const state = {
	me: null as string | null,
	data: null as FieldData | null,
	visits: new Map<string, Visit>(),
	clock: null as ClockState | null,
	waiting: { mine: 0, refused: [], refusedPhotos: [], others: 0 } as store.Waiting,
	line: "unknown" as Line,
	sending: false,
	/** The store of the phone cannot be used: said instead of losing what is tapped. */
	broken: "",
};

let changed: () => void = () => undefined;
/** Calls back when something has changed that the screen shows. */
export function onChange(act: () => void): void {
	changed = act;
}

/** Other tabs of this phone show the same. */
const others = "BroadcastChannel" in globalThis ? new BroadcastChannel("rajut-field") : null;
others?.addEventListener("message", () => void load().then(() => changed()));
const tellOthers = () => others?.postMessage("changed");

/** So long an answer may take: a photo on a bad line takes minutes. */
const patience = (path: string) => (path.endsWith("attachments") ? 300_000 : 60_000);
/** When data is fetched again by itself. */
const stale = 10 * 60_000;
let fetchedAt = 0;

const wire: Wire = {
	fetch: (path, init) =>
		fetch(path, { cache: "no-store", signal: AbortSignal.timeout(patience(path)), ...init }),
	now: () => Date.now(),
};

/** Reads what the phone holds. */
export async function load(): Promise<void> {
	state.me = await store.facts.me();
	state.clock = await store.facts.clock();
	state.data = state.me ? await store.facts.data(state.me) : null;
	state.visits = new Map((state.me ? await store.visitsOf(state.me) : []).map((visit) => [visit.id, visit]));
	// What ended long ago and has been sent is the server's alone.
	for (const visit of state.visits.values()) {
		if (visit.left && Date.now() - Date.parse(visit.left.at) > keptFor) {
			if (await store.forget(visit.id)) state.visits.delete(visit.id);
		}
	}
	await count();
}

/** How long a visit that has ended is still shown. */
const keptFor = 7 * 24 * 60 * 60_000;

async function count(): Promise<void> {
	state.waiting = await store.waiting(state.me ?? "");
}

/** Fetches what there is to do. Says whether it came. */
export async function fetchData(): Promise<boolean> {
	try {
		const answer = await wire.fetch("/api/v1/field");
		if (!answer.ok) {
			if (answer.status === 401) state.line = "signed-out";
			return false;
		}
		const data = (await answer.json()) as FieldData;
		await store.facts.keepData(data);
		await store.facts.keepMe(data.person.id);
		state.line = "online";
		fetchedAt = performance.now();
		await load();
		tellOthers();
		return true;
	} catch {
		return false;
	}
}

/** The visit at a target that this phone knows: the one under way, else the latest. */
export function visitAt(target: string): Visit | null {
	const all = [...state.visits.values()].filter((visit) => visit.target === target);
	all.sort((a, b) => (a.arrived < b.arrived ? 1 : -1));
	return all.find((visit) => visit.left === null) ?? all[0] ?? null;
}

/** The targets, and those that have left the list since a visit of this phone began there. */
export function targets(): Target[] {
	const listed = state.data?.targets ?? [];
	const gone = new Map<string, Target>();
	for (const visit of state.visits.values()) {
		if (!listed.some((target) => target.id === visit.target)) gone.set(visit.target, visit.snapshot);
	}
	return [...listed, ...gone.values()];
}

/** A target. During a visit it stays as it was on arrival; what complaints came since are added. */
export function targetOf(id: string): Target | null {
	const listed = state.data?.targets.find((target) => target.id === id) ?? null;
	const visit = visitAt(id);
	if (!visit || (visit.left && listed)) return listed;
	const old = visit.snapshot;
	const more = (listed?.complaints ?? []).filter((it) => !old.complaints.some((known) => known.id === it.id));
	return { ...old, complaints: [...old.complaints, ...more] };
}

/** This moment, for an act. */
export function now(): Now {
	return { person: state.me ?? "", at: new Date().toISOString(), clock: state.clock };
}

/** Keeps what a tap did, shows it, and sends it when there is a line. */
export async function keep(step: Step, photos: Photo[] = []): Promise<boolean> {
	try {
		await store.keep(step.visit, step.entries, photos);
	} catch (error) {
		state.broken = error instanceof Error ? error.message : String(error);
		changed();
		return false;
	}
	state.visits.set(step.visit.id, step.visit);
	await count();
	changed();
	tellOthers();
	soon();
	return true;
}

/** Keeps what is being typed. */
export async function keepDraft(visit: Visit, name: string, text: string): Promise<void> {
	const known = state.visits.get(visit.id) ?? visit;
	const after = { ...known, drafts: { ...known.drafts, [name]: text } };
	state.visits.set(after.id, after);
	await store.keep(after).catch(() => undefined);
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends in a moment: several taps go together. */
export function soon(wait = 400): void {
	clearTimeout(timer);
	timer = setTimeout(() => void sendNow(), wait);
}

async function once(): Promise<Ended> {
	const round = () => send(store.shelf, wire, state.me);
	// One tab sends; the others see what it did. A browser without locks sends twice at worst, which does no harm.
	if (!("locks" in navigator)) return round();
	return (await navigator.locks.request("rajut-field-send", round)) as Ended;
}

/** Sends what waits and fetches what is new. */
export async function sendNow(fetchToo = false): Promise<void> {
	if (state.sending) {
		soon(1000);
		return;
	}
	state.sending = true;
	changed();
	try {
		const ended = await once();
		state.clock = await store.facts.clock();
		if (ended.how === "done") {
			state.line = "online";
			const old = fetchedAt === 0 || performance.now() - fetchedAt > stale;
			if (fetchToo || old || state.data === null) await fetchData();
			if (ended.sent > 0) tellOthers();
		} else if (ended.how === "other") {
			// The other one's things are this phone's from now on; what waits here waits on.
			await store.facts.keepMe(ended.person);
			await load();
			state.line = "online";
			await fetchData();
			soon();
		} else {
			state.line = ended.how === "later" ? "online" : ended.how;
			soon(30_000);
		}
		await count();
	} finally {
		state.sending = false;
		changed();
	}
}

/** So many small requests to the server, one after another; `null` is one that did not come back. */
export async function timeRequests(many: number): Promise<(number | null)[]> {
	const times: (number | null)[] = [];
	// The first one opens the connection and is not counted.
	if (!(await meet(wire))) return [];
	for (let index = 0; index < many; index += 1) {
		const began = performance.now();
		try {
			const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) });
			await answer.arrayBuffer();
			times.push(answer.ok ? performance.now() - began : null);
		} catch {
			times.push(null);
		}
	}
	return times;
}
