// The pages of the visits: /lapangan and /lapangan/{target}. They work on what the phone holds; the network only brings
// what is new and takes away what waits.

import { button, h, icon, show } from "./field/dom.ts";
import { list } from "./field/screen/list.ts";
import { visitPage } from "./field/screen/visit.ts";
import { load, onChange, sendNow, soon, state, targetOf } from "./field/state.ts";
import { sendAgain } from "./field/store.ts";
import { readWords, t } from "./field/words.ts";

function sync(): (Node | string)[] {
	const { mine } = state.waiting;
	const [name, text] = state.broken
		? ["alert-triangle", t("store-broken")]
		: mine > 0
			? [state.line === "offline" ? "cloud-off" : "refresh", t("waiting-n", { n: mine })]
			: state.line === "offline"
				? ["cloud-off", t("offline")]
				: state.line === "signed-out"
					? ["lock", t("signed-out")]
					: state.line === "unknown"
						? ["refresh", t("connecting")]
						: ["cloud-check", t("all-sent")];
	return [icon(name), ` ${text}`];
}

/** What somebody has to know or do before going on. */
function notices(): HTMLElement[] {
	const { refused, refusedPhotos, others, mine } = state.waiting;
	const told: HTMLElement[] = [];
	if (state.broken)
		told.push(h("p", { class: "field-missing", role: "alert" }, `${t("store-broken-why")} ${state.broken}`));
	if (state.line === "signed-out" && state.data)
		told.push(
			h(
				"section",
				{ class: "card mb-3 border-primary" },
				h(
					"div",
					{ class: "card-body" },
					h("p", { class: "fs-3" }, t("sign-in-to-send")),
					h(
						"a",
						{ class: "btn btn-primary btn-lg w-100", href: `/masuk?ke=${location.pathname}` },
						t("sign-in"),
					),
				),
			),
		);
	if (refused.length + refusedPhotos.length > 0)
		told.push(
			h(
				"section",
				{ class: "card mb-3 field-faulty", "aria-labelledby": "ditolak" },
				h(
					"div",
					{ class: "card-body" },
					h("h2", { id: "ditolak" }, t("refused-n", { n: refused.length + refusedPhotos.length })),
					h("p", {}, t("refused-why")),
					h(
						"ul",
						{},
						...[...refused, ...refusedPhotos].map((it) => h("li", {}, `${it.where}: ${it.message}`)),
					),
					button(t("send-again"), async () => {
						if (state.me) await sendAgain(state.me);
						await load();
						await sendNow();
					}),
				),
			),
		);
	if (others > 0) told.push(h("p", { class: "text-secondary" }, t("others-n", { n: others })));
	if (mine > 0 && state.line === "offline")
		told.push(
			h(
				"section",
				{ class: "mb-3" },
				h("p", { class: "text-secondary mb-2" }, t("kept-here")),
				button(t("send-now"), () => sendNow(true), { class: "btn w-100", id: "kirim" }, "refresh"),
			),
		);
	return told;
}

/** What the page was drawn from: it is drawn anew only when that has changed, so that whoever is typing or signing is
 * not disturbed by what the line does. */
let drawnFrom = "";

function draw(): void {
	const bar = document.getElementById("antrean");
	const news = document.getElementById("kabar");
	const place = document.getElementById("layar");
	if (!bar || !news || !place) return;
	bar.replaceChildren(...sync());
	bar.dataset.waiting = String(state.waiting.mine);
	bar.dataset.line = state.line;
	const told = notices();
	// A button that is being pressed stays where it is.
	if (news.textContent !== told.map((it) => it.textContent).join("")) show(news, ...told);
	const wanted = /^\/lapangan\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1];
	const target = wanted ? targetOf(wanted) : null;
	const visits = [...state.visits.values()].map(({ drafts: _, snapshot: __, ...visit }) => visit);
	const from = JSON.stringify(
		wanted
			? [
					target,
					visits.filter((visit) => visit.target === wanted),
					state.waiting.mine === 0,
					state.data === null,
				]
			: [state.data, visits, state.line === "signed-out"],
	);
	if (from === drawnFrom) return;
	drawnFrom = from;
	if (wanted && !target && state.data) {
		show(
			place,
			h("h1", {}, t("title")),
			h("p", { class: "fs-3" }, t("not-yours")),
			h("a", { class: "btn btn-primary btn-lg w-100", href: "/lapangan" }, t("back")),
		);
	} else show(place, ...(target ? visitPage(target) : list()));
}

async function begin(): Promise<void> {
	readWords();
	onChange(draw);
	try {
		await load();
	} catch (error) {
		state.broken = error instanceof Error ? error.message : String(error);
	}
	draw();
	// What is kept here must not be thrown away when the phone runs short of room.
	if ("storage" in navigator) void navigator.storage.persist?.().catch(() => false);
	if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
	await sendNow(true);
	window.addEventListener("online", () => soon(0));
	window.addEventListener("offline", () => {
		state.line = "offline";
		draw();
	});
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") soon(0);
	});
}

void begin();
