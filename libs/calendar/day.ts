/**
 * Calendar dates as whole numbers: days since 1970-01-01, so that ranges and steps are arithmetic.
 * ISO strings (`YYYY-MM-DD`) are for the edges.
 */
export type Day = number;

const MS_PER_DAY = 86_400_000;

/** The day of an ISO date that is known to be one. */
export function dayOf(iso: string): Day {
  return (
    Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)) - 1, Number(iso.slice(8, 10))) / MS_PER_DAY
  );
}

export function isoOf(day: Day): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Year, month (1-12) and day of month of a day. */
export function civil(day: Day): { year: number; month: number; date: number } {
  const d = new Date(day * MS_PER_DAY);
  return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, date: d.getUTCDate() };
}

/** The day of a year, month and day of month; months outside 1-12 and dates outside the month roll over. */
export const dayFrom = (year: number, month: number, date: number): Day =>
  Date.UTC(year, month - 1, date) / MS_PER_DAY;

/** The Monday of a day's week (1970-01-01 was a Thursday). */
export const mondayOf = (day: Day): Day => day - ((((day + 3) % 7) + 7) % 7);

export const firstOfMonth = (day: Day): Day => addMonths(day, 0);

/** The first day of the month `months` after the one that holds `day`. */
export function addMonths(day: Day, months: number): Day {
  const { year, month } = civil(day);
  return dayFrom(year, month + months, 1);
}

export const lastOfMonth = (day: Day): Day => addMonths(day, 1) - 1;

/** `YYYY-MM` of a day. */
export const monthKey = (day: Day): string => isoOf(day).slice(0, 7);
