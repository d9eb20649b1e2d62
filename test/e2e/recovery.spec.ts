/** Restarts, kills, and counters that lost their memory: nothing lost, nothing doubled. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openCounterStore } from '#engines';
import { loadSettings } from '#platform';
import { Checked } from '../support/checked';

describe('recovery on embedded engines', () => {
  let checked: Checked;
  beforeAll(async () => {
    checked = await Checked.start('embedded');
  }, 60_000);
  afterAll(() => checked?.floor.stop());

  it('stops in order on SIGTERM and starts again where it was', async () => {
    await checked.publish(checked.next(1));
    expect(await checked.floor.stopApps('SIGTERM')).toEqual([0]);
    await checked.floor.startApps();
    await checked.becomesExact();
  }, 90_000);

  it('keeps every accepted event through a kill', async () => {
    const events = checked.next(2);
    await checked.publish(events.slice(0, 300));
    await checked.floor.stopApps('SIGKILL');
    await checked.floor.startApps();
    await checked.publish(events.slice(300));
    await checked.becomesExact();
  }, 90_000);

  it('rebuilds counters whose files are gone', async () => {
    await checked.floor.stopApps('SIGTERM');
    rmSync(join(checked.floor.dataDir, 'counters'), { recursive: true });
    await checked.floor.startApps();
    await checked.publish(checked.next(3));
    await checked.becomesExact();
  }, 90_000);

  it('goes on with a rebuild that was cut short', async () => {
    const { floor } = checked;
    await floor.stopApps('SIGTERM');
    const counters = openCounterStore(loadSettings(floor.env));
    await counters.beginRebuild();
    await counters.close();
    await floor.startApps();
    await checked.becomesExact();
    const deadline = Date.now() + 30_000;
    let progress = await floor.get<{ state: string }>('/v1/rebuild');
    while (progress.state !== 'done' && Date.now() < deadline) {
      await sleep(100);
      progress = await floor.get('/v1/rebuild');
    }
    expect(progress).toMatchObject({ state: 'done', reason: 'a rebuild was cut short' });
    await checked.becomesExact();
  }, 120_000);

  it('rebuilds on demand while boards answer', async () => {
    const { code, output } = await checked.floor.command(['rebuild']);
    expect({ code, output }).toMatchObject({ code: 0 });
    await checked.becomesExact();
  }, 90_000);
});

describe('recovery on servers', () => {
  let checked: Checked;
  let redis: Redis;
  beforeAll(async () => {
    checked = await Checked.start('servers');
    redis = new Redis(checked.floor.env['REDIS_URL'] ?? '');
  }, 180_000);
  afterAll(async () => {
    redis?.disconnect();
    await checked?.floor.stop();
  });

  it('keeps every accepted event when all four apps are killed', async () => {
    await checked.publish(checked.next(1));
    await checked.floor.stopApps('SIGKILL');
    await checked.floor.startApps();
    await checked.publish(checked.next(2));
    await checked.becomesExact(120_000);
  }, 240_000);

  it('notices a flushed Redis with the next batch, answers from the warehouse, and is exact again', async () => {
    await redis.flushall();
    await checked.publish(checked.next(3));
    await checked.becomesExact(120_000);
  }, 240_000);

  it('notices a flushed Redis without any event', async () => {
    await redis.flushall();
    await checked.becomesExact(120_000);
  }, 240_000);

  it('goes back to where a part of Redis fell back to, though no event concerns that part', async () => {
    // Positions must have gone somewhere before they can fall back.
    await checked.publish(checked.next(4));
    await checked.becomesExact(120_000);
    const [unused] = await shardsWithoutCells();
    const before = await redis.hgetall(`{${unused}}:pos`);
    expect(Math.max(...Object.values(before).map(Number))).toBeGreaterThan(0);
    await redis.hset(
      `{${unused}}:pos`,
      Object.fromEntries(Object.keys(before).map((partition) => [partition, 0])),
    );
    await checked.publish(checked.next(5));
    await checked.becomesExact(120_000);
    const after = await redis.hgetall(`{${unused}}:pos`);
    for (const [partition, position] of Object.entries(before)) {
      expect(Number(after[partition])).toBeGreaterThanOrEqual(Number(position));
    }
  }, 240_000);

  /** Names of the shards that hold nobody's counters. */
  async function shardsWithoutCells(): Promise<string[]> {
    const shardsOf = async (pattern: string): Promise<string[]> =>
      (await redis.keys(pattern)).map((key) => /\{(s\d+)\}/.exec(key)?.[1] ?? '');
    const used = new Set(await shardsOf('{s*}:g*:c:*'));
    return (await shardsOf('{s*}:pos')).filter((shard) => !used.has(shard));
  }
});
