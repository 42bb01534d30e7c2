// The phone's clock may be hours wrong. Each contact measures by how much; what is sent is corrected, and says so.

import type { ClockState, Entry } from "./types.ts";

/** Below this the answer's way explains the difference. */
const negligible = 60_000;

/** How the phone's clock stands, from an answer asked for at `asked` and here at `answered`. */
export function measureClock(asked: number, answered: number, now: string, wall: string): ClockState {
	const middle = (asked + answered) / 2;
	const settled = (difference: number) => (Math.abs(difference) < negligible ? 0 : Math.round(difference));
	return { shift: settled(Date.parse(now) - middle), off: settled(middle - Date.parse(wall)) };
}

/** An instant of the phone's clock as the server's clock would have shown it. */
export function corrected(at: string, clock: ClockState | null): string {
	return new Date(Date.parse(at) + (clock?.shift ?? 0)).toISOString();
}

/** An entry as it is sent: every time in it that the phone's clock gave is corrected alike, and an arrival says by how
 * much the clock was wrong. What was known when it was recorded goes before what is known now. */
export function toSend(
	entry: Entry,
	current: ClockState | null,
): { key: string; at: string; command: unknown } {
	const clock = entry.clock ?? current;
	const at = corrected(entry.at, clock);
	const walk = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(walk);
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, inner]) => [
				name,
				name === "at" && inner === entry.at ? at : walk(inner),
			]),
		);
	};
	const command = walk(entry.command) as Record<string, unknown>;
	const arrival = command.check_in as Record<string, unknown> | undefined;
	if (arrival && clock && clock.off !== 0) arrival.clock_off_ms = clock.off;
	return { key: entry.key, at, command };
}

/** "08.30", on the agency's wall. */
export function timeOfDay(at: string, zoneMinutes: number): string {
	const there = new Date(Date.parse(at) + zoneMinutes * 60_000);
	return there.toISOString().slice(11, 16).replace(":", ".");
}

/** "2026-10-01" on the agency's wall. */
export function dayOf(at: string, zoneMinutes: number): string {
	return new Date(Date.parse(at) + zoneMinutes * 60_000).toISOString().slice(0, 10);
}
