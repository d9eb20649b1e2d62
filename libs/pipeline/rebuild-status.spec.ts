/** Requests and progress of rebuilds, where several tenants ask at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCounters, type Counters } from '#counters';
import {
  followRebuild,
  publishRebuild,
  rebuildProgress,
  rebuildRequests,
  requestRebuild,
  type RebuildProgress,
} from './rebuild-status';

let folder: string;
let counters: Counters;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebuild-status-'));
  counters = openCounters({ dataDir: folder, boards: [] });
});
afterEach(async () => {
  await counters.close();
  rmSync(folder, { recursive: true });
});

const told = (change: Partial<RebuildProgress>): RebuildProgress => ({
  ...{ state: 'running', reason: 'asked for', startedAt: 1, at: 1, records: 0, total: null },
  ...change,
});

test('a request does not take away that of another tenant', async () => {
  const ids = [
    await requestRebuild(counters, { tenant: 'a' }),
    await requestRebuild(counters, { tenant: 'b' }),
  ];
  const all = await requestRebuild(counters, { reason: 'why' });
  const requests = await rebuildRequests(counters);
  expect(new Set(requests.map(({ id }) => id))).toEqual(new Set([...ids, all]));
  expect(requests.find(({ id }) => id === ids[0])?.tenants).toEqual(['a']);
  expect(requests.find(({ id }) => id === all)).toMatchObject({ reason: 'why' });
});

test('a tenant sees the newest rebuild that concerns it, and no other', async () => {
  await publishRebuild(counters, told({ startedAt: 1, state: 'done' }));
  await publishRebuild(counters, told({ startedAt: 2, tenants: ['a'] }));
  expect((await rebuildProgress(counters, 'a'))?.startedAt).toBe(2);
  expect((await rebuildProgress(counters, 'b'))?.startedAt).toBe(1);
  await publishRebuild(counters, told({ startedAt: 3 }));
  expect((await rebuildProgress(counters, 'a'))?.startedAt).toBe(3);
  expect((await rebuildProgress(counters))?.startedAt).toBe(3);
});

test('following ends with the end of the rebuild that was asked for, or its failure', async () => {
  const asked = 10;
  const heard: number[] = [];
  const steps = [
    // Of an earlier one: not waited for.
    told({ startedAt: 5, state: 'done', records: 1 }),
    told({ startedAt: 11, request: 'id', tenants: ['a'], records: 2 }),
    told({ startedAt: 11, request: 'id', tenants: ['a'], records: 3, state: 'done' }),
  ];
  const pause = async (): Promise<void> => {
    const next = steps.shift();
    if (next) await publishRebuild(counters, { ...next, at: Date.now() });
  };
  const follow = (): Promise<RebuildProgress> =>
    followRebuild(counters, { id: 'id', tenant: 'a', asked }, pause, ({ records }) => heard.push(records));
  jest.spyOn(Date, 'now').mockReturnValue(asked);
  try {
    expect((await follow()).records).toBe(3);
    expect(heard).toEqual([2, 3]);
    steps.push(told({ startedAt: 12, request: 'id', tenants: ['a'], state: 'failed', error: 'no room' }));
    await publishRebuild(counters, told({ startedAt: 9, tenants: ['a'] }));
    await expect(follow()).rejects.toThrow('the rebuild failed: no room');
  } finally {
    jest.restoreAllMocks();
  }
});
