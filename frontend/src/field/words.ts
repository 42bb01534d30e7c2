// The words of the screen: the server puts them on the page in its language.

let known: Record<string, string> = {};

export function readWords(): void {
	known = JSON.parse(document.getElementById("kata")?.textContent ?? "{}") as Record<string, string>;
}

/** The sentence of a key; the key itself where there is none. */
export function t(key: string, values: Record<string, string | number> = {}): string {
	return (known[key] ?? key).replace(/\{ ?\$(\w+) ?\}/g, (whole, name: string) =>
		name in values ? String(values[name]) : whole,
	);
}

/** The word of a code: `of("condition", "good")`. */
export function of(kind: string, code: string): string {
	return t(`${kind}-${code.replaceAll("_", "-").toLowerCase()}`);
}

export function language(): "id" | "en" {
	return document.documentElement.lang === "en" ? "en" : "id";
}
