import fc from 'fast-check';
import { instantMs, isDate, subMillisecond } from './formats';

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

describe('instants and dates', () => {
  it('are those that a calendar has, written in the usual way or another', () => {
    const parts = fc.tuple(
      fc.integer({ min: 1890, max: 2310 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 24 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 999 }),
    );
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second, ms]) => {
        const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
        const midnight = Date.parse(`${date}T00:00:00Z`);
        const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
        expect(isDate(date)).toBe(exists && year >= 1900 && year <= 2299);
        const time = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
        const usual = instantMs(`${date}T${time}.${pad(ms, 3)}Z`);
        // Another spelling of the same takes the other way.
        expect(usual).toBe(instantMs(`${date}t${time}.${pad(ms, 3)}0+00:00`));
        if (hour < 24 && minute < 60 && second < 60 && isDate(date)) {
          expect(usual).toBe(Date.parse(`${date}T${time}.${pad(ms, 3)}Z`));
        }
      }),
    );
  });

  it('have the digits of their fraction and none of their offset', () => {
    const zones = fc.constantFrom('Z', 'z', '+00:00', '+08:00', '-05:00', '+14:00', '-12:59', '+05:45');
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,9}$/), zones, (fraction, zone) => {
        const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
        const instant = `2026-05-20T09:00:00.${fraction}${zone}`;
        expect((instantMs(instant) ?? NaN) % 1000).toBe(Math.floor(micros / 1000));
        expect(subMillisecond(instant)).toBe(micros % 1000);
      }),
    );
    expect(subMillisecond('2026-05-20T09:00:00+08:00')).toBe(0);
  });

  it.each([
    '2026-05-20T09:00:00.0 0Z',
    '2026-05-20T09:00:00.1-1Z',
    '2026-0 -20T09:00:00Z',
    '2026-05-20T09:00:0:Z',
  ])('are not %s', (text) => expect(instantMs(text)).toBeNull());
});
