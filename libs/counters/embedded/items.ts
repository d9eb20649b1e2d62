/**
 * Items of boards that count distinct things: on which days how many records name the item. One
 * value serves all windows, since a window's count is that of its days.
 */
import { windowsOf, type Day, type Window } from '#calendar';
import type { ItemDeltas } from '../planner';

const ENTRY_BYTES = 8;

/** Counts by day: pairs of day and count, 4 bytes each. */
export type DayCounts = Map<Day, number>;

export function decodeDays(bytes: Buffer | undefined): DayCounts {
  const days: DayCounts = new Map();
  for (let at = 0; bytes && at < bytes.length; at += ENTRY_BYTES) {
    days.set(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
  }
  return days;
}

export function encodeDays(days: DayCounts): Buffer {
  const bytes = Buffer.allocUnsafe(days.size * ENTRY_BYTES);
  let at = 0;
  for (const [day, count] of days) {
    bytes.writeInt32LE(day, at);
    bytes.writeInt32LE(count, at + 4);
    at += ENTRY_BYTES;
  }
  return bytes;
}

/**
 * Applies the deltas to `days` and tells every live window that gains (+1) or loses (-1) the item.
 */
export function applyDays(
  days: DayCounts,
  deltas: ItemDeltas,
  today: Day,
  tell: (window: Window, difference: 1 | -1) => void,
): void {
  const windows = new Map<string, Window>();
  for (const [day, delta] of deltas) {
    if (delta === 0) continue;
    for (const window of windowsOf(day)) if (window.expires > today) windows.set(window.key, window);
  }
  const before = new Map([...windows.values()].map((window) => [window.key, isNamed(days, window)]));
  for (const [day, delta] of deltas) {
    const count = (days.get(day) ?? 0) + delta;
    if (count > 0) days.set(day, count);
    else days.delete(day);
  }
  for (const window of windows.values()) {
    const after = isNamed(days, window);
    if (after !== before.get(window.key)) tell(window, after ? 1 : -1);
  }
}

function isNamed(days: DayCounts, { from, to }: Window): boolean {
  for (const day of days.keys()) if (day >= from && day <= to) return true;
  return false;
}
