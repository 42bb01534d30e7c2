// A browser that reaches nothing but the program under test, and what every page must satisfy in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { artifacts } from "./program.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's Chromium, told to call nobody. */
export function startBrowser(...more: string[]): Promise<Browser> {
	return chromium.launch({
		executablePath: "/usr/bin/chromium",
		args: [
			// The tests run as root, for which Chromium has no sandbox, and only open our own pages.
			"--no-sandbox",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-default-apps",
			"--disable-domain-reliability",
			"--disable-extensions",
			"--disable-sync",
			"--metrics-recording-only",
			"--no-first-run",
			"--no-pings",
			// Every other name and address is unknown.
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
			...more,
		],
	});
}

/** What went wrong on a page while a test used it. */
export type Faults = string[];

/** A page that notes script errors, refused content (also by the Content-Security-Policy) and calls to other hosts. */
export async function openPage(
	browser: Browser,
	address: string,
	options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: Faults }> {
	const context = await browser.newContext({
		baseURL: address,
		locale: "id-ID",
		timezoneId: "Asia/Jakarta",
		// Colours that fade into one another would be judged in the middle.
		reducedMotion: "reduce",
		...options,
	});
	const page = await context.newPage();
	const faults: Faults = [];
	page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
	page.on("console", (message) => {
		if (message.type() === "error") faults.push(`console: ${message.text()}`);
	});
	page.on("request", (request) => {
		const url = new URL(request.url());
		if (url.protocol.startsWith("http") && url.origin !== address)
			faults.push(`asked another host: ${url.href}`);
		if (url.protocol === "data:") faults.push("loaded a data: address");
	});
	page.on("requestfailed", (request) => {
		// A page that is left cancels what it was still loading.
		const why = request.failure()?.errorText;
		if (why !== "net::ERR_ABORTED") faults.push(`${request.url()}: ${why}`);
	});
	return { page, faults };
}

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const colours = ["light", "dark"] as const;

/** Four pictures of the page as it stands: desktop and phone, light and dark, into artifacts/NAME-SCREEN-COLOUR.png. */
export async function screenshot(page: Page, name: string): Promise<void> {
	await mkdir(artifacts, { recursive: true });
	const before = page.viewportSize();
	for (const [screen, viewport] of Object.entries(screens)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of colours) {
			await page.emulateMedia({ colorScheme });
			await page.screenshot({
				path: join(artifacts, `${name}-${screen}-${colorScheme}.png`),
				fullPage: true,
			});
		}
	}
	await page.emulateMedia({ colorScheme: null });
	if (before) await page.setViewportSize(before);
}

/** The same for a page that is read outdoors: phone, light, dark and sun. */
export async function screenshotOutdoors(page: Page, name: string): Promise<void> {
	await screenshot(page, name);
	const before = page.viewportSize();
	await page.setViewportSize(screens.phone);
	await sun(page, true);
	await page.screenshot({ path: join(artifacts, `${name}-phone-sun.png`), fullPage: true });
	await sun(page, false);
	if (before) await page.setViewportSize(before);
}

function sun(page: Page, shines: boolean): Promise<void> {
	return page.evaluate((shines) => {
		const theme = shines ? "sun" : "auto";
		localStorage.setItem("rajut-theme", theme);
		document.documentElement.dataset.theme = theme;
		if (shines) document.documentElement.dataset.bsTheme = "light";
	}, shines);
}

/** Fails when the page in sun mode breaks such a rule. */
export async function assertAccessibleOutdoors(page: Page): Promise<void> {
	await assertAccessible(page);
	await sun(page, true);
	await assertAccessible(page, ["light"]);
	await sun(page, false);
}

/** Fails when the page, as it stands, breaks a rule of WCAG 2.2 A or AA that a program can see; light and dark. */
export async function assertAccessible(
	page: Page,
	inColours: readonly (typeof colours)[number][] = colours,
): Promise<void> {
	for (const colorScheme of inColours) {
		await page.emulateMedia({ colorScheme });
		// By the debugger's way, not as a <script>: the page's own policy would refuse that.
		await page.evaluate(axeSource);
		const broken = await page.evaluate(async () => {
			const { axe } = window as unknown as { axe: typeof import("axe-core") };
			const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
			const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
			return violations.map(
				({ id, help, nodes }) => `${id} (${help}): ${nodes.map((node) => node.html).join(" | ")}`,
			);
		});
		assert.deepEqual(broken, [], `${page.url()} in ${colorScheme}`);
	}
	await page.emulateMedia({ colorScheme: null });
}

/** Acts as the sample person whose post begins like this. */
export async function actAs(page: Page, post: RegExp): Promise<void> {
	await page.goto("/");
	const options = await page.locator("#person option").allTextContents();
	const label = options.find((text) => post.test(text));
	assert.ok(label, `${post} is among ${options.join("; ")}`);
	await page.locator("#person").selectOption({ label });
	await page.getByRole("button", { name: "Bertindak sebagai orang ini" }).click();
	await page.getByRole("heading", { name: "Menunggu Anda" }).waitFor();
}
