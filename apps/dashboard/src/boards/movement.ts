/** What a leaderboard says beside its rows. */
import type { BoardRow, ColumnType } from '../api/types';
import { difference, size } from '../i18n/numbers';

export const BOARDS = [
  'rank-contract-amount',
  'rank-receivable-amount',
  'rank-contract-count',
  'rank-new-customers',
  'rank-product-quantity',
  'rank-new-contacts',
  'rank-follow-ups',
  'rank-followed-customers',
  'rank-business-trips',
] as const;

/** The six that the dashboard's card offers, the first is its default. */
export const CARD_BOARDS = [
  'rank-receivable-amount',
  'rank-contract-amount',
  'rank-contract-count',
  'rank-new-customers',
  'rank-new-contacts',
  'rank-follow-ups',
] as const;

export const boardType = (board: string): ColumnType =>
  board.endsWith('-amount') ? 'money' : board.endsWith('-quantity') ? 'quantity' : 'count';

export type Movement = { kind: 'up' | 'down'; places: number } | { kind: 'same' | 'new' };

/** Against the rank before today; null where there is none to compare with. */
export function movementOf({ rank, previousRank }: BoardRow, compares: boolean): Movement | null {
  if (!compares || previousRank === undefined) return null;
  if (previousRank === null) return { kind: 'new' };
  if (previousRank === rank) return { kind: 'same' };
  const places = previousRank - rank;
  return places > 0 ? { kind: 'up', places } : { kind: 'down', places: -places };
}

export interface ShownRow extends BoardRow {
  tied: boolean;
  /** What is missing to the next higher value of the list; null for the first place. */
  gap: string | null;
  /** Length of the bar, percent of the longest. */
  share: number;
  mine: boolean;
}

/** Rows as they are drawn. `first` keeps only so many places, and one's own. */
export function shownRows(rows: readonly BoardRow[], me: string | null, first = Infinity): ShownRow[] {
  const most = Math.max(1, ...rows.map(({ value }) => Math.abs(size(value))));
  return rows
    .map((row, index): ShownRow => {
      const above = rows.slice(0, index).findLast(({ rank }) => rank < row.rank);
      return {
        ...row,
        tied: rows[index - 1]?.rank === row.rank || rows[index + 1]?.rank === row.rank,
        gap: above ? difference(above.value, row.value) : null,
        share: Math.max(0, (size(row.value) / most) * 100),
        mine: me !== null && row.employeeId === me,
      };
    })
    .filter(({ rank, mine }) => rank <= first || mine);
}

/** Whose place rose since the last list, the highest place first. */
export function risen(before: readonly BoardRow[], now: readonly BoardRow[]): BoardRow[] {
  const ranks = new Map(before.map(({ employeeId, rank }) => [employeeId, rank]));
  return now.filter(({ employeeId, rank }) => rank < (ranks.get(employeeId) ?? Infinity));
}

/** Initials of a name: the last two characters of a Chinese one, else the first letters. */
export function initials(name: string | null): string {
  if (!name) return '?';
  if (/\p{Script=Han}/u.test(name)) return [...name].slice(-2).join('');
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toUpperCase();
}
