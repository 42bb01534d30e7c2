// The sheet about one line of the checklist: condition, action, figures, photos, part, replacement. What is typed is
// kept as it is typed; photos are kept when they are taken.

import { type Result, record } from "../acts.ts";
import { classOf, isFault, leavesFault, numberOf, type Row } from "../checklist.ts";
import { button, choice, field, h } from "../dom.ts";
import { take } from "../photo.ts";
import { keep, keepDraft, now, state } from "../state.ts";
import { keep as keepInStore, photo as keptPhoto } from "../store.ts";
import type { Identity, Target, Visit } from "../types.ts";
import { of, t } from "../words.ts";
import { lineName } from "./visit.ts";

const conditions = ["good", "minor", "major", "missing", "unchecked"];
const actions = ["none", "clean", "configure", "repair", "replace", "escalate"];
const owners = ["agency", "provider", "office"];

/** What the sheet holds, as it is kept while it is being filled in. */
interface Draft {
	condition: string;
	action: string;
	note: string;
	minutes: string;
	photos: string[];
	figures: Record<string, string>;
	part: string;
	quantity: string;
	due: string;
	code: string;
	brand: string;
	model: string;
	serial: string;
	serialIs: string;
	inventory: string;
	inventoryIs: string;
	owner: string;
}

function begun(row: Row, visit: Visit): Draft {
	const kept = visit.drafts[row.key];
	if (kept) return JSON.parse(kept) as Draft;
	const known = visit.found[row.key];
	return {
		condition: known?.condition ?? "good",
		action: known?.action ?? "none",
		note: known?.note ?? "",
		minutes: "",
		photos: known?.photos ?? [],
		figures: { ...known?.figures },
		part: known?.part?.name ?? "",
		quantity: String(known?.part?.quantity ?? 1),
		due: known?.part?.due ?? "",
		code: "",
		brand: row.device?.brand ?? "",
		model: row.device?.model ?? "",
		serial: "",
		serialIs: "known",
		inventory: "",
		inventoryIs: "unknown",
		owner: row.device?.owner ?? "agency",
	};
}

function identity(is: string, text: string): Identity {
	if (is === "known") return text.trim() === "" ? "none" : { known: text.trim() };
	return is as Identity;
}

/** Opens the sheet. */
export function sheet(row: Row, at: Visit, target: Target): void {
	const visit = () => state.visits.get(at.id) ?? at;
	const draft = begun(row, visit());
	const keepIt = () => void keepDraft(visit(), row.key, JSON.stringify(draft));
	const dialog = h("dialog", { class: "field-sheet", "aria-labelledby": "lembar-h" }) as HTMLDialogElement;
	const body = h("div", {});
	const said = h("p", { class: "field-missing", role: "alert" });
	const urls: string[] = [];

	const input = (name: keyof Draft, attributes: Record<string, string> = {}) => {
		const element = h("input", {
			class: "form-control",
			autocomplete: "off",
			...attributes,
			oninput: (event) => {
				(draft as unknown as Record<string, unknown>)[name] = (event.target as HTMLInputElement).value;
				keepIt();
			},
		}) as HTMLInputElement;
		element.value = String(draft[name]);
		return element;
	};

	const figures = () =>
		row.item.measures.map((it, index) => {
			const key = `${it.measure}|${it.scope}`;
			const judged = h("span", { class: "d-block mb-2", role: "status" });
			const judge = () => {
				const value = numberOf(draft.figures[key] ?? "");
				const name =
					value === null ? null : classOf(state.data?.thresholds ?? [], it.measure, it.scope, value);
				judged.textContent = name ? of("class", name) : "";
			};
			const box = h("input", {
				class: "form-control",
				type: "text",
				inputmode: "decimal",
				autocomplete: "off",
				oninput: (event) => {
					draft.figures[key] = (event.target as HTMLInputElement).value;
					judge();
					keepIt();
				},
			}) as HTMLInputElement;
			box.value = draft.figures[key] ?? "";
			judge();
			const unit = h("span", { class: "input-group-text" }, of("unit", it.unit));
			const control = field(of("measure", it.measure), `ukur-${index}`, box, unit);
			// The keypad of many phones has no minus.
			if (it.unit === "dBm") {
				const flip = button(
					"±",
					() => {
						box.value = box.value.startsWith("-") ? box.value.slice(1) : `-${box.value}`;
						draft.figures[key] = box.value;
						judge();
						keepIt();
					},
					{ class: "btn", "aria-label": t("minus") },
				);
				box.before(flip);
			}
			control.append(judged);
			return control;
		});

	const photos = () => {
		const shown = h("div", { class: "field-photos" });
		draft.photos.forEach((hash, index) => {
			void keptPhoto(hash).then((kept) => {
				if (!kept) {
					shown.append(h("span", { class: "badge mark mark-green" }, t("photo-sent")));
					return;
				}
				const url = URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }));
				urls.push(url);
				shown.append(h("img", { src: url, alt: t("photo-n", { n: index + 1 }) }));
			});
		});
		const camera = h("input", {
			type: "file",
			accept: "image/*",
			capture: "environment",
			multiple: true,
			class: "visually-hidden",
			id: "kamera",
			onchange: async (event) => {
				const files = [...((event.target as HTMLInputElement).files ?? [])];
				try {
					for (const file of files) {
						const taken = await take(file, visit(), `${target.site.name}: ${lineName(row)}`);
						draft.photos = [...new Set([...draft.photos, taken.hash])];
						const known = visit();
						const after = { ...known, drafts: { ...known.drafts, [row.key]: JSON.stringify(draft) } };
						// Photo and draft together: a photo never lies about without its place.
						await keepInStore(after, [], [taken]);
						state.visits.set(after.id, after);
					}
				} catch {
					said.textContent = t("photo-failed");
				}
				draw();
			},
		});
		return h(
			"div",
			{ class: "mb-3" },
			shown,
			camera,
			h("label", { class: "btn btn-lg w-100", for: "kamera" }, t("photo")),
		);
	};

	const number = (name: "serial" | "inventory", is: "serialIs" | "inventoryIs") =>
		h(
			"div",
			{},
			choice(
				t(`new-${name}`),
				`baru-${name}`,
				["known", "none", "unreadable", ...(name === "inventory" ? ["unknown"] : [])].map((code) => [
					code,
					of("identity", code),
				]),
				draft[is],
				(code) => {
					draft[is] = code;
					keepIt();
					draw();
				},
			),
			draft[is] === "known" && field(t(`new-${name}`), `baru-${name}-teks`, input(name)),
			["none", "unreadable"].includes(draft[is]) && h("p", { class: "text-secondary" }, t("needs-photo")),
		);

	function draw(): void {
		const faulty = isFault(draft.condition);
		const replaces = faulty && draft.action === "replace" && row.device !== null;
		const focused = document.activeElement?.id ?? "";
		body.replaceChildren(
			...[
				choice(
					t("condition"),
					"kondisi",
					conditions.map((code) => [code, of("condition", code)]),
					draft.condition,
					(code) => {
						draft.condition = code;
						keepIt();
						draw();
					},
				),
				faulty
					? choice(
							t("action"),
							"tindakan",
							actions
								.filter((code) => code !== "replace" || row.device !== null)
								.map((code) => [code, of("action", code)]),
							draft.action,
							(code) => {
								draft.action = code;
								keepIt();
								draw();
							},
						)
					: null,
				...figures(),
				faulty && ["repair", "replace"].includes(draft.action)
					? field(
							t("minutes"),
							"menit",
							input("minutes", { inputmode: "numeric" }),
							h("span", { class: "input-group-text" }, of("unit", "min")),
						)
					: null,
				replaces ? h("h3", {}, t("new-device")) : null,
				replaces ? field(t("new-code"), "baru-kode", input("code")) : null,
				replaces ? field(t("new-brand"), "baru-merek", input("brand")) : null,
				replaces ? field(t("new-model"), "baru-tipe", input("model")) : null,
				replaces ? number("serial", "serialIs") : null,
				replaces ? number("inventory", "inventoryIs") : null,
				replaces
					? choice(
							t("new-owner"),
							"pemilik",
							owners.map((code) => [code, of("owner", code)]),
							draft.owner,
							(code) => {
								draft.owner = code;
								keepIt();
							},
						)
					: null,
				leavesFault(draft.condition, draft.action) ? h("h3", {}, t("part-title")) : null,
				leavesFault(draft.condition, draft.action) ? field(t("part"), "bagian", input("part")) : null,
				leavesFault(draft.condition, draft.action) && draft.part.trim() !== ""
					? field(t("quantity"), "jumlah", input("quantity", { inputmode: "numeric" }))
					: null,
				leavesFault(draft.condition, draft.action) && draft.part.trim() !== ""
					? field(t("part-due"), "tanggal", input("due", { type: "date" }))
					: null,
				field(t("note"), "catatan", input("note")),
				photos(),
			].filter((it) => it !== null),
		);
		if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
	}

	async function save(): Promise<void> {
		const faulty = isFault(draft.condition);
		const action = faulty ? draft.action : "none";
		const replaces = action === "replace" && row.device !== null;
		const numberless = [draft.serialIs, draft.inventoryIs].some((is) => ["none", "unreadable"].includes(is));
		const bad = row.item.measures.find((it) => {
			const typed = draft.figures[`${it.measure}|${it.scope}`] ?? "";
			return typed.trim() !== "" && numberOf(typed) === null;
		});
		if (bad) {
			said.textContent = t("not-a-number", { what: of("measure", bad.measure) });
			return;
		}
		if (replaces && draft.code.trim() === "") {
			said.textContent = t("needs-code");
			return;
		}
		if (replaces && draft.serialIs === "known" && draft.serial.trim() === "") {
			said.textContent = t("needs-serial");
			return;
		}
		if (replaces && numberless && draft.photos.length === 0) {
			said.textContent = t("needs-photo");
			return;
		}
		const minutes = Number.parseInt(draft.minutes, 10);
		const result: Result = {
			condition: draft.condition,
			action,
			note: draft.note,
			minutes: Number.isFinite(minutes) && minutes >= 0 ? minutes : null,
			photos: draft.photos,
			figures: draft.figures,
			part:
				draft.part.trim() === ""
					? null
					: {
							name: draft.part.trim(),
							quantity: Math.max(1, Number.parseInt(draft.quantity, 10) || 1),
							due: draft.due,
						},
			replacement: replaces
				? {
						code: draft.code.trim(),
						brand: draft.brand.trim(),
						model: draft.model.trim(),
						serial: identity(draft.serialIs, draft.serial),
						inventory: identity(draft.inventoryIs, draft.inventory),
						owner: draft.owner,
					}
				: null,
		};
		const before = visit();
		const { [row.key]: _, ...drafts } = before.drafts;
		if (await keep(record(now(), { ...before, drafts }, target, row, result))) dialog.close();
	}

	const device = row.device;
	const about = device
		? `${device.code} · ${[device.brand, device.model].filter((it) => it !== "").join(" ")}`
		: row.link
			? `${row.link.code} · ${row.link.provider}`
			: target.site.name;
	draw();
	dialog.append(
		h(
			"h2",
			{ id: "lembar-h", tabindex: "-1" },
			row.item.label[document.documentElement.lang === "en" ? "en" : "id"],
		),
		h("p", { class: "text-secondary" }, about),
		body,
		said,
		h(
			"div",
			{ class: "field-sheet-foot" },
			button(t("cancel"), () => dialog.close(), { class: "btn btn-lg" }),
			button(t("save"), save, { class: "btn btn-primary btn-lg", id: "lembar-simpan" }, "check"),
		),
	);
	dialog.addEventListener("close", () => {
		for (const url of urls) URL.revokeObjectURL(url);
		dialog.remove();
		document.getElementById(`b-${row.key.replaceAll("|", "-")}`)?.focus({ preventScroll: true });
	});
	document.body.append(dialog);
	dialog.showModal();
	document.getElementById("lembar-h")?.focus();
}
