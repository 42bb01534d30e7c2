// Keeps the page of the visits and the files it needs, for places without a network. The server puts `self.kept` before
// this script: the addresses of the files, which hold their hashes, so that a changed file makes another worker.

interface Worker {
	kept: string[];
	location: Location;
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void> };
	addEventListener(
		kind: "install" | "activate",
		act: (event: { waitUntil(done: Promise<unknown>): void }) => void,
	): void;
	addEventListener(
		kind: "fetch",
		act: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void,
	): void;
}
const worker = self as unknown as Worker;

const shell = "/lapangan";
const cacheName = `rajut ${worker.kept.join(" ")}`;
/** How long a page may take before the kept one is shown. */
const patience = 3000;

worker.addEventListener("install", (event) => {
	const fill = async () => {
		const cache = await caches.open(cacheName);
		await cache.addAll(worker.kept);
		await cache.add(new Request(shell, { cache: "reload" }));
		await worker.skipWaiting();
	};
	event.waitUntil(fill());
});

worker.addEventListener("activate", (event) => {
	const tidy = async () => {
		for (const name of await caches.keys()) {
			if (name.startsWith("rajut ") && name !== cacheName) await caches.delete(name);
		}
		await worker.clients.claim();
	};
	event.waitUntil(tidy());
});

/** The page as the network has it now, else as it was kept. */
async function page(request: Request): Promise<Response> {
	const cache = await caches.open(cacheName);
	const fresh = fetch(request).then(async (answer) => {
		if (answer.ok && !answer.redirected) await cache.put(shell, answer.clone());
		return answer;
	});
	// Whoever loses the race may fail in peace.
	fresh.catch(() => undefined);
	const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
	const first = await Promise.race([fresh.catch(() => null), late]);
	if (first?.ok) return first;
	return (await cache.match(shell)) ?? first ?? fresh;
}

/** A file: its address holds its hash, so what was kept is right for ever. */
async function file(request: Request): Promise<Response> {
	const known = await caches.match(request);
	if (known) return known;
	const answer = await fetch(request);
	if (answer.ok) await (await caches.open(cacheName)).put(request, answer.clone());
	return answer;
}

worker.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== "GET" || url.origin !== worker.location.origin) return;
	if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
	else if (request.mode === "navigate" && (url.pathname === shell || url.pathname.startsWith(`${shell}/`)))
		event.respondWith(page(request));
});
