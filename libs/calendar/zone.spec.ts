import * as fc from 'fast-check';
import { dayFrom, dayOf, isoOf } from './day';
import { isZoneName, zoneNamed } from './zone';

/** Zones with a change of clocks, a half hour, a past change of clocks, a change at midnight, and a day left out. */
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Beirut',
  'Pacific/Apia',
];

const FIRST = Date.UTC(1912, 0, 1);
const LAST = Date.UTC(2299, 11, 30);

/** The local date as the runtime formats it. */
const local = (zone: string, ms: number): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(ms);

describe.each(ZONES)('%s', (name) => {
  const zone = zoneNamed(name);

  test('an instant falls on the date that the runtime formats', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), (ms) => {
        expect(isoOf(zone.dayAt(ms))).toBe(local(name, ms));
      }),
      { numRuns: 500 },
    );
  });

  test('a date begins with the first instant that falls on it or after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayFrom(1912, 1, 2), max: dayFrom(2299, 12, 29) }), (day) => {
        const start = zone.startOf(day);
        expect(zone.dayAt(start)).toBeGreaterThanOrEqual(day);
        expect(zone.dayAt(start - 1)).toBeLessThan(day);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  // Summer time in Shanghai from 1986 to 1991.
  ['Asia/Shanghai', '1986-07-01', '1986-06-30T15:00:00Z'],
  ['Asia/Shanghai', '1991-09-14', '1991-09-13T15:00:00Z'],
  ['Asia/Shanghai', '1991-09-16', '1991-09-15T16:00:00Z'],
  ['Asia/Shanghai', '2026-05-20', '2026-05-19T16:00:00Z'],
  ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z'],
  ['America/New_York', '2026-03-09', '2026-03-09T04:00:00Z'],
  ['America/New_York', '2026-11-02', '2026-11-02T05:00:00Z'],
  ['Asia/Kolkata', '2026-05-20', '2026-05-19T18:30:00Z'],
  // Midnight did not happen: the clocks went from 24:00 to 01:00.
  ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z'],
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
])('%s: %s begins at %s', (name, date, instant) => {
  expect(new Date(zoneNamed(name).startOf(dayOf(date))).toISOString()).toBe(instant.replace('Z', '.000Z'));
});

test('a date that a zone left out is as long as nothing', () => {
  const apia = zoneNamed('Pacific/Apia');
  expect(apia.startOf(dayOf('2011-12-30'))).toBe(apia.startOf(dayOf('2011-12-31')));
});

test('names', () => {
  expect(isZoneName('Asia/Shanghai')).toBe(true);
  expect(isZoneName('Asia/Atlantis')).toBe(false);
  expect(isZoneName('')).toBe(false);
});
