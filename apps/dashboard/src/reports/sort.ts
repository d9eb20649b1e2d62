/** Sorting of tables in the browser. */
import type { ColumnType, Row } from '../api/types';
import { minor } from '../i18n/numbers';

export interface Sort {
  key: string;
  down: boolean;
}

/** A copy in order; undefined values last either way, equal ones in the order they came in. */
export function sorted(
  rows: readonly Row[],
  sort: Sort | null,
  type: ColumnType,
  locale: string,
): readonly Row[] {
  if (!sort) return rows;
  const compare = comparer(type, locale);
  const sign = sort.down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[sort.key], b[sort.key]];
    const missing = Number(isMissing(x)) - Number(isMissing(y));
    return missing !== 0 ? missing : isMissing(x) ? 0 : sign * compare(x, y);
  });
}

const isMissing = (value: unknown): boolean => value === null || value === undefined || value === '';

function comparer(type: ColumnType, locale: string): (a: unknown, b: unknown) => number {
  if (type === 'money' || type === 'quantity') {
    // Exact: amounts may be larger than a binary number holds.
    return (a, b) => {
      const difference = minor(String(a)) - minor(String(b));
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    };
  }
  if (['count', 'percent', 'days', 'rank'].includes(type)) return (a, b) => Number(a) - Number(b);
  const collator = new Intl.Collator(locale, { numeric: true });
  return (a, b) => collator.compare(String(a), String(b));
}
