/** What a benchmark says: medians with their spread, beside the limit and the bar. */

export interface Figure {
  /** `facts: log → warehouse, embedded`; one name is one row of the table. */
  name: string;
  unit: string;
  /** Median of the rounds. */
  value: number;
  /** The least and the greatest round. */
  spread: [number, number];
  rounds: number;
  /** What it is held against: the engine alone, or another way of doing the same. */
  limit?: { what: string; value: number };
  /** Value by limit. */
  ratio?: number;
  bar?: { text: string; holds: boolean };
  note?: string;
}

export interface Context {
  /** Fewer events and rounds: three minutes for all. */
  quick: boolean;
  seed: number;
  /** What the benchmarks before this one found in the same run. */
  earlier: readonly Figure[];
  /** Progress, for whoever waits. */
  say: (text: string) => void;
}

export type Benchmark = (context: Context) => Promise<Figure[]>;

/** Nearest rank; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

type Details = Pick<Figure, 'limit' | 'note'> & {
  /** Given the median and its ratio to the limit. */
  bar?: { text: string; holds: (value: number, ratio: number) => boolean };
};

/** The figure of some rounds. */
export function figureOf(
  name: string,
  unit: string,
  rounds: readonly number[],
  { limit, note, bar }: Details = {},
): Figure {
  const value = median(rounds);
  const ratio = limit ? value / limit.value : undefined;
  return {
    name,
    unit,
    value,
    spread: [Math.min(...rounds), Math.max(...rounds)],
    rounds: rounds.length,
    ...(limit && { limit, ratio }),
    ...(bar && { bar: { text: bar.text, holds: bar.holds(value, ratio ?? NaN) } }),
    ...(note !== undefined && { note }),
  };
}

/** At least this share of the limit. */
export const shareOfLimit = (share: number): NonNullable<Details['bar']> => ({
  text: `≥ ${Math.round(share * 100)} %`,
  holds: (_, ratio) => ratio >= share,
});

export const atLeast = (least: number): NonNullable<Details['bar']> => ({
  text: `≥ ${shown(least)}`,
  holds: (value) => value >= least,
});

export const below = (most: number): NonNullable<Details['bar']> => ({
  text: `< ${shown(most)}`,
  holds: (value) => value < most,
});

/** Three digits that count, thousands kept apart. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Rates of `rounds` equal shares of what a run did, its first part left out, from the moments things were done. */
export function ratesOf(
  done: readonly { at: number; count: number }[],
  { warmUp = 0.2, rounds = 5 }: { warmUp?: number; rounds?: number } = {},
): number[] {
  const total = done.reduce((sum, { count }) => sum + count, 0);
  const bound = (round: number): number => total * (warmUp + ((1 - warmUp) * round) / rounds);
  const times = Array.from({ length: rounds + 1 }, (_, round) => timeOf(done, bound(round)));
  return times.slice(1).map((time, round) => {
    const since = times[round] ?? NaN;
    return ((bound(round + 1) - bound(round)) / (time - since)) * 1000;
  });
}

/** Rate while what was done went from one number to another. */
export function rateBetween(
  done: readonly { at: number; count: number }[],
  from: number,
  to: number,
): number {
  return ((to - from) / (timeOf(done, to) - timeOf(done, from))) * 1000;
}

/** When so many were done, evenly between two moments that are known. */
function timeOf(done: readonly { at: number; count: number }[], wanted: number): number {
  let counted = 0;
  let before = done[0]?.at ?? NaN;
  for (const { at, count } of done) {
    if (counted + count >= wanted) return before + ((at - before) * (wanted - counted)) / count;
    counted += count;
    before = at;
  }
  return before;
}
