// Builds what is shown. Text is always text: nothing that anybody typed becomes markup.

type Child = Node | string | null | false;
type Value = string | boolean | number | null | ((event: Event) => void);

/** An element; `on…` are listeners, `true` is an attribute without a value, `null` and `false` none. */
export function h(tag: string, attributes: Record<string, Value> = {}, ...children: Child[]): HTMLElement {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name.slice(2), value);
		else if (value === true) element.setAttribute(name, "");
		else if (value !== null && value !== false) element.setAttribute(name, String(value));
	}
	element.append(...children.filter((child) => child !== null && child !== false));
	return element;
}

const vector = "http://www.w3.org/2000/svg";

/** An icon of the sprite. */
export function icon(name: string): SVGElement {
	const svg = document.createElementNS(vector, "svg");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	const use = document.createElementNS(vector, "use");
	use.setAttribute("href", `${document.body.dataset.icons ?? ""}#${name}`);
	svg.append(use);
	return svg;
}

/** Shows something else in a place, and leaves focus and scroll where they were if what had them is there again. */
export function show(place: HTMLElement, ...children: Child[]): void {
	const focused = document.activeElement?.id ?? "";
	const open = new Set(
		[...place.querySelectorAll("details[open]")].map((element) => element.id).filter((id) => id !== ""),
	);
	const y = window.scrollY;
	place.replaceChildren(...children.filter((child) => child !== null && child !== false));
	for (const id of open) document.getElementById(id)?.setAttribute("open", "");
	if (focused !== "" && place.isConnected) {
		// What had the focus may be gone because it did its work: then the page's heading has it.
		const next = document.getElementById(focused) ?? place.querySelector<HTMLElement>("h1");
		if (next?.tagName === "H1") next.tabIndex = -1;
		next?.focus({ preventScroll: true });
	}
	window.scrollTo(0, y);
}

/** A button. */
export function button(
	label: string,
	act: () => void | Promise<void>,
	attributes: Record<string, Value> = {},
	name: string | null = null,
): HTMLElement {
	const element = h("button", { type: "button", class: "btn btn-lg", ...attributes });
	element.addEventListener("click", () => void act());
	if (name) element.append(icon(name), " ");
	element.append(label);
	return element;
}

/** A field with its label above it. */
export function field(label: string, id: string, control: HTMLElement, after: Child = null): HTMLElement {
	control.id = id;
	return h(
		"div",
		{ class: "mb-3" },
		h("label", { class: "form-label", for: id }, label),
		after ? h("div", { class: "input-group" }, control, after) : control,
	);
}

/** One of several: a group of radio buttons that look like buttons. */
export function choice(
	label: string,
	name: string,
	options: [string, string][],
	chosen: string,
	act: (value: string) => void,
): HTMLElement {
	return h(
		"fieldset",
		{ class: "mb-3" },
		h("legend", { class: "form-label" }, label),
		h(
			"div",
			{ class: "field-choice" },
			...options.flatMap(([value, text]) => {
				const id = `${name}-${value}`;
				return [
					h("input", {
						type: "radio",
						class: "btn-check",
						name,
						id,
						value,
						checked: value === chosen,
						onchange: () => act(value),
					}),
					h("label", { class: "btn", for: id }, text),
				];
			}),
		),
	);
}
