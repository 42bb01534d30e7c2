// Sets the theme before the first paint. It is loaded by a plain <script> in <head> (not deferred): the
// Content-Security-Policy allows nothing inline, and a late theme would flash.

/** What a person may choose; `auto` follows the device, `sun` is for reading outdoors. */
export const themes = ["auto", "light", "dark", "sun"] as const;
export type Theme = (typeof themes)[number];

const key = "rajut-theme";

/** The choice kept in this browser; `auto` when there is none or storage is closed to us. */
export function chosenTheme(): Theme {
	try {
		const kept = localStorage.getItem(key);
		return themes.find((theme) => theme === kept) ?? "auto";
	} catch {
		return "auto";
	}
}

/** Keeps the choice in this browser and shows it. */
export function chooseTheme(theme: Theme): void {
	try {
		localStorage.setItem(key, theme);
	} catch {
		// A browser that keeps nothing still shows the theme until the next page.
	}
	showTheme(theme);
}

/** Puts the theme on the page: Tabler reads `data-bs-theme`, our own styles read `data-theme`. */
export function showTheme(theme: Theme): void {
	const dark =
		theme === "dark" || (theme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
	document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
	document.documentElement.dataset.theme = theme;
}
