// Photos: shrunk before they are kept, so that two hundred of them find room on a phone and a way through a bad line.

import { sha256 } from "./ids.ts";
import type { Photo, Visit } from "./types.ts";

const longest = 1600;

async function jpeg(file: Blob): Promise<Blob> {
	const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
	const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	picture.close();
	return await new Promise((resolve, reject) =>
		canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.8),
	);
}

/** A photo ready to be kept. */
export async function take(blob: Blob, visit: Visit, where: string, shrink = true): Promise<Photo> {
	const small = shrink ? await jpeg(blob) : blob;
	const bytes = await small.arrayBuffer();
	return {
		hash: await sha256(bytes),
		person: visit.person,
		visit: visit.id,
		where,
		type: small.type,
		bytes,
		state: "waiting",
		message: "",
	};
}
