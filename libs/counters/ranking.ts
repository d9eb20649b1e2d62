/** Order and ranks of a board: value descending, then employee id by code point; competition ranks 1, 2, 2, 4. */
import { compareText } from '#text';
import type { Cell, Ranked } from './port';

/** The order in which a board lists its cells. */
export const byRank = (a: Cell, b: Cell): number => b.value - a.value || compareText(a.employee, b.employee);

/**
 * Ranks a stretch of an ordered board: `from` rows stand before it, `better` of the whole board have
 * a greater value than its first row.
 */
export function ranked(rows: readonly Cell[], from: number, better: number): Ranked[] {
  let rank = better + 1;
  let last: number | undefined;
  return rows.map(({ employee, value, records }, index) => {
    if (last !== undefined && value !== last) rank = from + index + 1;
    last = value;
    return { employee, value, records, rank };
  });
}
