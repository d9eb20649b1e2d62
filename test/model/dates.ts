/**
 * Calendar arithmetic of the oracle: dates are `YYYY-MM-DD` strings, months `YYYY-MM`.
 *
 * Deliberately apart from the product's calendar: a mistake there must not repeat itself here.
 */

/** Both ends inclusive. */
export interface Range {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const utcOf = (date: string): number =>
  Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)));

const dateOf = (utc: number): string => new Date(utc).toISOString().slice(0, 10);

export const addDays = (date: string, days: number): string => dateOf(utcOf(date) + days * DAY_MS);

/** Days from `start` to `end`; negative when `end` comes first. */
export const daysBetween = (start: string, end: string): number =>
  Math.round((utcOf(end) - utcOf(start)) / DAY_MS);

export const monthOf = (date: string): string => date.slice(0, 7);
export const yearOf = (date: string): number => Number(date.slice(0, 4));

export function addMonths(month: string, count: number): string {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
  return `${pad(Math.floor(index / 12), 4)}-${pad((index % 12) + 1)}`;
}

export const firstDayOf = (month: string): string => `${month}-01`;
export const lastDayOf = (month: string): string => addDays(firstDayOf(addMonths(month, 1)), -1);

/** Whole months as a range of dates. */
export const monthsRange = (first: string, last: string): Range => ({
  from: firstDayOf(first),
  to: lastDayOf(last),
});

export const yearRange = (year: number): Range => monthsRange(`${pad(year, 4)}-01`, `${pad(year, 4)}-12`);

/** The months a range touches, in ascending order. */
export function monthsTouched(range: Range): string[] {
  const months: string[] = [];
  for (let month = monthOf(range.from); month <= monthOf(range.to); month = addMonths(month, 1)) {
    months.push(month);
  }
  return months;
}

export function daysIn(range: Range): string[] {
  const days: string[] = [];
  for (let day = range.from; day <= range.to; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The Monday on or before a date. */
export function mondayOf(date: string): string {
  const weekday = new Date(utcOf(date)).getUTCDay();
  return addDays(date, -((weekday + 6) % 7));
}

export const isIn = (date: string | null | undefined, range: Range): boolean =>
  typeof date === 'string' && date >= range.from && date <= range.to;

/** The part of a range that lies in a bucket (a day or a month); may be empty (from after to). */
export function narrow(range: Range, bucket: string | undefined): Range {
  if (bucket === undefined) return range;
  const span = bucket.length === 7 ? monthsRange(bucket, bucket) : { from: bucket, to: bucket };
  return {
    from: span.from > range.from ? span.from : range.from,
    to: span.to < range.to ? span.to : range.to,
  };
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Epoch milliseconds of an RFC 3339 instant; what is finer than a millisecond is cut off. */
export function epochOf(instant: string): number {
  const parts = INSTANT.exec(instant);
  if (!parts) throw new Error(`not an instant: ${instant}`);
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHours, zoneMinutes] = parts;
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  );
  const offset = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * 60_000;
  return sign === '-' ? local + offset : local - offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar date of a moment in a zone. */
export function dateAt(epochMs: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...fields });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(epochMs);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

const known = new Map<string, string>();

/** The calendar date an instant falls on in a zone; remembered, as reports ask for the same ones again. */
export function dateOfInstant(instant: string, timeZone: string): string {
  const key = `${timeZone} ${instant}`;
  const date = known.get(key) ?? dateAt(epochOf(instant), timeZone);
  known.set(key, date);
  return date;
}
