// What the phone itself can measure: how long small requests to the server take.

import { readings } from "../acts.ts";
import { roundTrips } from "../checklist.ts";
import { button, h } from "../dom.ts";
import { keep, now, state, timeRequests } from "../state.ts";
import type { Target, Visit } from "../types.ts";
import { language, t } from "../words.ts";

const many = 20;
let running = false;

const figure = (value: number) =>
	value.toLocaleString(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function measuring(target: Target, visit: Visit): HTMLElement {
	const result = h("p", { class: "fs-3 mb-2", id: "ukur-hasil", role: "status" }, visit.measured);
	const start = button(
		t("measure-start"),
		async () => {
			if (running) return;
			running = true;
			result.textContent = t("measure-running");
			const times = await timeRequests(many);
			running = false;
			const seen = roundTrips(times);
			if (!seen) {
				result.textContent = t("measure-none");
				return;
			}
			const told = t("measure-told", {
				delay: figure(seen.delay),
				jitter: seen.jitter === null ? "-" : figure(seen.jitter),
				loss: figure(seen.loss),
			});
			const after = { ...(state.visits.get(visit.id) ?? visit), measured: told };
			const values = [
				`delay=${seen.delay.toFixed(2)} ms`,
				...(seen.jitter === null ? [] : [`jitter=${seen.jitter.toFixed(2)} ms`]),
				`loss=${seen.loss.toFixed(1)} percent`,
			];
			const raw = `HTTP GET, n=${times.length}, min ${seen.least.toFixed(2)} ms, max ${seen.most.toFixed(2)} ms`;
			await keep({
				visit: after,
				entries: [readings(now(), after, target, "phone", { on: "site" }, "noc", values, raw)],
			});
		},
		{ class: "btn btn-lg w-100", id: "ukur" },
		"gauge",
	);
	return h(
		"section",
		{ class: "card mb-3", "aria-labelledby": "ukur-h" },
		h(
			"div",
			{ class: "card-body" },
			h("h3", { id: "ukur-h" }, t("measure")),
			h("p", { class: "text-secondary" }, t("measure-why")),
			result,
			start,
		),
	);
}
