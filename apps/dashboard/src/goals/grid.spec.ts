import type { Goal } from '../api/types';
import {
  amountOf,
  cellsOf,
  changedCells,
  changedLines,
  edited,
  goalIdFor,
  linesOf,
  pasted,
  sumOf,
} from './grid';

const months = (amount: string): string[] => Array.from({ length: 12 }, () => amount);
const goal = (id: string, subjectId: string, amount: string): Goal => ({
  id,
  subjectType: 'department',
  subjectId,
  year: 2026,
  metric: 'contract-amount',
  months: months(amount),
});

describe('the grid of goals', () => {
  it('has a line for each subject; several goals of one add up and are not edited', () => {
    const lines = linesOf(
      [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
      ],
      [goal('1', 'a', '10.00'), goal('2', 'a', '0.05'), goal('3', 'x', '1.00')],
    );
    expect(
      lines.map(({ subject, goalId, goals, months: [first] }) => [subject.id, goalId, goals, first]),
    ).toEqual([
      ['a', null, 2, '10.05'],
      ['b', null, 0, '0.00'],
      ['x', '3', 1, '1.00'],
    ]);
    expect(edited(lines, [{ line: 0, month: 0, value: '9.00' }])[0]).toBe(lines[0]);
  });

  it.each([
    ['1,234.5', '1234.50'],
    ['￥1 234', '1234.00'],
    ['$0.05', '0.05'],
    ['', '0.00'],
    ['-3', '-3.00'],
    ['abc', null],
    ['1.234', null],
    ['1e5', null],
  ])('reads %j as %j', (text, amount) => expect(amountOf(text)).toBe(amount));

  it('pastes a block at a cell and leaves out what falls outside', () => {
    expect(cellsOf('1\t2\r\n3\t4\r\n')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(pasted('1\t2\t3\n4\t5\t6', { line: 1, month: 10 }, 2)).toEqual({
      edits: [
        { line: 1, month: 10, value: '1.00' },
        { line: 1, month: 11, value: '2.00' },
      ],
    });
    expect(pasted('1\tx', { line: 0, month: 0 }, 2)).toEqual({ bad: 'x' });
  });

  it('knows what has changed', () => {
    const before = linesOf(
      [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
      ],
      [],
    );
    const after = edited(before, [
      { line: 1, month: 3, value: '7.00' },
      { line: 1, month: 4, value: '0.00' },
    ]);
    expect(changedLines(before, after).map(({ subject }) => subject.id)).toEqual(['b']);
    expect(changedCells(before, after)).toBe(1);
    expect(sumOf(after[1]?.months ?? [])).toBe('7.00');
  });

  it('names a new goal the same for everybody, within 64 characters', () => {
    expect(goalIdFor(2026, 'contract-amount', 'department', 'd1')).toBe('2026-contract-amount-department-d1');
    const [long, other] = ['x'.repeat(64), `${'x'.repeat(63)}y`].map((id) =>
      goalIdFor(2026, 'contract-amount', 'department', id),
    );
    expect(long?.length).toBeLessThanOrEqual(64);
    expect(long).not.toBe(other);
    expect(long).toBe(goalIdFor(2026, 'contract-amount', 'department', 'x'.repeat(64)));
  });
});
