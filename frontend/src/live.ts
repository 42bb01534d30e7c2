// Live updates: when the journal has grown, a page that shows what is true now asks for itself again. One tab of the
// browser listens for all of them; a page on which somebody is typing is left alone until they are done.

const channelName = "rajut-live";
/** So long a page waits before it asks again, so that a busy hour does not make a busy server. */
const atMostEvery = 5_000;

let last = 0;
let due: number | undefined;
let typed = false;

/** Whether something on the page would be lost or jump away. */
function busy(content: HTMLElement): boolean {
	const focused = document.activeElement;
	const typing =
		focused instanceof HTMLElement && content.contains(focused) && focused.matches("input, select, textarea");
	return typed || typing || content.querySelector("details[open]") !== null || document.hidden;
}

async function refresh(content: HTMLElement): Promise<void> {
	const answer = await fetch(location.href, { headers: { accept: "text/html" } });
	// Signed out, moved or broken: the page keeps what it shows, and the next tap says what is wrong.
	if (!answer.ok || answer.redirected) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const fresh = page.getElementById(content.id);
	if (fresh && !busy(content)) {
		content.replaceChildren(...Array.from(fresh.childNodes));
		content.dataset.asOf = new Date().toISOString();
	}
}

function grown(content: HTMLElement, seq: number): void {
	if (!(seq > last)) return;
	const first = last === 0;
	last = seq;
	// The first word says where the page stands already.
	if (first || due !== undefined) return;
	const ask = () => {
		due = undefined;
		if (busy(content)) due = window.setTimeout(ask, atMostEvery);
		else refresh(content).catch(() => undefined);
	};
	due = window.setTimeout(ask, Math.random() * 1_000);
}

/** Listens, if the page asks for it: `<main id data-live="/siaran">`. */
export function listen(): void {
	const content = document.querySelector<HTMLElement>("main[data-live]");
	const address = content?.dataset.live;
	if (!content || !address || !("EventSource" in window)) return;
	content.addEventListener("input", () => {
		typed = true;
	});
	const channel = new BroadcastChannel(channelName);
	channel.addEventListener("message", (event) => grown(content, Number(event.data)));
	const hear = () => {
		const source = new EventSource(address);
		source.addEventListener("tumbuh", (event) => {
			const seq = Number(event.data);
			channel.postMessage(seq);
			grown(content, seq);
		});
	};
	// The tab that holds the lock listens; when it closes, the next one takes over.
	if (navigator.locks) navigator.locks.request(channelName, () => new Promise(hear)).catch(() => undefined);
	else hear();
}
