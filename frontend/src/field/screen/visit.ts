// One visit, from the door to the door.

import { allGood, checkIn, checkOut, type Position, verdict } from "../acts.ts";
import { type GroupRows, groupsOf, progress, type Row } from "../checklist.ts";
import { corrected, timeOfDay } from "../clock.ts";
import { button, choice, field, h, icon } from "../dom.ts";
import { keep, keepDraft, now, state, visitAt } from "../state.ts";
import type { Complaint, Target, Visit } from "../types.ts";
import { language, of, t } from "../words.ts";
import { confirmation } from "./confirm.ts";
import { day } from "./list.ts";
import { measuring } from "./measure.ts";
import { sheet } from "./sheet.ts";

export const outcomes = ["complete", "partial", "locked", "refused", "no_power", "unsafe", "postponed"];
const verdicts = [
	"proven_repaired",
	"proven_not_repaired",
	"escalate",
	"not_found",
	"recovered",
	"duplicate",
	"not_ours",
];

/** What is being chosen before it is kept: who is there, how it ended. Lost with the tab, and two taps to do again. */
const chosen = { present: new Map<string, Set<string>>(), outcome: new Map<string, string>() };

function here(): Promise<Position | null> {
	return new Promise((resolve) => {
		if (!("geolocation" in navigator)) return resolve(null);
		const wait = setTimeout(() => resolve(null), 4000);
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				clearTimeout(wait);
				resolve({ latitude: coords.latitude, longitude: coords.longitude });
			},
			() => {
				clearTimeout(wait);
				resolve(null);
			},
			{ enableHighAccuracy: true, maximumAge: 120_000, timeout: 3500 },
		);
	});
}

/** Begins to look for the position while the person reads; asked once, never waited for. */
let position: Position | null = null;
let looking = false;
function look(): void {
	if (looking) return;
	looking = true;
	void here().then((found) => {
		position = found;
	});
}

function arriving(target: Target): HTMLElement {
	const team = state.data?.teams.find((it) => it.id === target.team);
	const members = team?.members ?? [];
	const present = chosen.present.get(target.id) ?? new Set(members.map((it) => it.id));
	chosen.present.set(target.id, present);
	look();
	return h(
		"section",
		{ class: "card mb-3 border-primary", "aria-labelledby": "tiba" },
		h(
			"div",
			{ class: "card-body" },
			h("h2", { id: "tiba" }, t("check-in-title")),
			target.under_way &&
				h(
					"p",
					{ class: "fs-3" },
					t("team-there-since", {
						time: timeOfDay(target.under_way.began_at, state.data?.zone_minutes ?? 0),
					}),
				),
			h(
				"fieldset",
				{ class: "mb-3" },
				h("legend", { class: "form-label" }, t("present")),
				...members.map((member) =>
					h(
						"label",
						{ class: "field-check" },
						h("input", {
							type: "checkbox",
							class: "form-check-input",
							id: `hadir-${member.id}`,
							checked: present.has(member.id),
							onchange: (event) => {
								if ((event.target as HTMLInputElement).checked) present.add(member.id);
								else present.delete(member.id);
							},
						}),
						h("span", {}, member.name),
					),
				),
			),
			button(
				t("check-in"),
				async () => {
					const over = target.under_way && state.visits.get(target.under_way.visit)?.left;
					const at = over ? { ...target, under_way: null } : target;
					await keep(checkIn(now(), at, [...present], position));
				},
				{ class: "btn btn-primary btn-lg w-100", id: "check-in" },
				"map-pin",
			),
			h("p", { class: "text-secondary mt-2 mb-0" }, t("position-why")),
		),
	);
}

/** What a line is about: the item, and the thing where there are several. */
export function lineName(row: Row): string {
	const label = row.item.label[language()];
	if (row.device) return `${label}: ${row.device.code}`;
	if (row.link) return `${label}: ${row.link.code}`;
	return label;
}

function line(row: Row, visit: Visit, target: Target): HTMLElement {
	const found = visit.found[row.key];
	const word = found ? of("condition", found.condition) : t("not-yet");
	const colour = !found
		? "none"
		: found.condition === "good"
			? "green"
			: found.condition === "unchecked"
				? "yellow"
				: "red";
	const detail = row.device
		? [row.device.brand, row.device.model].filter((it) => it !== "").join(" ")
		: row.link
			? [row.link.provider, row.link.customer_number].filter((it) => it !== "").join(" · ")
			: "";
	const mark = h("span", { class: `badge mark mark-${colour}` }, word);
	return h(
		"button",
		{
			type: "button",
			class: "field-line",
			id: `b-${row.key.replaceAll("|", "-")}`,
			disabled: visit.left !== null,
			onclick: () => sheet(row, visit, target),
		},
		h(
			"span",
			{ class: "field-line-what" },
			lineName(row),
			detail !== "" && h("span", { class: "text-secondary d-block" }, detail),
			found !== undefined &&
				found.action !== "none" &&
				h("span", { class: "d-block" }, of("action", found.action)),
			found !== undefined && found.note !== "" && h("span", { class: "text-secondary d-block" }, found.note),
			found !== undefined &&
				found.photos.length > 0 &&
				h("span", { class: "text-secondary d-block" }, t("photos-n", { n: found.photos.length })),
		),
		mark,
	);
}

function group({ group: of_, rows }: GroupRows, visit: Visit, target: Target): HTMLElement {
	const { answered, faults, all } = progress(rows, visit);
	const whole = answered === all;
	const id = `k-${of_.id}`;
	const told =
		faults > 0
			? t("group-faults", { n: faults, all })
			: whole
				? t("group-good", { all })
				: t("group-open", { n: answered, all });
	return h(
		"section",
		{ class: `card mb-2 field-group${faults > 0 ? " field-faulty" : whole ? " field-whole" : ""}` },
		h(
			"div",
			{ class: "card-body" },
			h(
				"div",
				{ class: "field-group-head" },
				h(
					"div",
					{},
					h("h3", { class: "mb-0", id: `${id}-h` }, of_.label[language()]),
					h("p", { class: "mb-0 text-secondary" }, told),
				),
				!whole &&
					visit.left === null &&
					button(
						answered === 0 ? t("all-good") : t("rest-good"),
						async () => {
							await keep(allGood(now(), state.visits.get(visit.id) ?? visit, target, rows));
							document.querySelector<HTMLElement>(`#${id} > summary`)?.focus({ preventScroll: true });
						},
						{
							class: "btn btn-primary",
							id: `${id}-baik`,
							"aria-describedby": `${id}-h`,
						},
						"check",
					),
				whole && faults === 0 && h("span", { class: "field-tick" }, icon("check")),
			),
			h(
				"details",
				{ id },
				h("summary", {}, t("lines-n", { n: all })),
				...rows.map((row) => line(row, visit, target)),
			),
		),
	);
}

function complaint(it: Complaint, visit: Visit, target: Target): HTMLElement {
	const given = visit.verdicts[it.id];
	const draft = `verdict-${it.id}`;
	const noteId = `catatan-${it.id}`;
	const note = h("textarea", {
		class: "form-control",
		rows: "2",
		oninput: (event) => void keepDraft(visit, draft, (event.target as HTMLTextAreaElement).value),
	}) as HTMLTextAreaElement;
	note.value = visit.drafts[draft] ?? given?.note ?? "";
	return h(
		"section",
		{ class: "card mb-2" },
		h(
			"div",
			{ class: "card-body" },
			h("h3", { class: "mb-1" }, it.number),
			h("p", { class: "mb-1 fw-bold" }, of("symptom", it.symptom)),
			h("p", {}, it.text),
			field(t("verdict-note"), noteId, note),
			given !== undefined &&
				button(
					t("note-save"),
					async () => {
						const current = state.visits.get(visit.id) ?? visit;
						await keep(verdict(now(), current, target, it.id, given.verdict, note.value.trim()));
					},
					{ class: "btn w-100 mb-3", id: `simpan-${it.id}` },
				),
			choice(
				t("verdict"),
				`verdict-${it.id}`,
				verdicts.map((code) => [code, of("verdict", code)]),
				given?.verdict ?? "",
				(code) => {
					const current = state.visits.get(visit.id) ?? visit;
					void keep(verdict(now(), current, target, it.id, code, note.value.trim()));
				},
			),
		),
	);
}

function leaving(target: Target, visit: Visit, groups: GroupRows[]): HTMLElement {
	const open = groups.reduce((sum, it) => {
		const { answered, all } = progress(it.rows, visit);
		return sum + all - answered;
	}, 0);
	const unanswered = target.complaints.filter((it) => !visit.verdicts[it.id]).length;
	const outcome = chosen.outcome.get(visit.id) ?? "";
	const note = h("textarea", {
		class: "form-control",
		rows: "2",
		oninput: (event) => void keepDraft(visit, "leave", (event.target as HTMLTextAreaElement).value),
	}) as HTMLTextAreaElement;
	note.value = visit.drafts.leave ?? "";
	const missing = [
		open > 0 && t("missing-lines", { n: open }),
		unanswered > 0 && t("missing-verdicts", { n: unanswered }),
		!visit.confirmation && t("missing-confirmation"),
	].filter((it) => it !== false);
	return h(
		"section",
		{ class: "card mb-3 border-primary", "aria-labelledby": "pulang" },
		h(
			"div",
			{ class: "card-body" },
			h("h2", { id: "pulang" }, t("check-out-title")),
			missing.length > 0 && h("p", { class: "field-missing" }, missing.join(" ")),
			choice(
				t("outcome"),
				"outcome",
				outcomes.map((code) => [code, of("outcome", code)]),
				outcome,
				(code) => {
					chosen.outcome.set(visit.id, code);
					document.getElementById("check-out")?.removeAttribute("disabled");
				},
			),
			h(
				"details",
				{ class: "mb-3", id: "catatan-pulang" },
				h("summary", {}, t("leave-note")),
				field(t("leave-note"), "leave-note", note),
			),
			button(
				t("check-out"),
				async () => {
					const how = chosen.outcome.get(visit.id);
					if (how)
						await keep(checkOut(now(), state.visits.get(visit.id) ?? visit, target, how, note.value.trim()));
				},
				{ class: "btn btn-primary btn-lg w-100", id: "check-out", disabled: outcome === "" },
				"door-exit",
			),
		),
	);
}

/** The page of one target. */
export function visitPage(target: Target): HTMLElement[] {
	const visit = visitAt(target.id);
	const zone = state.data?.zone_minutes ?? 0;
	const head = [
		h(
			"p",
			{ class: "mb-2" },
			h("a", { href: "/lapangan", class: "field-back" }, icon("arrow-left"), ` ${t("back")}`),
		),
		h("h1", { class: "mb-1" }, target.site.name),
		h("p", { class: "text-secondary mb-3" }, `${target.site.district} · ${target.site.address}`),
	];
	if (!visit) return [...head, arriving(target)];
	const time = (at: string) => timeOfDay(corrected(at, state.clock), zone);
	const zoneName = state.data?.zone ?? "";
	if (visit.left) {
		const mayAgain = visit.left.outcome !== "complete";
		return [
			...head,
			h(
				"section",
				{ class: "card mb-3" },
				h(
					"div",
					{ class: "card-body" },
					h("h2", {}, t("ended-title")),
					h(
						"p",
						{ class: "fs-3" },
						`${of("outcome", visit.left.outcome)}. ${t("from-until", { from: time(visit.arrived), until: time(visit.left.at) })} ${zoneName}.`,
					),
					h("p", { class: "mb-0" }, state.waiting.mine === 0 ? t("ended-sent") : t("ended-kept")),
				),
			),
			h("a", { class: "btn btn-primary btn-lg w-100", href: "/lapangan" }, t("next-target")),
			...(mayAgain
				? [
						h(
							"details",
							{ class: "field-more", id: "lagi" },
							h("summary", {}, t("visit-again")),
							arriving(target),
						),
					]
				: []),
		];
	}
	const groups = groupsOf(state.data?.checklist ?? [], target);
	return [
		...head,
		h(
			"p",
			{},
			t("here-since", { time: time(visit.arrived) }),
			` ${zoneName} (${day(corrected(visit.arrived, state.clock).slice(0, 10))}).`,
		),
		h("h2", {}, t("checklist")),
		...groups.map((it) => group(it, visit, target)),
		measuring(target, visit),
		...(target.complaints.length > 0
			? [
					h("h2", { class: "mt-3" }, t("complaints")),
					...target.complaints.map((it) => complaint(it, visit, target)),
				]
			: []),
		confirmation(target, visit),
		leaving(target, visit, groups),
	];
}
