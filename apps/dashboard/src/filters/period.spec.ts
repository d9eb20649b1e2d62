import { elapsed, isPreset, isRange, PRESETS, stepPreset, todayIn, yearsUntil } from './period';

describe('periods of the filter bar', () => {
  it('offers the ten presets of every sales team', () => {
    expect(PRESETS).toHaveLength(10);
    expect(isPreset('last-week')).toBe(true);
    expect(isPreset('first-half-year')).toBe(false);
    expect(isPreset(undefined)).toBe(false);
  });

  it('takes ranges of two dates in order only', () => {
    expect(isRange('2026-05-01', '2026-05-01')).toBe(true);
    expect(isRange('2026-05-02', '2026-05-01')).toBe(false);
    expect(isRange('2026-5-2', '2026-05-03')).toBe(false);
    expect(isRange(undefined, '2026-05-03')).toBe(false);
  });

  it('steps from short to long running periods and stops at the ends', () => {
    expect(stepPreset('week', 1)).toBe('month');
    expect(stepPreset('last-quarter', -1)).toBe('month');
    expect(stepPreset('today', -1)).toBe('today');
    expect(stepPreset('year', 1)).toBe('year');
  });

  it('knows the day of a zone', () => {
    const moment = Date.parse('2026-05-20T17:00:00Z');
    expect(todayIn('Asia/Shanghai', moment)).toBe('2026-05-21');
    expect(todayIn('America/New_York', moment)).toBe('2026-05-20');
  });

  it('says how much of a period has passed with the end of a day', () => {
    expect(elapsed('2026-05-01', '2026-05-31', '2026-05-31')).toBe(100);
    expect(elapsed('2026-05-01', '2026-05-10', '2026-05-01')).toBe(10);
    expect(elapsed('2026-06-01', '2026-06-30', '2026-05-31')).toBe(0);
    expect(elapsed('2026-04-01', '2026-04-30', '2026-05-31')).toBe(100);
  });

  it('offers no year of the future', () => {
    expect(yearsUntil(2026, 3)).toEqual([2026, 2025, 2024]);
  });
});
