import { cumulative, requiredPace } from './pace';

const month = (bucket: string, target: string, done: string) => ({ bucket, target, done });
const YEAR = [
  month('2026-01', '100.00', '40.10'),
  month('2026-02', '100.00', '60.20'),
  month('2026-03', '100.00', '10.00'),
  month('2026-04', '100.00', '0.00'),
];

describe('the pace of a target', () => {
  it('sums up exactly, and has nothing done in months that have not begun', () => {
    expect(cumulative(YEAR, '2026-03')).toEqual([
      { bucket: '2026-01', target: '100.00', done: '40.10' },
      { bucket: '2026-02', target: '200.00', done: '100.30' },
      { bucket: '2026-03', target: '300.00', done: '110.30' },
      { bucket: '2026-04', target: '400.00', done: null },
    ]);
  });

  it('spreads what is missing over this month and those to come', () => {
    expect(requiredPace(YEAR, '2026-03')).toEqual([null, null, 149.85, 149.85]);
  });

  it('asks for nothing when the target is reached, absent, or the time is over', () => {
    const none = [null, null, null, null];
    expect(
      requiredPace(
        YEAR.map((one) => ({ ...one, done: '1000.00' })),
        '2026-03',
      ),
    ).toEqual(none);
    expect(
      requiredPace(
        YEAR.map((one) => ({ ...one, target: '0.00' })),
        '2026-03',
      ),
    ).toEqual(none);
    expect(requiredPace(YEAR, '2026-05')).toEqual(none);
  });
});
