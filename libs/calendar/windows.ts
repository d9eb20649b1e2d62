/**
 * The windows that live counters keep: day, week, month, quarter and year of the tenant's calendar.
 *
 * A window is needed while a preset can ask for it (this one and the last one); two days later it
 * is expired, so that a clock slightly off and a late event find it still there.
 */
import { addMonths, civil, dayFrom, isoOf, mondayOf, type Day } from './day';

export const WINDOW_KINDS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

const GRACE_DAYS = 2;

/** One window; `key` is unique over all kinds, e.g. `d20260520`, `w20260518`, `m202605`, `q20262`, `y2026`. */
export interface Window {
  kind: WindowKind;
  key: string;
  /** First and last day. */
  from: Day;
  to: Day;
  /** First day on which the window is expired. */
  expires: Day;
}

const cache = new Map<Day, readonly Window[]>();

/** The five windows a day falls into, in the order of {@link WINDOW_KINDS}. */
export function windowsOf(day: Day): readonly Window[] {
  let windows = cache.get(day);
  if (windows) return windows;
  const { year, month } = civil(day);
  const compact = isoOf(day).replaceAll('-', '');
  const monday = mondayOf(day);
  const quarter = Math.ceil(month / 3);
  const monthStart = dayFrom(year, month, 1);
  const quarterStart = dayFrom(year, quarter * 3 - 2, 1);
  const make = (kind: WindowKind, key: string, from: Day, next: Day, afterNext: Day): Window => ({
    kind,
    key,
    from,
    to: next - 1,
    expires: afterNext + GRACE_DAYS,
  });
  windows = [
    make('day', `d${compact}`, day, day + 1, day + 2),
    make('week', `w${isoOf(monday).replaceAll('-', '')}`, monday, monday + 7, monday + 14),
    make('month', `m${compact.slice(0, 6)}`, monthStart, addMonths(monthStart, 1), addMonths(monthStart, 2)),
    make(
      'quarter',
      `q${year}${quarter}`,
      quarterStart,
      addMonths(quarterStart, 3),
      addMonths(quarterStart, 6),
    ),
    make('year', `y${year}`, dayFrom(year, 1, 1), dayFrom(year + 1, 1, 1), dayFrom(year + 2, 1, 1)),
  ];
  if (cache.size > 100_000) cache.clear();
  cache.set(day, windows);
  return windows;
}

/** The window with exactly these bounds (and of that kind, if one is given), if there is one. */
export function windowBetween(from: Day, to: Day, kind?: WindowKind): Window | null {
  const fits = (window: Window): boolean =>
    window.from === from && window.to === to && (kind === undefined || window.kind === kind);
  return windowsOf(from).find(fits) ?? null;
}
