import { ApiError } from '../api/client';
import { freshness, worst } from './freshness';
import { panelStatus } from './state';

describe('freshness', () => {
  const at = 1_000_000;
  it.each([
    [4_000, 0, 'live', 4_000],
    [4_000, 1_000, 'delayed', 5_000],
    [59_000, 500, 'delayed', 59_500],
    [59_000, 1_000, 'stale', 60_000],
  ])('a lag of %d ms said %d ms ago is %s', (lagMs, ago, state, ageMs) => {
    expect(freshness({ lagMs, at, now: at + ago })).toEqual({ state, ageMs });
  });

  it('allows a panel that asks now and then the time between', () => {
    expect(freshness({ lagMs: 0, at, now: at + 19_000, everyMs: 15_000 }).state).toBe('live');
    expect(freshness({ lagMs: 0, at, now: at + 21_000, everyMs: 15_000 }).state).toBe('delayed');
  });

  it('says since when there is no connection, whatever the data', () => {
    expect(freshness({ lagMs: 0, at, now: at + 7_000, lostSince: at })).toEqual({
      state: 'disconnected',
      ageMs: 7_000,
    });
    expect(freshness({ lagMs: null, at, now: at }).state).toBe('connecting');
    expect(worst(['live', 'stale', 'delayed'])).toBe('stale');
    expect(worst([])).toBe('live');
  });
});

describe('the states of a panel', () => {
  it.each([
    [{ hasData: false }, 'loading'],
    [{ hasData: true, isEmpty: true }, 'empty'],
    [{ hasData: true }, 'fresh'],
    [{ hasData: true, error: new ApiError(500) }, 'stale'],
    [{ hasData: true, isStale: true }, 'stale'],
    [{ hasData: false, error: new ApiError(0) }, 'error'],
    [{ hasData: true, error: new ApiError(403) }, 'forbidden'],
  ] as const)('%j: %s', (input, status) => expect(panelStatus(input)).toBe(status));
});
