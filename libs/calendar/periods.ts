/** Presets, custom ranges, buckets and comparison periods (section 4 of the metric catalogue). */
import {
  addMonths,
  civil,
  dayFrom,
  firstOfMonth,
  isoOf,
  lastOfMonth,
  mondayOf,
  monthKey,
  type Day,
} from './day';

export const PRESETS = [
  'today',
  'yesterday',
  'week',
  'last-week',
  'month',
  'last-month',
  'quarter',
  'last-quarter',
  'year',
  'last-year',
  'first-half-year',
  'second-half-year',
  'previous-7-days',
  'previous-30-days',
] as const;
export type Preset = (typeof PRESETS)[number];

export interface Range {
  /** First day. */
  from: Day;
  /** Last day, inclusive. */
  to: Day;
}

export interface Period extends Range {
  /** Absent for a custom range and for a calendar year asked for by number. */
  preset?: Preset;
  bucket: 'day' | 'month';
  /** The preceding period that growth is measured against; null where there is none. */
  compare: Range | null;
}

/** Bounds, buckets and comparison of a preset as of `today`. */
export function presetPeriod(preset: Preset, today: Day): Period {
  const { from, to, bucket, compare } = BOUNDS[preset](today);
  return { preset, from, to, bucket, compare: compare ?? null };
}

/** A custom range: day buckets within one calendar month, else month buckets; nothing to compare with. */
export function customPeriod(from: Day, to: Day): Period {
  return { from, to, bucket: monthKey(from) === monthKey(to) ? 'day' : 'month', compare: null };
}

/**
 * The comparison period cut at the same elapsed day: on the n-th day of a running period its first n
 * days, or all of it when it is shorter. A period that is over is compared with the whole. Null where
 * there is nothing to compare with.
 */
export function elapsedComparison({ from, to, compare }: Period, today: Day): Range | null {
  if (compare === null || today > to) return compare;
  return { from: compare.from, to: Math.min(compare.from + Math.max(today - from, 0), compare.to) };
}

/** One calendar year in month buckets. */
export function yearPeriod(year: number): Period {
  return { from: dayFrom(year, 1, 1), to: dayFrom(year, 12, 31), bucket: 'month', compare: null };
}

type Bounds = Range & { bucket: 'day' | 'month'; compare?: Range };

const days = (from: Day, length: number): Bounds => ({
  from,
  to: from + length - 1,
  bucket: 'day',
  compare: { from: from - length, to: from - 1 },
});

/** `count` whole months from the first of a month on, with the `count` months before as comparison. */
const months = (from: Day, count: number, bucket: 'day' | 'month'): Bounds => ({
  from,
  to: addMonths(from, count) - 1,
  bucket,
  compare: { from: addMonths(from, -count), to: from - 1 },
});

const quarterStart = (day: Day): Day => {
  const { year, month } = civil(day);
  return dayFrom(year, Math.ceil(month / 3) * 3 - 2, 1);
};
const yearStart = (day: Day): Day => dayFrom(civil(day).year, 1, 1);
const alone = ({ from, to, bucket }: Bounds): Bounds => ({ from, to, bucket });

const BOUNDS: Record<Preset, (today: Day) => Bounds> = {
  today: (t) => days(t, 1),
  yesterday: (t) => days(t - 1, 1),
  week: (t) => days(mondayOf(t), 7),
  'last-week': (t) => days(mondayOf(t) - 7, 7),
  month: (t) => months(firstOfMonth(t), 1, 'day'),
  'last-month': (t) => months(addMonths(t, -1), 1, 'day'),
  quarter: (t) => months(quarterStart(t), 3, 'month'),
  'last-quarter': (t) => months(addMonths(quarterStart(t), -3), 3, 'month'),
  year: (t) => months(yearStart(t), 12, 'month'),
  'last-year': (t) => months(addMonths(yearStart(t), -12), 12, 'month'),
  'first-half-year': (t) => alone(months(yearStart(t), 6, 'month')),
  'second-half-year': (t) => alone(months(addMonths(yearStart(t), 6), 6, 'month')),
  'previous-7-days': (t) => days(t - 7, 7),
  'previous-30-days': (t) => days(t - 30, 30),
};

/** The keys of all buckets of a range, ascending: `YYYY-MM-DD` or `YYYY-MM`. */
export function bucketsOf(range: Range, bucket: 'day' | 'month'): string[] {
  const keys: string[] = [];
  if (bucket === 'day') {
    for (let day = range.from; day <= range.to; day++) keys.push(isoOf(day));
    return keys;
  }
  for (let day = firstOfMonth(range.from); day <= range.to; day = addMonths(day, 1)) keys.push(monthKey(day));
  return keys;
}

/** Whether a range is made of whole calendar months (only then it has a target, R14). */
export const isWholeMonths = ({ from, to }: Range): boolean =>
  from === firstOfMonth(from) && to === lastOfMonth(to);

/** The months that a range touches, each as year and month 1-12. */
export function monthsOf(range: Range): { year: number; month: number }[] {
  const list: { year: number; month: number }[] = [];
  for (let day = firstOfMonth(range.from); day <= range.to; day = addMonths(day, 1)) {
    const { year, month } = civil(day);
    list.push({ year, month });
  }
  return list;
}
