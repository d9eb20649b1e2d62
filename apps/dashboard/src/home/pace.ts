/** The months of a target chart, as they are or summed up, with what is needed from now on. */
import type { Column, Row } from '../api/types';
import { fromMinor, minor, size } from '../i18n/numbers';

export interface TargetMonth {
  bucket: string;
  target: string;
  done: string;
}

/** Running sums of target and done; months that have not begun have no done yet. */
export function cumulative(months: readonly TargetMonth[], thisMonth: string): Row[] {
  let target = 0n;
  let done = 0n;
  return months.map((month) => {
    target += minor(month.target);
    done += minor(month.done);
    return {
      bucket: month.bucket,
      done: month.bucket > thisMonth ? null : fromMinor(done),
      target: fromMinor(target),
    };
  });
}

/**
 * What each month from this one on must bring so that the sum of targets is reached: null for months gone
 * by, and everywhere when the axis ends before this month or nothing is missing.
 */
export function requiredPace(months: readonly TargetMonth[], thisMonth: string): (number | null)[] {
  const left = months.filter(({ bucket }) => bucket >= thisMonth).length;
  const total = months.reduce((sum, { target }) => sum + minor(target), 0n);
  const before = months
    .filter(({ bucket }) => bucket < thisMonth)
    .reduce((sum, { done }) => sum + minor(done), 0n);
  const missing = total - before;
  if (left === 0 || total === 0n || missing <= 0n) return months.map(() => null);
  const each = size(fromMinor(missing)) / left;
  return months.map(({ bucket }) => (bucket >= thisMonth ? Math.round(each * 100) / 100 : null));
}

export const paceColumn = (label: Column['label']): Column => ({ key: 'pace', label, type: 'money' });
