/** End-to-end tests against the oracle: random histories in, every board compared with a plain recomputation. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isoOf, zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import { BOARDS } from '#metrics';
import { naiveLeaderboard, randomHistory, shuffledWithDuplicates, World, type Preset } from '../model';
import { Floor, type EngineSet } from './floor';

const ZONE = 'Asia/Shanghai';
const PRESETS: readonly Preset[] = ['today', 'week', 'last-month', 'year'];

/** A running Floorboard, everything sent to it, and what that must come to. */
export class Checked {
  readonly sent: CloudEvent[] = [];

  constructor(readonly floor: Floor) {}

  static async start(set: EngineSet, env: Record<string, string> = {}): Promise<Checked> {
    return new Checked(await Floor.start(set, env));
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
