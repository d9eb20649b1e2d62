/** Restarts, kills, and counters that lost their memory: nothing lost, nothing doubled. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { isoOf, zoneNamed } from '#calendar';
import { BOARDS } from '#metrics';
import type { CloudEvent } from '#crm';
import { naiveLeaderboard, randomHistory, shuffledWithDuplicates, World, type Preset } from '../model';
import { Floor, type EngineSet } from '../support/floor';

const ZONE = 'Asia/Shanghai';
const PRESETS: readonly Preset[] = ['today', 'week', 'last-month', 'year'];

class Checked {
  readonly sent: CloudEvent[] = [];

  constructor(readonly floor: Floor) {}

  static async start(set: EngineSet): Promise<Checked> {
    return new Checked(await Floor.start(set));
  }

  /** The events of one more history; the versions of different histories interleave. */
  next(seed: number): CloudEvent[] {
    const today = isoOf(zoneNamed(ZONE).dayAt(Date.now()));
    const { events } = randomHistory(seed, {
      timeZone: ZONE,
      today,
      size: 40,
      startedAt: Date.now() - 86_400_000 + seed,
    });
    return shuffledWithDuplicates(events, seed).map((event) => ({
      ...event,
      id: `h${seed}-${event.id}`,
      ...(event.sequence === undefined ? {} : { sequence: String(Number(event.sequence) * 100 + seed) }),
    }));
  }

  async publish(events: CloudEvent[]): Promise<void> {
    await this.floor.publish(events);
    this.sent.push(...events);
  }

  /** Every board is live again and equal to the recomputation. */
  async becomesExact(timeoutMs = 60_000): Promise<void> {
    await this.floor.settle(timeoutMs);
    const world = World.after(this.sent);
    const ctx = { timeZone: ZONE, now: Date.now(), caller: { permission: 'all' as const, employeeId: null } };
    const deadline = Date.now() + timeoutMs;
    for (const { id } of BOARDS) {
      for (const preset of PRESETS) {
        const { rows } = naiveLeaderboard(world, id, { preset, limit: 1000 }, ctx);
        let live = await this.floor.get(`/v1/leaderboards/${id}?preset=${preset}&limit=1000`);
        // While counters are rebuilt the same rows come from the warehouse.
        for (; live.source !== 'live' && Date.now() < deadline; await sleep(200)) {
          expect({ id, preset, rows: live.rows }).toEqual({ id, preset, rows });
          live = await this.floor.get(`/v1/leaderboards/${id}?preset=${preset}&limit=1000`);
        }
        expect({ id, preset, source: live.source, rows: live.rows }).toEqual({
          id,
          preset,
          source: 'live',
          rows,
        });
      }
    }
  }
}

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
});
