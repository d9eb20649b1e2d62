/**
 * Random histories in real processes, on both sets of engines: duplicated, reordered, with stale
 * versions, deletions, transfers, voids and moves across windows. Counters, warehouse and the plain
 * recomputation of the model must be the same, exactly, after each of them.
 */
import { isoOf, zoneNamed, type Preset } from '#calendar';
import { BOARDS } from '#metrics';
import type { CloudEvent } from '#crm';
import {
  naiveGoals,
  naiveLiveLeaderboard,
  naiveReport,
  Random,
  randomHistory,
  shuffledWithDuplicates,
  World,
  type ModelContext,
} from '../model';
import { ENGINE_SETS, Floor, type EngineSet, type Report } from '../support/floor';
import { LiveClient } from '../support/sse';

const ZONES: Record<EngineSet, string> = { embedded: 'Asia/Kolkata', servers: 'America/New_York' };
const PRESETS: readonly Preset[] = [
  'today',
  'yesterday',
  'week',
  'last-week',
  'month',
  'last-month',
  'quarter',
  'last-quarter',
  'year',
  'last-year',
];
const SEED = Number(process.env['SEED'] ?? 20261);
const HISTORIES = 3;

describe.each(ENGINE_SETS)('random histories on %s engines', (set) => {
  const timeZone = ZONES[set];
  const sent: CloudEvent[] = [];
  let floor: Floor;

  beforeAll(async () => {
    floor = await Floor.start(set, { TIME_ZONE: timeZone });
  }, 180_000);
  afterAll(() => floor?.stop());

  /**
   * A history with ids and versions of its own: those of several histories interleave, so that some
   * of each are stale when they come.
   */
  function historyOf(seed: number, today: string): CloudEvent[] {
    const turn = seed - SEED;
    const startedAt = Date.now() - 86_400_000 + turn * 333;
    return randomHistory(seed, { timeZone, today, size: 60, startedAt }).events.map((event) => ({
      ...event,
      id: `h${seed}-${event.id}`,
      ...(event.sequence === undefined
        ? {}
        : { sequence: String(Number(event.sequence) * HISTORIES + turn) }),
    }));
  }

  const context = (): ModelContext => ({
    timeZone,
    now: Date.now(),
    caller: { permission: 'all', employeeId: null },
  });

  /** Batches of random sizes, so that versions of one record meet in one batch and in several. */
  async function publishInPieces(events: CloudEvent[], seed: number): Promise<void> {
    const random = new Random(seed);
    for (let at = 0; at < events.length;) {
      const size = random.int(1, 400);
      await floor.publish(events.slice(at, at + size));
      at += size;
    }
    await floor.settle();
  }

  async function compareBoards(world: World): Promise<number> {
    let listed = 0;
    for (const { id } of BOARDS) {
      for (const preset of PRESETS) {
        const expected = naiveLiveLeaderboard(world, id, { preset, limit: 1000 }, context());
        const live = await floor.get(`/v1/leaderboards/${id}?preset=${preset}&limit=1000`);
        const report = await floor.get(`/v1/reports/${id}?preset=${preset}`);
        const rows = expected.rows.map(({ previousRank: _, ...row }) => row);
        expect({ id, preset, source: live.source, rows: live.rows }).toEqual({
          id,
          preset,
          source: 'live',
          rows,
        });
        expect({ id, preset, rows: report.rows }).toEqual({ id, preset, rows });
        listed += rows.length;
      }
    }
    return listed;
  }

  it.each(Array.from({ length: HISTORIES }, (_, index) => SEED + index))(
    'history %i: counters = warehouse = recomputation',
    async (seed) => {
      const today = isoOf(zoneNamed(timeZone).dayAt(Date.now()));
      const events = historyOf(seed, today);
      sent.push(...events);
      await publishInPieces(shuffledWithDuplicates(events, seed), seed);
      const world = World.after(sent);
      expect(await compareBoards(world)).toBeGreaterThan(50);
    },
    180_000,
  );

  it('shows the same on live topics: previous ranks and goals', async () => {
    const world = World.after(sent);
    const topics = (['month', 'last-month'] as const).flatMap((preset) =>
      BOARDS.map(({ id }) => ({ id, preset, topic: `leaderboards/${id}?preset=${preset}&limit=1000` })),
    );
    const goals = ['month', 'quarter', 'year'].map(
      (preset) => `goals?preset=${preset}&metric=contract-amount`,
    );
    const client = await LiveClient.open(floor.queryUrl, [...topics.map(({ topic }) => topic), ...goals]);
    try {
      for (const { id, preset, topic } of topics) {
        const { data } = await client.until((message) => message.data.topic === topic);
        const expected = naiveLiveLeaderboard(world, id, { preset, limit: 1000 }, context());
        expect({ id, preset, rows: data.rows }).toEqual({ id, preset, rows: expected.rows });
      }
      for (const topic of goals) {
        const preset = new URLSearchParams(topic.split('?')[1]).get('preset') as Preset;
        const { data } = await client.until((message) => message.data.topic === topic);
        const { target, done, rate } = naiveGoals(world, { preset, metric: 'contract-amount' }, context());
        expect(data).toMatchObject({ target, done, rate, metric: 'contract-amount' });
      }
    } finally {
      client.close();
    }
  }, 60_000);

  it.each([
    'sales-funnel',
    'dashboard-funnel',
    'customer-conversion',
    'opportunity-conversion',
    'goal-completion',
    'goal-completion-rate',
    'contract-target-completion',
  ])('answers %s as the model does', async (id) => {
    const world = World.after(sent);
    const { freshness, ...answer } = await floor.get<Report>(`/v1/reports/${id}`);
    expect(freshness.asOf).not.toBeNull();
    expect(answer).toEqual(JSON.parse(JSON.stringify(naiveReport(world, id, {}, context()))));
  });

  it('changes nothing when everything comes once more, in another order', async () => {
    await publishInPieces(shuffledWithDuplicates(sent, SEED + 99), SEED + 99);
    await compareBoards(World.after(sent));
  }, 180_000);
});
