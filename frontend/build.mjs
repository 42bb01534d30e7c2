// Builds what the program embeds: `node build.mjs` writes dist/ with hashed names and dist/manifest.json, which maps
// each plain name to its file, type and (where smaller) its gzip. Nothing is fetched; everything comes from node_modules.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const work = join(here, "node_modules", ".rajut-build");

const types = {
	".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
};

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

/** One SVG file of the icons named in icons.txt, each a <symbol> that a page refers to by name. */
function sprite() {
	const names = readFileSync(join(here, "icons.txt"), "utf8")
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "" && !line.startsWith("#"));
	const symbols = names.map((name) => {
		const file = join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
		const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(readFileSync(file, "utf8"))?.[1];
		if (inner === undefined) throw new Error(`${file} is not the SVG that this script expects`);
		return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
	});
	return [
		'<svg xmlns="http://www.w3.org/2000/svg">',
		"<!-- Tabler Icons, MIT License, Copyright (c) 2020-2026 Paweł Kuna -->",
		...symbols,
		"</svg>",
		"",
	].join("\n");
}

/** Turns the pictures that a style sheet carries as data: addresses into files, so that img-src 'self' is enough. */
const dataAddressesToFiles = {
	name: "data-addresses-to-files",
	setup({ onLoad }) {
		onLoad({ filter: /\.css$/ }, ({ path }) => {
			const contents = readFileSync(path, "utf8").replace(
				/url\("data:image\/svg\+xml,([^"]*)"\)/g,
				(_, encoded) => {
					const svg = decodeURIComponent(encoded);
					const file = join(work, `${hash(svg)}.svg`);
					writeFileSync(file, svg);
					return `url("${file}")`;
				},
			);
			if (/url\(["']?data:/.test(contents)) {
				throw new Error(`${path} carries a data: address that this script cannot turn into a file`);
			}
			return { contents, loader: "css", resolveDir: dirname(path) };
		});
	},
};

rmSync(dist, { recursive: true, force: true });
rmSync(work, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
mkdirSync(work, { recursive: true });

const built = await build({
	absWorkingDir: here,
	entryPoints: ["src/app.ts", "src/early.ts", "src/field.ts", "src/sw.ts", "src/app.css"],
	outdir: dist,
	bundle: true,
	minify: true,
	format: "iife",
	target: ["es2022", "chrome111", "firefox113", "safari16.4"],
	entryNames: "[name]-[hash]",
	assetNames: "pic-[hash]",
	loader: { ".svg": "file" },
	plugins: [dataAddressesToFiles],
	metafile: true,
	logLevel: "warning",
});

/** The plain name by which a template asks for a file. */
const names = new Map();
for (const [output, { entryPoint }] of Object.entries(built.metafile.outputs)) {
	const file = basename(output);
	names.set(file, entryPoint ? basename(entryPoint).replace(/\.ts$/, ".js") : file);
}

const icons = sprite();
const iconsFile = `icons-${hash(icons)}.svg`;
writeFileSync(join(dist, iconsFile), icons);
names.set(iconsFile, "icons.svg");

const appIcon = readFileSync(join(here, "src", "app-icon.svg"));
const appIconFile = `app-icon-${hash(appIcon)}.svg`;
writeFileSync(join(dist, appIconFile), appIcon);
names.set(appIconFile, "app-icon.svg");

const manifest = {};
for (const file of readdirSync(dist).sort()) {
	const bytes = readFileSync(join(dist, file));
	const packed = gzipSync(bytes, { level: 9 });
	const entry = { file, type: types[extname(file)] };
	if (bytes.length > 1024 && packed.length < bytes.length * 0.9) {
		writeFileSync(join(dist, `${file}.gz`), packed);
		entry.gzip = `${file}.gz`;
	}
	manifest[names.get(file)] = entry;
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, "\t")}\n`);

for (const name of ["app.css", "app.js", "early.js", "field.js", "sw.js", "icons.svg"]) {
	const { file, gzip } = manifest[name];
	const size = (path) => `${(readFileSync(join(dist, path)).length / 1024).toFixed(1)} kB`;
	console.log(`${file}  ${size(file)}${gzip ? `, ${size(gzip)} on the wire` : ""}`);
}
