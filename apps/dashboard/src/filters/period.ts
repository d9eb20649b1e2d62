/** Periods as the filter bar offers them. */
import { PRESETS as ALL_PRESETS, type Preset } from '../../../../libs/calendar/periods';

/** The first ten, which every screen offers; the catalogue of metrics leaves the other four to choice. */
export const PRESETS: readonly Preset[] = ALL_PRESETS.slice(0, 10);

export const isPreset = (value: unknown): value is Preset => PRESETS.includes(value as Preset);

/** The running periods from short to long: what `[` and `]` walk through. */
const LADDER: readonly Preset[] = ['today', 'week', 'month', 'quarter', 'year'];

/** The next shorter (-1) or longer (+1) running period; the nearest for one that is not running. */
export function stepPreset(preset: string, by: -1 | 1): Preset {
  const like: Record<string, Preset> = {
    yesterday: 'today',
    'last-week': 'week',
    'last-month': 'month',
    'last-quarter': 'quarter',
    'last-year': 'year',
  };
  const at = LADDER.indexOf((like[preset] ?? preset) as Preset);
  return LADDER[Math.min(LADDER.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))] ?? 'month';
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** A custom range that the server will take. */
export const isRange = (from: unknown, to: unknown): boolean =>
  typeof from === 'string' && typeof to === 'string' && DATE.test(from) && DATE.test(to) && from <= to;

/** Today's date in a zone, `YYYY-MM-DD`. */
export const todayIn = (timeZone: string | undefined, now = Date.now()): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now);

/** How much of a period has passed at the end of `today`, percent from 0 to 100. */
export function elapsed(from: string, to: string, today: string): number {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  const length = day(to) - day(from) + 1;
  const passed = Math.min(length, Math.max(0, day(today) - day(from) + 1));
  return (passed / length) * 100;
}

/** Years a yearly report offers, newest first: none of the future. */
export const yearsUntil = (year: number, many = 6): number[] =>
  Array.from({ length: many }, (_, index) => year - index);
