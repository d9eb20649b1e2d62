/** Order and ranks of a board: value descending, then employee id by code point; competition ranks 1, 2, 2, 4. */
import type { Cell, Ranked } from './port';

const SURROGATES = 0xd800;

/** Order by code point: as UTF-8 bytes order, which UTF-16 units (and so `<`) do not beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above every other unit's.
    const astral = Number(isSurrogate(x)) - Number(isSurrogate(y));
    return astral || x - y;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= SURROGATES && unit < 0xe000;

/** The order in which a board lists its cells. */
export const byRank = (a: Cell, b: Cell): number => b.value - a.value || byCodePoint(a.employee, b.employee);

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
