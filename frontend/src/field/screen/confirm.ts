// The office's word on the visit: whoever is there, on this phone. It is no certified signature, and says so.

import { confirm } from "../acts.ts";
import { button, choice, field, h } from "../dom.ts";
import { seal } from "../ids.ts";
import { take } from "../photo.ts";
import { keep, keepDraft, now, state } from "../state.ts";
import { keep as keepInStore } from "../store.ts";
import type { Photo, Target, Visit } from "../types.ts";
import { t } from "../words.ts";

/** How the office answers: by somebody, refusing, or not at all. */
const answers = ["given", "refused", "nobody"];

/** What is being signed on: it stays as it is while the page around it changes. */
const glasses = new Map<string, { canvas: HTMLCanvasElement; signed: boolean }>();

/** A white field to sign in. */
function glass(drawn: () => void): HTMLCanvasElement {
	const canvas = h("canvas", {
		class: "field-glass",
		width: "640",
		height: "240",
		role: "img",
		id: "kaca",
	}) as HTMLCanvasElement;
	canvas.setAttribute("aria-label", t("sign-here"));
	const ink = canvas.getContext("2d");
	if (!ink) return canvas;
	ink.fillStyle = "#fff";
	ink.fillRect(0, 0, canvas.width, canvas.height);
	ink.lineWidth = 4;
	ink.lineCap = "round";
	ink.strokeStyle = "#000";
	const place = (event: PointerEvent): [number, number] => {
		const box = canvas.getBoundingClientRect();
		return [
			((event.clientX - box.left) * canvas.width) / box.width,
			((event.clientY - box.top) * canvas.height) / box.height,
		];
	};
	let down = false;
	canvas.addEventListener("pointerdown", (event) => {
		down = true;
		canvas.setPointerCapture(event.pointerId);
		ink.beginPath();
		ink.moveTo(...place(event));
	});
	canvas.addEventListener("pointermove", (event) => {
		if (!down) return;
		ink.lineTo(...place(event));
		ink.stroke();
	});
	const up = () => {
		if (down) drawn();
		down = false;
	};
	canvas.addEventListener("pointerup", up);
	canvas.addEventListener("pointercancel", up);
	return canvas;
}

export function confirmation(target: Target, visit: Visit): HTMLElement {
	const title = h("h2", { id: "konfirmasi" }, t("confirm"));
	const card = (...children: (Node | false | null)[]) =>
		h(
			"section",
			{ class: "card mb-3", "aria-labelledby": "konfirmasi" },
			h("div", { class: "card-body" }, title, ...children),
		);
	const given = visit.confirmation;
	const place = h("div", {});
	const form = () => place.replaceChildren(...body(target, visit));
	if (given) {
		const told = given.withheld
			? t("confirmed-withheld", { why: given.withheld })
			: t("confirmed-by", { name: given.name, post: given.post || "-" });
		return card(
			h("p", { class: "fs-3" }, told),
			button(t("confirm-again"), () => {
				form();
			}),
			place,
		);
	}
	form();
	return card(place);
}

function body(target: Target, visit: Visit): HTMLElement[] {
	const current = () => state.visits.get(visit.id) ?? visit;
	const draft = (name: string) => current().drafts[`confirm-${name}`] ?? "";
	const input = (name: string) => {
		const element = h("input", {
			class: "form-control",
			autocomplete: "off",
			oninput: (event) => void keepDraft(visit, `confirm-${name}`, (event.target as HTMLInputElement).value),
		}) as HTMLInputElement;
		element.value = draft(name);
		return element;
	};
	const said = h("p", { class: "field-missing", role: "alert" });
	const rest = h("div", {});
	let answer = draft("answer") || "given";

	const signature = () => {
		const kept = draft("evidence") !== "";
		const state_ = h("p", { class: "text-secondary", role: "status" }, kept ? t("sheet-taken") : "");
		let known = glasses.get(visit.id);
		if (!known) {
			const fresh = {
				canvas: glass(() => {
					fresh.signed = true;
				}),
				signed: false,
			};
			known = fresh;
			glasses.set(visit.id, fresh);
		}
		return [
			h("p", { class: "form-label mb-1" }, t("sign-here")),
			known.canvas,
			h(
				"div",
				{ class: "d-flex gap-2 mb-2" },
				button(
					t("sign-clear"),
					() => {
						glasses.delete(visit.id);
						draw();
					},
					{ class: "btn flex-fill" },
				),
				h("input", {
					type: "file",
					accept: "image/*",
					capture: "environment",
					class: "visually-hidden",
					id: "lembar-tanda",
					onchange: async (event) => {
						const file = (event.target as HTMLInputElement).files?.[0];
						if (!file) return;
						try {
							const taken = await take(file, visit, `${target.site.name}: ${t("confirm")}`);
							const known = current();
							const after = { ...known, drafts: { ...known.drafts, "confirm-evidence": taken.hash } };
							await keepInStore(after, [], [taken]);
							state.visits.set(after.id, after);
							state_.textContent = t("sheet-taken");
						} catch {
							said.textContent = t("photo-failed");
						}
					},
				}),
				h("label", { class: "btn flex-fill", for: "lembar-tanda" }, t("sheet-photo")),
			),
			state_,
		];
	};

	function draw(): void {
		rest.replaceChildren(
			...(answer === "given"
				? [
						field(t("confirm-name"), "konfirmasi-nama", input("name")),
						field(t("confirm-post"), "konfirmasi-jabatan", input("post")),
						...signature(),
						h("p", { class: "text-secondary" }, t("not-certified")),
					]
				: [field(t(`why-${answer}`), "konfirmasi-alasan", input("why"))]),
		);
	}

	async function save(): Promise<void> {
		const at = now();
		if (answer !== "given") {
			const why = draft("why").trim();
			if (why === "") {
				said.textContent = t("needs-reason");
				return;
			}
			const withheld = `${t(`answer-${answer}`)}: ${why}`;
			await keep(confirm(at, current(), target, { withheld }));
			return;
		}
		const name = draft("name").trim();
		if (name === "") {
			said.textContent = t("needs-name");
			return;
		}
		let proof = draft("evidence");
		const photos: Photo[] = [];
		const drawing = glasses.get(visit.id);
		if (drawing?.signed) {
			const { canvas } = drawing;
			const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
			if (picture) photos.push(await take(picture, visit, `${target.site.name}: ${t("confirm")}`, false));
			proof = photos[0]?.hash ?? proof;
		}
		if (proof === "") {
			said.textContent = t("needs-signature");
			return;
		}
		const whole = { name: await seal(name), post: draft("post").trim(), evidence: proof };
		if (await keep(confirm(at, current(), target, whole), photos)) glasses.delete(visit.id);
	}

	draw();
	return [
		choice(
			t("confirm-how"),
			"konfirmasi-jawaban",
			answers.map((code) => [code, t(`answer-${code}`)]),
			answer,
			(code) => {
				answer = code;
				void keepDraft(visit, "confirm-answer", code);
				draw();
			},
		),
		rest,
		said,
		button(
			t("confirm-save"),
			save,
			{ class: "btn btn-primary btn-lg w-100", id: "konfirmasi-simpan" },
			"signature",
		),
	];
}
