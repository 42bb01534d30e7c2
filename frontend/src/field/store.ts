// The phone's own store (IndexedDB): data, visits, queue, photos. What one tap changes is kept in one transaction, and
// a tap is answered only when that has ended.

import type { Shelf } from "./queue.ts";
import type { ClockState, Entry, FieldData, Photo, Visit } from "./types.ts";

const name = "rajut-field";

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
	opened ??= new Promise((resolve, reject) => {
		const request = indexedDB.open(name, 1);
		request.onupgradeneeded = () => {
			const db = request.result;
			db.createObjectStore("facts");
			db.createObjectStore("visits", { keyPath: "id" });
			db.createObjectStore("queue", { keyPath: "n", autoIncrement: true }).createIndex("of", [
				"person",
				"state",
			]);
			db.createObjectStore("photos", { keyPath: "hash" }).createIndex("of", ["person", "state"]);
		};
		request.onsuccess = () => {
			// Another tab with a newer program waits for this one to let go.
			request.result.onversionchange = () => {
				request.result.close();
				opened = undefined;
			};
			resolve(request.result);
		};
		request.onerror = () => reject(request.error);
	});
	return opened;
}

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});

async function write(stores: string[], change: (tx: IDBTransaction) => void): Promise<void> {
	const db = await open();
	await new Promise<void>((resolve, reject) => {
		const tx = db.transaction(stores, "readwrite", { durability: "strict" });
		tx.oncomplete = () => resolve();
		tx.onerror = () => reject(tx.error);
		tx.onabort = () => reject(tx.error);
		change(tx);
	});
}

async function read<T>(store: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const db = await open();
	return asked(ask(db.transaction(store).objectStore(store)));
}

/** Keeps what one tap changed: all of it or nothing. */
export function keep(visit: Visit | null, entries: Entry[] = [], photos: Photo[] = []): Promise<void> {
	return write(["visits", "queue", "photos"], (tx) => {
		if (visit) tx.objectStore("visits").put(visit);
		for (const entry of entries) tx.objectStore("queue").add(entry);
		for (const photo of photos) tx.objectStore("photos").put(photo);
	});
}

/** What is known beside visits and queue. */
export const facts = {
	async me(): Promise<string | null> {
		return (await read<string | undefined>("facts", (store) => store.get("me"))) ?? null;
	},
	keepMe: (person: string) => write(["facts"], (tx) => void tx.objectStore("facts").put(person, "me")),
	async clock(): Promise<ClockState | null> {
		return (await read<ClockState | undefined>("facts", (store) => store.get("clock"))) ?? null;
	},
	async data(person: string): Promise<FieldData | null> {
		return (await read<FieldData | undefined>("facts", (store) => store.get(`data ${person}`))) ?? null;
	},
	keepData: (data: FieldData) =>
		write(["facts"], (tx) => void tx.objectStore("facts").put(data, `data ${data.person.id}`)),
};

/** The visits of a person that this phone knows. */
export async function visitsOf(person: string): Promise<Visit[]> {
	const all = await read<Visit[]>("visits", (store) => store.getAll());
	return all.filter((visit) => visit.person === person);
}

/** Forgets a visit of which nothing waits. Says whether it did. */
export async function forget(visit: string): Promise<boolean> {
	const entries = await read<Entry[]>("queue", (store) => store.getAll());
	if (entries.some((entry) => entry.visit === visit)) return false;
	await write(["visits"], (tx) => void tx.objectStore("visits").delete(visit));
	return true;
}

/** A photo that still lies here. */
export async function photo(hash: string): Promise<Photo | null> {
	return (await read<Photo | undefined>("photos", (store) => store.get(hash))) ?? null;
}

export interface Waiting {
	/** Of the person asked for. */
	mine: number;
	refused: Entry[];
	refusedPhotos: Photo[];
	/** Of others who use this phone. */
	others: number;
}

/** What waits on this phone. */
export async function waiting(person: string): Promise<Waiting> {
	const of = (store: string, state: string) =>
		read<number>(store, (it) => it.index("of").count(IDBKeyRange.only([person, state])));
	const [entries, photos, allEntries, allPhotos, refused, refusedPhotos] = await Promise.all([
		of("queue", "waiting"),
		of("photos", "waiting"),
		read<number>("queue", (store) => store.count()),
		read<number>("photos", (store) => store.count()),
		read<Entry[]>("queue", (store) => store.index("of").getAll([person, "refused"])),
		read<Photo[]>("photos", (store) => store.index("of").getAll([person, "refused"])),
	]);
	const mine = entries + photos;
	return {
		mine,
		refused,
		refusedPhotos,
		others: allEntries + allPhotos - mine - refused.length - refusedPhotos.length,
	};
}

/** Lets what was refused be sent once more. */
export async function sendAgain(person: string): Promise<void> {
	const { refused, refusedPhotos } = await waiting(person);
	await write(["queue", "photos"], (tx) => {
		for (const entry of refused) tx.objectStore("queue").put({ ...entry, state: "waiting" });
		for (const photo of refusedPhotos) tx.objectStore("photos").put({ ...photo, state: "waiting" });
	});
}

/** The queue's shelf. */
export const shelf: Shelf = {
	waiting: (person, most) =>
		read("queue", (store) => store.index("of").getAll(IDBKeyRange.only([person, "waiting"]), most)),
	settle: (entries) =>
		write(["queue"], (tx) => {
			for (const entry of entries) if (entry.n !== undefined) tx.objectStore("queue").delete(entry.n);
		}),
	refuse: (entry, message) =>
		write(["queue"], (tx) => void tx.objectStore("queue").put({ ...entry, state: "refused", message })),
	async nextPhoto(person) {
		const key = IDBKeyRange.only([person, "waiting"]);
		return (await read<Photo | undefined>("photos", (store) => store.index("of").get(key))) ?? null;
	},
	photoSent: (photo) => write(["photos"], (tx) => void tx.objectStore("photos").delete(photo.hash)),
	photoRefused: (photo, message) =>
		write(["photos"], (tx) => void tx.objectStore("photos").put({ ...photo, state: "refused", message })),
	keepClock: (clock) => write(["facts"], (tx) => void tx.objectStore("facts").put(clock, "clock")),
};
