// What the server tells a phone, and what the phone keeps.

export interface Label {
	id: string;
	en: string;
}
export type Scope = "any" | "gateway" | "noc" | "internet";
export interface ItemMeasure {
	measure: string;
	unit: string;
	threshold: string | null;
	scope: Scope;
}
export type About = "site" | { devices: string[] } | { links: string[] };
export interface Item {
	id: string;
	label: Label;
	about: About;
	measures: ItemMeasure[];
}
export interface Group {
	id: string;
	label: Label;
	items: Item[];
}
export interface Threshold {
	measure: string;
	unit: string;
	scope: Scope;
	classes: { name: string; from?: number }[];
}
/** A number on a device: `{known: "…"}`, or why it is not known. */
export type Identity = { known: string } | "none" | "unreadable" | "unknown";
export interface Device {
	id: string;
	code: string;
	kind: string;
	brand: string;
	model: string;
	serial: Identity;
	inventory_number: Identity;
	owner: string;
	condition: string;
	[more: string]: unknown;
}
export interface Link {
	id: string;
	code: string;
	medium: string;
	provider: string;
	customer_number: string;
	subscribed_mbps: number | null;
}
export interface Named {
	id: string;
	name: string;
}
export interface Complaint {
	id: string;
	number: string;
	received_at: string;
	symptom: string;
	text: string;
	priority: string | null;
}
export type Subject = { on: "site" } | { on: "device"; id: string } | { on: "link"; id: string };
export interface TheirFinding {
	id: string;
	subject: Subject;
	item: string;
	condition: string;
	action: string;
	note: string;
}
export interface Target {
	id: string;
	run: string;
	team: string;
	planned_on: string | null;
	due_on: string;
	standing: string;
	visits: number;
	under_way: { visit: string; began_at: string; present: string[]; findings: TheirFinding[] } | null;
	site: {
		id: string;
		code: string;
		name: string;
		district: string;
		address: string;
		place: { latitude: number; longitude: number } | null;
	};
	devices: Device[];
	links: Link[];
	complaints: Complaint[];
}
export interface Team {
	id: string;
	run: string;
	label: string;
	name: string;
	members: Named[];
}
export interface FieldData {
	as_of: string;
	today: string;
	person: Named;
	zone_minutes: number;
	zone: string;
	clock_skew_ms: number;
	attachment_bytes: number;
	teams: Team[];
	targets: Target[];
	checklist: Group[];
	thresholds: Threshold[];
}

/** What a result of the checklist says. */
export interface Found {
	id: string;
	condition: string;
	action: string;
	note: string;
	photos: string[];
	/** Figures as they were typed, by measure and scope. */
	figures: Record<string, string>;
	part: { name: string; quantity: number; due: string } | null;
	/** Whether somebody else of the team recorded it. */
	theirs?: boolean;
}

/** A visit as the phone knows it. */
export interface Visit {
	id: string;
	person: string;
	target: string;
	run: string;
	team: string;
	site: string;
	/** The target as it was on arrival: it may leave the list while the team is there. */
	snapshot: Target;
	/** By the phone's clock. */
	arrived: string;
	present: string[];
	/** By `item|on|id`. */
	found: Record<string, Found>;
	verdicts: Record<string, { verdict: string; note: string }>;
	/** `sealed` is what stands for the name in the records. */
	confirmation: { name: string; sealed: string; post: string; withheld: string; at: string } | null;
	left: { outcome: string; at: string } | null;
	/** What was typed and not yet kept as an act: it survives a closed tab. */
	drafts: Record<string, string>;
	/** What the phone measured last. */
	measured: string;
}

/** One act that waits to be sent. */
export interface Entry {
	/** Its place in the queue. */
	n?: number;
	person: string;
	key: string;
	/** By the phone's clock. */
	at: string;
	/** What was known of the phone's clock at that moment. */
	clock: ClockState | null;
	command: Record<string, unknown>;
	visit: string;
	/** Where, for people who look at the queue. */
	where: string;
	state: "waiting" | "refused";
	message: string;
}

/** A photo that waits to be sent. */
export interface Photo {
	hash: string;
	person: string;
	visit: string;
	where: string;
	type: string;
	bytes: ArrayBuffer;
	state: "waiting" | "refused";
	message: string;
}

/** How the phone's clock stood against the server's when they last met. */
export interface ClockState {
	/** To be added to the phone's clock to get the server's. */
	shift: number;
	/** The phone's clock less the clock on the wall. */
	off: number;
}
