// Ids, hashes and commitments, made on the phone as the server makes them.

const hex = (bytes: Uint8Array): string =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A UUIDv7: it sorts by the time it was made. */
export function freshId(now: number = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const view = new DataView(bytes.buffer);
	view.setUint16(0, Math.floor(now / 2 ** 32));
	view.setUint32(2, now >>> 0);
	bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
	bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
	const text = hex(bytes);
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
		"-",
	);
}

/** SHA-256 in hexadecimal: the name of a photo. */
export async function sha256(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
	return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export interface Sealed {
	sealed: string;
	salt: string;
	value: string;
}

/** Commits to a name, so that the journal holds no name: value and salt go beside it. */
export async function seal(value: string): Promise<Sealed> {
	const salt = crypto.getRandomValues(new Uint8Array(16));
	const text = new TextEncoder();
	const parts = [text.encode("rajut-sealed/1"), salt, text.encode(value)];
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return { sealed: await sha256(whole), salt: hex(salt), value };
}
