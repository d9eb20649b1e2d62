import { dateOfInstant, monthsTouched } from './dates';
import {
  bucketsOf,
  comparisonRange,
  customPeriod,
  elapsedPart,
  presetPeriod,
  wholeMonths,
  type Preset,
} from './period';

const TODAY = '2026-05-20';
const ZONE = 'Asia/Shanghai';

/** Preset, bounds, number of buckets, comparison. The clock stands on Wednesday 2026-05-20. */
const TABLE: [Preset, string, string, number, [string, string] | null][] = [
  ['today', '2026-05-20', '2026-05-20', 1, ['2026-05-19', '2026-05-19']],
  ['yesterday', '2026-05-19', '2026-05-19', 1, ['2026-05-18', '2026-05-18']],
  ['week', '2026-05-18', '2026-05-24', 7, ['2026-05-11', '2026-05-17']],
  ['last-week', '2026-05-11', '2026-05-17', 7, ['2026-05-04', '2026-05-10']],
  ['month', '2026-05-01', '2026-05-31', 31, ['2026-04-01', '2026-04-30']],
  ['last-month', '2026-04-01', '2026-04-30', 30, ['2026-03-01', '2026-03-31']],
  ['quarter', '2026-04-01', '2026-06-30', 3, ['2026-01-01', '2026-03-31']],
  ['last-quarter', '2026-01-01', '2026-03-31', 3, ['2025-10-01', '2025-12-31']],
  ['year', '2026-01-01', '2026-12-31', 12, ['2025-01-01', '2025-12-31']],
  ['last-year', '2025-01-01', '2025-12-31', 12, ['2024-01-01', '2024-12-31']],
  ['first-half-year', '2026-01-01', '2026-06-30', 6, null],
  ['second-half-year', '2026-07-01', '2026-12-31', 6, null],
  ['previous-7-days', '2026-05-13', '2026-05-19', 7, ['2026-05-06', '2026-05-12']],
  ['previous-30-days', '2026-04-20', '2026-05-19', 30, ['2026-03-21', '2026-04-19']],
];

describe('presets of the catalogue', () => {
  it.each(TABLE)('%s is %s..%s', (preset, from, to, buckets, comparison) => {
    const period = presetPeriod(preset, TODAY, ZONE);
    expect(period).toMatchObject({ preset, from, to, timeZone: ZONE });
    expect(bucketsOf(period)).toHaveLength(buckets);
    const base = comparisonRange(preset, TODAY);
    expect(base && [base.from, base.to]).toEqual(comparison);
  });

  it('gives a custom range days inside a month, else months, and no comparison', () => {
    expect(bucketsOf(customPeriod({ from: '2026-05-10', to: '2026-05-12' }, ZONE))).toEqual([
      '2026-05-10',
      '2026-05-11',
      '2026-05-12',
    ]);
    expect(bucketsOf(customPeriod({ from: '2025-12-31', to: '2026-01-01' }, ZONE))).toEqual([
      '2025-12',
      '2026-01',
    ]);
    expect(comparisonRange(undefined, TODAY)).toBeNull();
  });

  it('cuts the comparison at the elapsed day, and leaves it whole for a period that is over', () => {
    const april = { from: '2026-04-01', to: '2026-04-30' };
    const may = presetPeriod('month', TODAY, ZONE);
    expect(elapsedPart(april, may, TODAY)).toEqual({ from: '2026-04-01', to: '2026-04-20' });
    expect(elapsedPart(april, may, '2026-05-31')).toEqual(april);
    const march = { from: '2026-03-01', to: '2026-03-31' };
    expect(elapsedPart(march, presetPeriod('last-month', TODAY, ZONE), TODAY)).toEqual(march);
  });

  it('knows whole months, across years too', () => {
    expect(wholeMonths({ from: '2025-12-01', to: '2026-02-28' })).toEqual(['2025-12', '2026-01', '2026-02']);
    expect(wholeMonths({ from: '2025-12-02', to: '2026-02-28' })).toBeNull();
    expect(monthsTouched({ from: '2025-12-31', to: '2026-01-01' })).toEqual(['2025-12', '2026-01']);
  });
});

describe('local dates', () => {
  it.each([
    ['2026-05-19T15:59:59.999Z', 'Asia/Shanghai', '2026-05-19'],
    ['2026-05-19T16:00:00Z', 'Asia/Shanghai', '2026-05-20'],
    ['2026-05-20T00:00:00+08:00', 'America/New_York', '2026-05-19'],
    ['2026-05-20T00:00:00.000001-04:00', 'America/New_York', '2026-05-20'],
  ])('%s in %s is %s', (instant, zone, date) => {
    expect(dateOfInstant(instant, zone)).toBe(date);
  });
});
