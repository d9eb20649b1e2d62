import * as fc from 'fast-check';
import { dayFrom, dayOf, isoOf, mondayOf, type Day } from './day';
import {
  bucketsOf,
  customPeriod,
  elapsedComparison,
  isWholeMonths,
  monthsOf,
  presetPeriod,
  PRESETS,
  yearPeriod,
  type Preset,
  type Range,
} from './periods';
import { windowsOf } from './windows';

const shown = (range: Range | null): string | null => range && `${isoOf(range.from)}..${isoOf(range.to)}`;

/** The table of the metric catalogue on its example clock, a Wednesday. */
test.each<[Preset, string, 'day' | 'month', number, string | null]>([
  ['today', '2026-05-20..2026-05-20', 'day', 1, '2026-05-19..2026-05-19'],
  ['yesterday', '2026-05-19..2026-05-19', 'day', 1, '2026-05-18..2026-05-18'],
  ['week', '2026-05-18..2026-05-24', 'day', 7, '2026-05-11..2026-05-17'],
  ['last-week', '2026-05-11..2026-05-17', 'day', 7, '2026-05-04..2026-05-10'],
  ['month', '2026-05-01..2026-05-31', 'day', 31, '2026-04-01..2026-04-30'],
  ['last-month', '2026-04-01..2026-04-30', 'day', 30, '2026-03-01..2026-03-31'],
  ['quarter', '2026-04-01..2026-06-30', 'month', 3, '2026-01-01..2026-03-31'],
  ['last-quarter', '2026-01-01..2026-03-31', 'month', 3, '2025-10-01..2025-12-31'],
  ['year', '2026-01-01..2026-12-31', 'month', 12, '2025-01-01..2025-12-31'],
  ['last-year', '2025-01-01..2025-12-31', 'month', 12, '2024-01-01..2024-12-31'],
  ['first-half-year', '2026-01-01..2026-06-30', 'month', 6, null],
  ['second-half-year', '2026-07-01..2026-12-31', 'month', 6, null],
  ['previous-7-days', '2026-05-13..2026-05-19', 'day', 7, '2026-05-06..2026-05-12'],
  ['previous-30-days', '2026-04-20..2026-05-19', 'day', 30, '2026-03-21..2026-04-19'],
])('%s', (preset, bounds, bucket, buckets, compare) => {
  const period = presetPeriod(preset, dayOf('2026-05-20'));
  expect(shown(period)).toBe(bounds);
  expect(period.bucket).toBe(bucket);
  expect(bucketsOf(period, bucket)).toHaveLength(buckets);
  expect(shown(period.compare)).toBe(compare);
});

const anyDay = fc.integer({ min: dayFrom(1903, 1, 1), max: dayFrom(2297, 12, 31) });

test('a comparison ends the day before its period and is as long in its own unit', () => {
  fc.assert(
    fc.property(anyDay, fc.constantFrom(...PRESETS), (today, preset) => {
      const { from, to, bucket, compare } = presetPeriod(preset, today);
      if (!compare) return;
      expect(compare.to).toBe(from - 1);
      if (isWholeMonths({ from, to })) expect(monthsOf(compare)).toHaveLength(monthsOf({ from, to }).length);
      else expect(compare.to - compare.from).toBe(to - from);
      expect(bucketsOf({ from, to }, bucket)).toEqual([...new Set(bucketsOf({ from, to }, bucket))].sort());
    }),
  );
});

test('the days of a range, put into its buckets, fill every one of them', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 0, max: 400 }), (from, length) => {
      const period = customPeriod(from, from + length);
      const cut = period.bucket === 'day' ? 10 : 7;
      const days: Day[] = Array.from({ length: length + 1 }, (_, index) => from + index);
      expect(bucketsOf(period, period.bucket)).toEqual([
        ...new Set(days.map((day) => isoOf(day).slice(0, cut))),
      ]);
    }),
  );
});

test('a custom range has days within one calendar month, else months', () => {
  expect(customPeriod(dayOf('2026-05-01'), dayOf('2026-05-31')).bucket).toBe('day');
  expect(customPeriod(dayOf('2026-05-31'), dayOf('2026-06-01')).bucket).toBe('month');
  expect(customPeriod(dayOf('2025-05-01'), dayOf('2026-05-01')).bucket).toBe('month');
});

test('whole months', () => {
  const whole = (from: string, to: string): boolean => isWholeMonths({ from: dayOf(from), to: dayOf(to) });
  expect(whole('2026-05-01', '2026-05-31')).toBe(true);
  expect(whole('2024-02-01', '2024-02-29')).toBe(true);
  expect(whole('2025-12-01', '2026-01-31')).toBe(true);
  expect(whole('2024-02-01', '2024-02-28')).toBe(false);
  expect(whole('2026-05-02', '2026-05-31')).toBe(false);
  expect(shown(yearPeriod(2026))).toBe('2026-01-01..2026-12-31');
});

describe('the elapsed part of a comparison', () => {
  const elapsed = (preset: Preset, asOf: string, today = asOf): string | null =>
    shown(elapsedComparison(presetPeriod(preset, dayOf(asOf)), dayOf(today)));

  test('its first n days on the n-th day of a running period', () => {
    expect(elapsed('month', '2026-05-20')).toBe('2026-04-01..2026-04-20');
    expect(elapsed('week', '2026-05-20')).toBe('2026-05-11..2026-05-13');
    expect(elapsed('quarter', '2026-05-20')).toBe('2026-01-01..2026-02-19');
    expect(elapsed('today', '2026-05-20')).toBe('2026-05-19..2026-05-19');
  });
  test('all of a shorter one', () => {
    expect(elapsed('month', '2026-03-31')).toBe('2026-02-01..2026-02-28');
  });
  test('the whole for a period that is over', () => {
    expect(elapsed('last-month', '2026-05-20')).toBe('2026-03-01..2026-03-31');
    expect(elapsed('yesterday', '2026-05-20')).toBe('2026-05-18..2026-05-18');
  });
  test('nothing where there is nothing to compare with', () => {
    expect(elapsed('first-half-year', '2026-05-20')).toBeNull();
  });
});

test('the windows of a day are the periods that presets ask for', () => {
  fc.assert(
    fc.property(anyDay, (today) => {
      const windows = windowsOf(today);
      const presets: Preset[] = ['today', 'week', 'month', 'quarter', 'year'];
      expect(windows.map(shown)).toEqual(presets.map((preset) => shown(presetPeriod(preset, today))));
      for (const { from, to } of windows) expect(from <= today && today <= to).toBe(true);
      expect(isoOf(mondayOf(today))).toBe(isoOf(windows[1]?.from ?? 0));
      expect(new Set(windows.map(({ key }) => key)).size).toBe(5);
    }),
  );
});
