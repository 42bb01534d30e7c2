// Today's targets of my team, and what comes later.

import { dayOf, timeOfDay } from "../clock.ts";
import { h, icon } from "../dom.ts";
import { state, targets, visitAt } from "../state.ts";
import type { Target } from "../types.ts";
import { language, of, t } from "../words.ts";

/** "Kamis, 1 Oktober". */
export function day(date: string): string {
	const at = new Date(`${date}T00:00:00Z`);
	return new Intl.DateTimeFormat(language(), {
		weekday: "long",
		day: "numeric",
		month: "long",
		timeZone: "UTC",
	}).format(at);
}

function standing(target: Target): [string, string] {
	const visit = visitAt(target.id);
	if (visit && !visit.left) return [t("standing-here"), "blue"];
	if (visit?.left)
		return [of("outcome", visit.left.outcome), visit.left.outcome === "complete" ? "green" : "yellow"];
	if (target.under_way) return [t("standing-team-there"), "blue"];
	if (target.standing === "attempted") return [t("standing-again"), "yellow"];
	return [t("standing-planned"), "none"];
}

function card(target: Target): HTMLElement {
	const [word, colour] = standing(target);
	return h(
		"a",
		{ class: "card card-link mb-2 field-target", href: `/lapangan/${target.id}` },
		h(
			"div",
			{ class: "card-body" },
			h("p", { class: "fs-3 mb-1 fw-bold" }, target.site.name),
			h("p", { class: "text-secondary mb-2" }, `${target.site.district} · ${target.site.address}`),
			h(
				"p",
				{ class: "mb-0 d-flex flex-wrap gap-2" },
				h("span", { class: `badge mark mark-${colour}` }, word),
				target.complaints.length > 0 &&
					h("span", { class: "badge mark mark-red" }, t("complaints-n", { n: target.complaints.length })),
				h(
					"span",
					{ class: "text-secondary" },
					t("things-n", { n: target.devices.length + target.links.length }),
				),
			),
		),
	);
}

/** What the person sees who opens the visits. */
export function list(): HTMLElement[] {
	const { data } = state;
	if (!data) {
		return [
			h("h1", {}, t("title")),
			h("p", { class: "fs-3" }, state.line === "signed-out" ? t("sign-in-first") : t("no-data")),
			...(state.line === "signed-out"
				? [h("a", { class: "btn btn-primary btn-lg w-100", href: "/masuk?ke=/lapangan" }, t("sign-in"))]
				: []),
		];
	}
	const today = dayOf(new Date(Date.now() + (state.clock?.shift ?? 0)).toISOString(), data.zone_minutes);
	const going = (target: Target) => visitAt(target.id)?.left === null;
	const done = (target: Target) => visitAt(target.id)?.left?.outcome === "complete";
	const due = (target: Target) => (target.planned_on ?? target.due_on) <= today;
	const all = targets();
	const now = all.filter((target) => !done(target) && (due(target) || going(target)));
	const finished = all.filter(done);
	const later = all.filter((target) => !now.includes(target) && !finished.includes(target));
	const teams = data.teams.map((team) => team.name);
	const days = [...new Set(later.map((target) => target.planned_on ?? target.due_on))];
	return [
		h("h1", { class: "mb-1" }, t("title")),
		h("p", { class: "mb-1" }, day(today)),
		h(
			"p",
			{ class: "text-secondary mb-3" },
			[
				data.person.name,
				...teams,
				`${t("as-of", { time: timeOfDay(data.as_of, data.zone_minutes) })} ${data.zone}`,
			].join(" · "),
		),
		h("h2", {}, t("today-n", { n: now.length })),
		...(now.length === 0 ? [h("p", { class: "fs-3" }, t("today-none"))] : now.map(card)),
		...(finished.length > 0
			? [
					h(
						"details",
						{ class: "field-more", id: "selesai" },
						h("summary", {}, icon("check"), ` ${t("finished-n", { n: finished.length })}`),
						...finished.map(card),
					),
				]
			: []),
		...(later.length > 0
			? [
					h(
						"details",
						{ class: "field-more", id: "nanti" },
						h("summary", {}, icon("clock"), ` ${t("later-n", { n: later.length })}`),
						...days.flatMap((date) => [
							h("h3", { class: "mt-3" }, day(date)),
							...later.filter((target) => (target.planned_on ?? target.due_on) === date).map(card),
						]),
					),
				]
			: []),
	];
}
