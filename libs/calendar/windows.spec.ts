import fc from 'fast-check';
import { dayOf, windowBetween, windowsOf } from './index';

describe('windows', () => {
  it('are five, hold their day, and outlive the last preset that asks for them by two days', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayOf('1990-01-01'), max: dayOf('2100-01-01') }), (day) => {
        const windows = windowsOf(day);
        expect(windows.map(({ kind }) => kind)).toEqual(['day', 'week', 'month', 'quarter', 'year']);
        for (const { from, to, expires } of windows) {
          expect(from <= day && day <= to).toBe(true);
          expect(windowBetween(from, to)?.from).toBe(from);
          // Still asked for, as the last one, on the last day of the window that follows.
          expect(expires).toBeGreaterThan(to + (to - from));
        }
      }),
      { numRuns: 200 },
    );
    expect(windowsOf(dayOf('2026-05-20')).map(({ key }) => key)).toEqual([
      'd20260520',
      'w20260518',
      'm202605',
      'q20262',
      'y2026',
    ]);
  });

  it('know the window of a period, and no other', () => {
    expect(windowBetween(dayOf('2026-05-01'), dayOf('2026-05-31'))?.key).toBe('m202605');
    expect(windowBetween(dayOf('2026-05-01'), dayOf('2026-05-30'))).toBeNull();
  });
});
