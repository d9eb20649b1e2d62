/** How fresh a panel is, by the data's own position and not by when it was drawn. */

export type FreshState = 'connecting' | 'live' | 'delayed' | 'stale' | 'disconnected';

export interface FreshInput {
  /** Age of what the data is complete up to, milliseconds, at `at`; null while unknown. */
  lagMs: number | null;
  /** When that was said, milliseconds. */
  at: number;
  now: number;
  /** Age that is normal here: how often the panel asks. Zero for a stream. */
  everyMs?: number;
  /** Since when there is no connection; null while there is one. */
  lostSince?: number | null;
}

const LIVE_MS = 5_000;
const STALE_MS = 60_000;

/** The state and the age to show with it, milliseconds. */
export function freshness({ lagMs, at, now, everyMs = 0, lostSince = null }: FreshInput): {
  state: FreshState;
  ageMs: number;
} {
  if (lostSince !== null) return { state: 'disconnected', ageMs: now - lostSince };
  if (lagMs === null) return { state: 'connecting', ageMs: 0 };
  const ageMs = lagMs + Math.max(0, now - at);
  if (ageMs < LIVE_MS + everyMs) return { state: 'live', ageMs };
  return { state: ageMs < STALE_MS + everyMs ? 'delayed' : 'stale', ageMs };
}

const ORDER: readonly FreshState[] = ['live', 'connecting', 'delayed', 'stale', 'disconnected'];

export const worst = (states: readonly FreshState[]): FreshState =>
  states.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'live');
