// The parts of the visit that need no browser: ids and commitments, the clock, the checklist, and a queue on a bad line.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { allGood, checkIn, record } from "../frontend/src/field/acts.ts";
import { classOf, groupsOf, numberOf, roundTrips } from "../frontend/src/field/checklist.ts";
import { dayOf, measureClock, timeOfDay, toSend } from "../frontend/src/field/clock.ts";
import { freshId, seal, sha256 } from "../frontend/src/field/ids.ts";
import { batch, type Shelf, send, type Wire } from "../frontend/src/field/queue.ts";
import type { Entry, Group, Photo, Target, Threshold } from "../frontend/src/field/types.ts";

test("ids are of version 7 and sort by their time", () => {
	const made = [1, 2 ** 32 - 1, 2 ** 32, 1_790_000_000_000].map((at) => freshId(at));
	for (const id of made)
		assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.deepEqual([...made].sort(), made);
	assert.equal(made[0]?.slice(0, 13), "00000000-0001");
	assert.notEqual(freshId(1), freshId(1));
});

test("a name is sealed as the server seals it", async () => {
	const { sealed, salt, value } = await seal("Contoh Satu");
	assert.equal(value, "Contoh Satu");
	assert.match(salt, /^[0-9a-f]{32}$/);
	const whole = Buffer.concat([Buffer.from("rajut-sealed/1"), Buffer.from(salt, "hex"), Buffer.from(value)]);
	assert.equal(sealed, createHash("sha256").update(whole).digest("hex"));
	assert.equal(await sha256(new Uint8Array([97])), createHash("sha256").update("a").digest("hex"));
});

test("the clock is measured in the middle of the way, and small differences are the way's", () => {
	const at = Date.parse("2026-10-01T03:00:00Z");
	const right = measureClock(at, at + 4000, "2026-10-01T03:00:20Z", "2026-10-01T03:00:20Z");
	assert.deepEqual(right, { shift: 0, off: 0 });
	const ahead = measureClock(at, at + 2000, "2026-10-01T00:00:01Z", "2026-10-01T00:00:01Z");
	assert.deepEqual(ahead, { shift: -10_800_000, off: 10_800_000 });
	assert.equal(timeOfDay("2026-10-01T01:30:00Z", 420), "08.30");
	assert.equal(dayOf("2026-10-01T18:30:00Z", 420), "2026-10-02");
});

const at = "2026-10-01T03:00:00.000Z";
const entry = (n: number, more: Partial<Entry> = {}): Entry => ({
	n,
	person: "a",
	key: `key-${n}`,
	at,
	clock: null,
	command: { check_in: { at, targets: ["x"], other: { at: "elsewhere" } } },
	visit: "v",
	where: "Kantor",
	state: "waiting",
	message: "",
	...more,
});

test("what is sent is corrected by what was known when it was recorded", () => {
	const hour = 3_600_000;
	const own = toSend(entry(1, { clock: { shift: -hour, off: hour } }), { shift: 5, off: 5 });
	assert.deepEqual(own, {
		key: "key-1",
		at: "2026-10-01T02:00:00.000Z",
		command: {
			check_in: {
				at: "2026-10-01T02:00:00.000Z",
				targets: ["x"],
				other: { at: "elsewhere" },
				clock_off_ms: hour,
			},
		},
	});
	const current = toSend(entry(1), { shift: hour, off: 0 });
	assert.equal(current.at, "2026-10-01T04:00:00.000Z");
	assert.ok(!("clock_off_ms" in (current.command as { check_in: object }).check_in));
});

const site = { id: "s", code: "A", name: "Kantor A", district: "", address: "", place: null };
const device = (id: string, kind: string) => ({
	id,
	code: id,
	kind,
	brand: "",
	model: "",
	serial: "unknown" as const,
	inventory_number: "unknown" as const,
	owner: "agency",
	condition: "good",
});
const target: Target = {
	id: "t",
	run: "r",
	team: "m",
	planned_on: null,
	due_on: "2026-10-01",
	standing: "planned",
	visits: 0,
	under_way: null,
	site,
	devices: [device("r1", "router"), device("r2", "router"), device("u1", "ups")],
	links: [],
	complaints: [],
};
const label = { id: "", en: "" };
const checklist: Group[] = [
	{ id: "power", label, items: [{ id: "mains", label, about: "site", measures: [] }] },
	{ id: "router", label, items: [{ id: "alive", label, about: { devices: ["router"] }, measures: [] }] },
	{ id: "radio", label, items: [{ id: "signal", label, about: { links: ["radio"] }, measures: [] }] },
];
const now = { person: "a", at, clock: null };

test("only what stands at the site is asked about", () => {
	const groups = groupsOf(checklist, target);
	assert.deepEqual(
		groups.map((it) => [it.group.id, it.rows.map((row) => row.key)]),
		[
			["power", ["mains|site|"]],
			["router", ["alive|device|r1", "alive|device|r2"]],
		],
	);
});

test("all good is said about the rest, and a fault takes the place of what was said", () => {
	const begun = checkIn(now, target, ["a"], null);
	const rows = groupsOf(checklist, target)[1]?.rows ?? [];
	const row = rows[0];
	assert.ok(row);
	const fault = {
		condition: "minor",
		action: "escalate",
		note: "lampu mati",
		minutes: null,
		photos: ["p"],
		figures: {},
		part: { name: "adaptor", quantity: 2, due: "" },
		replacement: null,
	};
	const first = record(now, begun.visit, target, row, fault);
	const rest = allGood(now, first.visit, target, rows);
	assert.equal(rest.entries.length, 1);
	assert.equal(rest.visit.found["alive|device|r1"]?.condition, "minor");
	const told = first.entries[0]?.command.record_finding as { finding: Record<string, unknown> };
	assert.deepEqual(told.finding.awaits, { part: { name: "adaptor", quantity: 2 }, due_on: null });
	const again = record(now, rest.visit, target, row, { ...fault, action: "repair", minutes: 10 });
	const second = again.entries[0]?.command.record_finding as { finding: Record<string, unknown> };
	assert.equal(second.finding.corrects, told.finding.id);
	assert.ok(!("awaits" in second.finding), "what was put right waits for nothing");
	// A visit that another phone began goes on.
	const theirs = {
		id: "f",
		subject: { on: "device" as const, id: "r2" },
		item: "alive",
		condition: "good",
		action: "none",
		note: "",
	};
	const joined = checkIn(
		now,
		{ ...target, under_way: { visit: "v9", began_at: at, present: [], findings: [theirs] } },
		["a"],
		null,
	);
	assert.equal(joined.visit.id, "v9");
	assert.equal(allGood(now, joined.visit, target, rows).entries.length, 1);
});

test("a value falls into exactly one class, and numbers are read as people write them", () => {
	const thresholds: Threshold[] = [
		{
			measure: "mains",
			unit: "V",
			scope: "any",
			classes: [{ name: "low" }, { name: "good", from: 198 }, { name: "high", from: 231 }],
		},
	];
	const classes = [197.9, 198, 230.9, 231].map((value) => classOf(thresholds, "mains", "noc", value));
	assert.deepEqual(classes, ["low", "good", "good", "high"]);
	assert.equal(classOf(thresholds, "clients", "any", 1), null);
	assert.deepEqual(["-24,5", " 7 ", "+1.5", "−3", "", "1e3", "12 V", "1.2.3"].map(numberOf), [
		-24.5,
		7,
		1.5,
		-3,
		null,
		null,
		null,
		null,
	]);
});

test("round trips: loss, and variation only between neighbours that both came", () => {
	assert.equal(roundTrips([null, null]), null);
	const seen = roundTrips([10, 20, null, 40, 30]);
	assert.deepEqual(seen, { delay: 25, jitter: 10, loss: 20, least: 10, most: 40 });
	assert.equal(roundTrips([10, null, 30])?.jitter, null);
});

/** A server that keeps by key and by hash, a shelf in memory, and a line that breaks. */
function world(
	entries: Entry[],
	photos: Photo[],
	breaks: (request: number) => boolean,
	room = Number.POSITIVE_INFINITY,
) {
	const kept = { acts: [] as string[], photos: [] as string[] };
	let [requests, person] = [0, "a" as string | null];
	const waiting = () => entries.filter((it) => it.state === "waiting" && it.person === "a");
	const shelf: Shelf = {
		waiting: async (of, most) =>
			waiting()
				.filter((it) => it.person === of)
				.slice(0, most),
		settle: async (done) => {
			entries = entries.filter((it) => !done.includes(it));
		},
		refuse: async (it, message) => void Object.assign(it, { state: "refused", message }),
		nextPhoto: async (of) => photos.find((it) => it.state === "waiting" && it.person === of) ?? null,
		photoSent: async (it) => {
			photos = photos.filter((other) => other !== it);
		},
		photoRefused: async (it, message) => void Object.assign(it, { state: "refused", message }),
		keepClock: async () => undefined,
	};
	const answer = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
	const wire: Wire = {
		now: () => Date.parse(at),
		async fetch(path, init) {
			requests += 1;
			const lost = breaks(requests);
			let told: Response;
			if (path.endsWith("contact")) told = answer({ person, token: person && "t", now: at, wall: at });
			else if (person === null) told = answer({}, 401);
			else if (path.endsWith("acts") && String(init?.body).length > room) {
				told = answer({ error: { message: "too large" } }, 413);
			} else if (path.endsWith("acts")) {
				const items = (JSON.parse(String(init?.body)) as { key: string; command: { bad?: boolean } }[]).map(
					({ key, command }) => {
						if (command.bad) return { key, outcome: "refused", message: "no" };
						const known = kept.acts.includes(key);
						if (!known) kept.acts.push(key);
						return { key, outcome: known ? "repeated" : "done", message: "" };
					},
				);
				told = answer({ items });
			} else {
				const sha256 = createHash("sha256")
					.update(Buffer.from(init?.body as ArrayBuffer))
					.digest("hex");
				if (!kept.photos.includes(sha256)) kept.photos.push(sha256);
				told = answer({ sha256 });
			}
			// What was done on the other side is done, whether or not anybody hears of it.
			if (lost) throw new TypeError("the line is gone");
			return told;
		},
	};
	return {
		shelf,
		wire,
		kept,
		left: () => [entries, photos] as const,
		signIn: (who: string | null) => {
			person = who;
		},
	};
}

const photo = (n: number): Photo => {
	const bytes = new Uint8Array([n, n >> 8]).buffer;
	const hash = createHash("sha256").update(Buffer.from(bytes)).digest("hex");
	return {
		hash,
		person: "a",
		visit: "v",
		where: "",
		type: "image/jpeg",
		bytes,
		state: "waiting",
		message: "",
	};
};

test("on a line that breaks at every place all arrives once, in order", async () => {
	for (let every = 3; every < 10; every += 1) {
		const entries = Array.from({ length: 3 * batch + 1 }, (_, n) => entry(n));
		const wanted = entries.map((it) => it.key);
		const photos = Array.from({ length: 30 }, (_, n) => photo(n));
		const it = world(entries, photos, (request) => request % every === 0);
		let rounds = 0;
		for (let how = ""; how !== "done"; rounds += 1) {
			assert.ok(rounds < 200, `every ${every}`);
			how = (await send(it.shelf, it.wire, "a")).how;
		}
		assert.deepEqual(it.kept.acts, wanted);
		assert.equal(it.kept.photos.length, 30);
		assert.deepEqual(it.left(), [[], []]);
	}
});

test("a refused entry holds up no other, and stays with its reason", async () => {
	const it = world([entry(0), entry(1, { command: { bad: true } }), entry(2)], [], () => false);
	assert.deepEqual(await send(it.shelf, it.wire, "a"), { how: "done", person: "a", sent: 2 });
	const [left] = it.left();
	assert.deepEqual(
		left.map((one) => [one.n, one.state, one.message]),
		[[1, "refused", "no"]],
	);
});

test("what is too much at once goes in smaller parts, and what alone is too much stays with its reason", async () => {
	const large = entry(7, { command: { note: "x".repeat(3000) } });
	const entries = [...Array.from({ length: 7 }, (_, n) => entry(n)), large, entry(8)];
	const it = world(entries, [], () => false, 1000);
	assert.deepEqual(await send(it.shelf, it.wire, "a"), { how: "done", person: "a", sent: 8 });
	const [left] = it.left();
	assert.deepEqual(
		left.map((one) => [one.n, one.message]),
		[[7, "too large"]],
	);
});

test("nothing leaves the phone for somebody else, or for nobody", async () => {
	const it = world([entry(0)], [photo(1)], () => false);
	it.signIn(null);
	assert.equal((await send(it.shelf, it.wire, "a")).how, "signed-out");
	it.signIn("b");
	assert.deepEqual(await send(it.shelf, it.wire, "a"), { how: "other", person: "b", sent: 0 });
	assert.deepEqual(await send(it.shelf, it.wire, "b"), { how: "done", person: "b", sent: 0 });
	assert.deepEqual(it.kept, { acts: [], photos: [] });
	it.signIn("a");
	assert.equal((await send(it.shelf, it.wire, "a")).sent, 2);
});
