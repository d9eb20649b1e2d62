import { TokenBuckets } from './token-buckets';

describe('token buckets', () => {
  it('let so many through at once, then as many as time brings', () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
    const taken = (now: number): boolean => buckets.take('a', now) === 0;
    expect([0, 0, 0, 0].map(taken)).toEqual([true, true, true, false]);
    expect(buckets.take('a', 0)).toBe(1);
    expect([499, 500, 500].map(taken)).toEqual([false, true, false]);
    // However long nobody asked, no more than a full bucket.
    expect([1e9, 1e9, 1e9, 1e9].map(taken)).toEqual([true, true, true, false]);
  });

  it('are one for each name', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    expect([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)]).toEqual([0, 0, 1]);
  });

  it('say how long to wait', () => {
    const buckets = new TokenBuckets({ perSecond: 0.1, burst: 1 });
    buckets.take('a', 0);
    expect([buckets.take('a', 0), buckets.take('a', 5_000)]).toEqual([10, 5]);
  });

  it('remember no more names than they may, and forget who asked longest ago', () => {
    const buckets = new TokenBuckets({ perSecond: 0.001, burst: 1, most: 1_000 });
    buckets.take('first', 0);
    for (let i = 0; i < 100_000; i++) {
      buckets.take(`n${i}`, 1);
      if (i % 500 === 0) expect(buckets.take('first', 1)).toBeGreaterThan(0);
    }
    expect(buckets.size).toBe(1_000);
    expect(buckets.take('n0', 1)).toBe(0);
  });
});
