/** Time presets, buckets and comparison periods (section 4 of the metric catalogue). */
import {
  addDays,
  addMonths,
  daysBetween,
  daysIn,
  mondayOf,
  monthOf,
  monthsRange,
  monthsTouched,
  yearOf,
  yearRange,
  firstDayOf,
  lastDayOf,
  type Range,
} from './dates';

export interface Period extends Range {
  /** Absent for yearly reports and custom ranges. */
  preset?: string;
  bucket: 'day' | 'month';
  timeZone: string;
}

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

const month = (today: string, offset: number): Range => {
  const of = addMonths(monthOf(today), offset);
  return monthsRange(of, of);
};

const week = (today: string, offset: number): Range => {
  const monday = addDays(mondayOf(today), 7 * offset);
  return { from: monday, to: addDays(monday, 6) };
};

const quarter = (today: string, offset: number): Range => {
  const monthIndex = Number(today.slice(5, 7)) - 1;
  const first = addMonths(monthOf(today), -(monthIndex % 3) + 3 * offset);
  return monthsRange(first, addMonths(first, 2));
};

const day = (today: string, offset: number): Range => ({
  from: addDays(today, offset),
  to: addDays(today, offset),
});

/** `count` days ending `ago` days before today. */
const lastDays = (today: string, count: number, ago: number): Range => ({
  from: addDays(today, -ago - count + 1),
  to: addDays(today, -ago),
});

/** Bounds of a preset on a day. */
export function presetRange(preset: Preset, today: string): Range {
  const year = yearOf(today);
  switch (preset) {
    case 'today':
      return day(today, 0);
    case 'yesterday':
      return day(today, -1);
    case 'week':
      return week(today, 0);
    case 'last-week':
      return week(today, -1);
    case 'month':
      return month(today, 0);
    case 'last-month':
      return month(today, -1);
    case 'quarter':
      return quarter(today, 0);
    case 'last-quarter':
      return quarter(today, -1);
    case 'year':
      return yearRange(year);
    case 'last-year':
      return yearRange(year - 1);
    case 'first-half-year':
      return monthsRange(`${year}-01`, `${year}-06`);
    case 'second-half-year':
      return monthsRange(`${year}-07`, `${year}-12`);
    case 'previous-7-days':
      return lastDays(today, 7, 1);
    case 'previous-30-days':
      return lastDays(today, 30, 1);
  }
}

/** The base of the briefing's growth, or null where there is none. */
export function comparisonRange(preset: string | undefined, today: string): Range | null {
  switch (preset) {
    case 'today':
      return day(today, -1);
    case 'yesterday':
      return day(today, -2);
    case 'week':
      return week(today, -1);
    case 'last-week':
      return week(today, -2);
    case 'month':
      return month(today, -1);
    case 'last-month':
      return month(today, -2);
    case 'quarter':
      return quarter(today, -1);
    case 'last-quarter':
      return quarter(today, -2);
    case 'year':
      return yearRange(yearOf(today) - 1);
    case 'last-year':
      return yearRange(yearOf(today) - 2);
    case 'previous-7-days':
      return lastDays(today, 7, 8);
    case 'previous-30-days':
      return lastDays(today, 30, 31);
    default:
      return null;
  }
}

/**
 * The comparison period cut at the elapsed day of the running one: on its n-th day, the first n days
 * of the comparison (all of it when it is shorter). A period that is over is compared as a whole.
 */
export function elapsedPart(comparison: Range, period: Range, today: string): Range {
  if (today > period.to) return comparison;
  const cut = addDays(comparison.from, daysBetween(period.from, today));
  return { from: comparison.from, to: cut < comparison.to ? cut : comparison.to };
}

const MONTHLY: readonly string[] = [
  'quarter',
  'last-quarter',
  'year',
  'last-year',
  'first-half-year',
  'second-half-year',
];

/** The period of a preset. */
export const presetPeriod = (preset: Preset, today: string, timeZone: string): Period => ({
  preset,
  ...presetRange(preset, today),
  bucket: MONTHLY.includes(preset) ? 'month' : 'day',
  timeZone,
});

/** A custom range: day buckets inside one calendar month, else months. */
export const customPeriod = (range: Range, timeZone: string): Period => ({
  ...range,
  bucket: monthOf(range.from) === monthOf(range.to) ? 'day' : 'month',
  timeZone,
});

/** A calendar year of a yearly report. */
export const yearPeriod = (year: number, timeZone: string): Period => ({
  ...yearRange(year),
  bucket: 'month',
  timeZone,
});

/** Every bucket of a period in ascending order. */
export const bucketsOf = (period: Period): string[] =>
  period.bucket === 'day' ? daysIn(period) : monthsTouched(period);

/** The months of a range made of whole calendar months, else null (R14). */
export function wholeMonths(range: Range): string[] | null {
  const whole = range.from === firstDayOf(monthOf(range.from)) && range.to === lastDayOf(monthOf(range.to));
  return whole ? monthsTouched(range) : null;
}
