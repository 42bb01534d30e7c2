// Sends what waits, in its order, until the server has said what became of it. Nothing leaves the phone's store before
// that; sending twice is harmless, since every entry bears its key and every photo its hash.

import { measureClock, toSend } from "./clock.ts";
import type { ClockState, Entry, Photo } from "./types.ts";

/** Where entries and photos lie. */
export interface Shelf {
	waiting(person: string, most: number): Promise<Entry[]>;
	settle(entries: Entry[]): Promise<void>;
	refuse(entry: Entry, message: string): Promise<void>;
	nextPhoto(person: string): Promise<Photo | null>;
	photoSent(photo: Photo): Promise<void>;
	photoRefused(photo: Photo, message: string): Promise<void>;
	keepClock(clock: ClockState): Promise<void>;
}

/** The network. */
export interface Wire {
	fetch(path: string, init?: RequestInit): Promise<Response>;
	now(): number;
}

/** How a round of sending ended. */
export type Ended =
	| { how: "done"; person: string; sent: number }
	| { how: "offline" | "later"; sent: number }
	| { how: "signed-out"; sent: number }
	/** Somebody else is signed in on this phone now. */
	| { how: "other"; person: string; sent: number };

interface Contact {
	person: string | null;
	token: string | null;
	now: string;
	wall: string;
}
interface Became {
	key: string;
	outcome: "done" | "repeated" | "refused" | "conflict" | "failed";
	message: string;
}

/** So many entries go at once: on a bad line a smaller answer comes sooner. */
export const batch = 40;

/** Asks who is signed in and what time it is. */
export async function meet(wire: Wire): Promise<{ contact: Contact; clock: ClockState } | null> {
	const asked = wire.now();
	try {
		const answer = await wire.fetch("/api/v1/field/contact");
		if (!answer.ok) return null;
		const contact = (await answer.json()) as Contact;
		return { contact, clock: measureClock(asked, wire.now(), contact.now, contact.wall) };
	} catch {
		return null;
	}
}

/** Why the server takes something at no time. */
async function reason(answer: Response): Promise<string> {
	const told = (await answer.json().catch(() => ({}))) as { error?: { message?: string } };
	return told.error?.message ?? String(answer.status);
}

/** Sends all that waits of one person. */
export async function send(shelf: Shelf, wire: Wire, person: string | null): Promise<Ended> {
	const met = await meet(wire);
	if (!met) return { how: "offline", sent: 0 };
	await shelf.keepClock(met.clock);
	const { person: here, token } = met.contact;
	if (here === null || token === null) return { how: "signed-out", sent: 0 };
	if (person !== null && here !== person) return { how: "other", person: here, sent: 0 };
	let sent = 0;
	let most = batch;
	const post = (path: string, type: string, body: BodyInit) =>
		wire.fetch(path, {
			method: "POST",
			headers: { "content-type": type, "x-rajut-token": token },
			body,
		});
	try {
		for (;;) {
			const entries = await shelf.waiting(here, most);
			if (entries.length === 0) break;
			const body = JSON.stringify(entries.map((entry) => toSend(entry, met.clock)));
			const answer = await post("/api/v1/acts", "application/json", body);
			if (answer.status === 401) return { how: "signed-out", sent };
			// Too much at once: less is sent, and what alone is too much is said.
			if (answer.status === 413 && entries.length > 1) {
				most = Math.ceil(entries.length / 2);
				continue;
			}
			if (answer.status === 413) {
				await shelf.refuse(entries[0] as Entry, await reason(answer));
				continue;
			}
			if (!answer.ok) return { how: "later", sent };
			const { items } = (await answer.json()) as { items: Became[] };
			const settled: Entry[] = [];
			let stopped = items.length < entries.length;
			for (const became of items) {
				const entry = entries.find((one) => one.key === became.key);
				if (!entry) continue;
				if (became.outcome === "done" || became.outcome === "repeated") settled.push(entry);
				else if (became.outcome === "failed") stopped = true;
				else await shelf.refuse(entry, became.message);
			}
			await shelf.settle(settled);
			sent += settled.length;
			// An answer that settles nothing would be asked for without end.
			if (stopped) return { how: "later", sent };
		}
		for (;;) {
			const photo = await shelf.nextPhoto(here);
			if (!photo) break;
			const answer = await post("/api/v1/attachments", photo.type, photo.bytes);
			if (answer.status === 401) return { how: "signed-out", sent };
			if (answer.status === 413 || answer.status === 415) {
				await shelf.photoRefused(photo, await reason(answer));
				continue;
			}
			if (!answer.ok) return { how: "later", sent };
			const kept = (await answer.json()) as { sha256: string };
			// Other bytes arrived than were sent: they are sent again.
			if (kept.sha256 !== photo.hash) return { how: "later", sent };
			await shelf.photoSent(photo);
			sent += 1;
		}
	} catch {
		return { how: "offline", sent };
	}
	return { how: "done", person: here, sent };
}
