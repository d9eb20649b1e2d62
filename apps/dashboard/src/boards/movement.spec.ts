import type { BoardRow } from '../api/types';
import { boardType, initials, movementOf, risen, shownRows } from './movement';

const row = (rank: number, employeeId: string, value: string, previousRank?: number | null): BoardRow => ({
  rank,
  employeeId,
  employeeName: employeeId,
  departmentId: null,
  departmentName: null,
  value,
  previousRank,
});
const ROWS = [row(1, 'a', '100.10'), row(2, 'b', '50.00'), row(2, 'c', '50.00'), row(4, 'd', '0.00')];

describe('what a board says beside its rows', () => {
  it('shows ties as ties, and the gap to the next higher value', () => {
    expect(shownRows(ROWS, 'd').map(({ tied, gap, mine }) => [tied, gap, mine])).toEqual([
      [false, null, false],
      [true, '50.10', false],
      [true, '50.10', false],
      [false, '50.00', true],
    ]);
  });

  it('measures bars by the longest, negative values as none', () => {
    expect(
      shownRows([row(1, 'a', '4.00'), row(2, 'b', '1.00'), row(3, 'c', '-9.00')], null).map(({ share }) =>
        Math.round(share),
      ),
    ).toEqual([44, 11, 0]);
  });

  it('names only the first places and oneself where asked to', () => {
    expect(shownRows(ROWS, 'd', 1).map(({ employeeId }) => employeeId)).toEqual(['a', 'd']);
  });

  it('tells movement against the rank before, or that there was none', () => {
    expect(movementOf(row(2, 'a', '1', 5), true)).toEqual({ kind: 'up', places: 3 });
    expect(movementOf(row(5, 'a', '1', 2), true)).toEqual({ kind: 'down', places: 3 });
    expect(movementOf(row(2, 'a', '1', 2), true)).toEqual({ kind: 'same' });
    expect(movementOf(row(2, 'a', '1', null), true)).toEqual({ kind: 'new' });
    expect(movementOf(row(2, 'a', '1', 5), false)).toBeNull();
    expect(movementOf(row(2, 'a', '1'), true)).toBeNull();
  });

  it('finds who rose since the last list', () => {
    const now = [row(1, 'b', '200.00'), row(2, 'a', '100.10'), row(3, 'e', '60.00')];
    expect(risen(ROWS, now).map(({ employeeId }) => employeeId)).toEqual(['b', 'e']);
  });

  it('shortens names in both scripts', () => {
    expect(initials('王秀英')).toBe('秀英');
    expect(initials('Anna Maria Berg')).toBe('AM');
    expect(initials(null)).toBe('?');
    expect(boardType('rank-contract-amount')).toBe('money');
    expect(boardType('rank-product-quantity')).toBe('quantity');
    expect(boardType('rank-follow-ups')).toBe('count');
  });
});
