// What every page loads, deferred. A page must work without it: this only makes it quicker and handier.

import htmx from "htmx.org";
import { listen } from "./live";
import { chooseTheme, chosenTheme, showTheme, themes } from "./theme";

// The Content-Security-Policy forbids inline styles and evaluated text, so htmx must not try.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;

// The device may turn dark in the evening while a page stays open.
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => showTheme(chosenTheme()));

// <button data-theme-choice="dark"> anywhere on a page, also in fragments that arrive later.
document.addEventListener("click", (event) => {
	if (!(event.target instanceof Element)) return;
	const button = event.target.closest<HTMLElement>("[data-theme-choice]");
	const theme = themes.find((name) => name === button?.dataset.themeChoice);
	if (theme) chooseTheme(theme);
});

// <button data-share="ID"> hands the text of that field to the phone's share sheet, or copies it where there is none.
function offerShare(): void {
	const can = "share" in navigator || "clipboard" in navigator;
	for (const button of document.querySelectorAll<HTMLButtonElement>("[data-share]")) button.hidden = !can;
}

document.addEventListener("click", async (event) => {
	if (!(event.target instanceof Element)) return;
	const button = event.target.closest<HTMLElement>("[data-share]");
	const field = document.getElementById(button?.dataset.share ?? "");
	if (!button || !(field instanceof HTMLTextAreaElement)) return;
	try {
		if ("share" in navigator) {
			await navigator.share({ text: field.value });
		} else {
			await (navigator as Navigator).clipboard.writeText(field.value);
			button.textContent = button.dataset.copied ?? button.textContent;
		}
	} catch {
		// Whoever closed the sheet chose so; the text stands there to be copied by hand.
		field.select();
	}
});

offerShare();
document.addEventListener("htmx:afterSettle", offerShare);
listen();
