/** The counters in Redis or a Redis Cluster. */
import { Cluster } from 'ioredis';
import type { Day } from '#calendar';
import { BoardRegistry } from '../boards';
import { STATUS_SECONDS } from '../status';
import { AcknowledgedPositions } from '../positions';
import type {
  ApplyBatch,
  ApplyResult,
  BoardAsk,
  BoardReading,
  BoardSpec,
  Cell,
  Counters,
  FeedItem,
  Ranked,
  RebuildState,
  RecordChange,
  Touched,
  WindowRef,
} from '../port';
import { CountersTooNew } from '../layout';
import { foldRuns, removalOf, shardOf, type RecordRun } from '../runs';
import { mergeTouched } from '../touched';
import { StaleCounts } from '../stale';
import { Advances } from './advances';
import { BoardReader } from './board-reader';
import { connect, parseRedisUrl, runScript, type RedisClient, type RedisTls } from './client';
import { FEED_LENGTH } from './chunk';
import { Generations } from './generations';
import { feedKey, generationPrefix, LAYOUT_KEY, metaKey, positionsKey, SHARDS, STATUS_KEY } from './keys';
import { Notices } from './notices';
import { ShardWriter, type ShardOutcome } from './shard-writer';

/** Grows by one with every change after which an older program would misread the keys. */
const LAYOUT = 1;

export interface RedisCountersOptions {
  /** See {@link parseRedisUrl}. */
  url: string;
  tls?: RedisTls;
  boards: readonly BoardSpec[];
  /** Told of connection errors; the calls they concern reject by themselves. */
  onError?: (error: Error) => void;
}

/** Opens the counters in Redis; the connection is made in the background. @throws Error for a wrong URL or board. */
export function createRedisCounters(options: RedisCountersOptions): Counters {
  return new RedisCounters(options);
}

const shardNumbers = Array.from({ length: SHARDS }, (_, shard) => shard);
const shardFor = (tenant: string): number => shardOf(tenant, SHARDS);

class RedisCounters implements Counters {
  readonly engine = 'redis';
  readonly shards = SHARDS;
  private readonly client: RedisClient;
  private readonly boardIds: string[];
  private readonly positions = new AcknowledgedPositions(SHARDS);
  private readonly advances: Advances;
  private readonly writer: ShardWriter;
  private readonly reader: BoardReader;
  private readonly generations: Generations;
  private readonly notices: Notices;
  private readonly onError: (error: Error) => void;
  private cleaning: Promise<void> = Promise.resolve();

  constructor({ url, tls, boards, onError = () => {} }: RedisCountersOptions) {
    const registry = new BoardRegistry(boards);
    const target = parseRedisUrl(url, tls);
    const open = (): RedisClient => connect(target, onError);
    this.client = open();
    this.boardIds = registry.ids();
    this.onError = onError;
    this.advances = new Advances(this.client, this.positions);
    this.writer = new ShardWriter(this.client, registry);
    this.reader = new BoardReader(this.client, registry, shardFor);
    this.generations = new Generations(this.client, this.boardIds.join());
    this.notices = new Notices(this.client, open, onError);
  }

  async checkLayout(): Promise<void> {
    const layout = Number((await this.client.get(LAYOUT_KEY)) ?? LAYOUT);
    if (layout > LAYOUT) throw new CountersTooNew(layout, LAYOUT);
  }

  async initialize(partition: number, position: number, fresh: boolean): Promise<void> {
    await this.client.set(LAYOUT_KEY, LAYOUT);
    const args = [partition, position, fresh ? '1' : '0', this.boardIds.join()];
    await Promise.all(
      shardNumbers.map((shard) =>
        runScript(this.client, 'initialize', [metaKey(shard), positionsKey(shard)], args),
      ),
    );
  }

  async position(partition: number): Promise<number | null> {
    const stored = await Promise.all(
      shardNumbers.map((shard) => this.client.hget(positionsKey(shard), String(partition))),
    );
    return stored.includes(null) ? null : Math.min(...stored.map(Number));
  }

  advance(partition: number, to: number): Promise<void> {
    return this.advances.move(partition, to);
  }

  async apply(batch: ApplyBatch): Promise<ApplyResult> {
    const { partition, from, to } = batch;
    const expected = batch.outOfLog ? null : this.positions.before(partition, from);
    const work = [...byShard(foldRuns(batch.changes))];
    const results = await Promise.allSettled(
      work.map(([shard, runs]) =>
        this.writer.write({
          shard,
          runs,
          today: batch.today,
          position: expected && { partition, expected: expected[shard] ?? from, to },
        }),
      ),
    );
    let applied = 0;
    let stale = 0;
    const staleBySource = new StaleCounts();
    const touched: Touched[] = [];
    let lost: ApplyResult | null = null;
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const shard = work[index]?.[0] ?? 0;
      const outcome: ShardOutcome = result.value;
      if (outcome.lost) {
        lost ??= { outcome: 'lost', shard, stored: outcome.stored };
        continue;
      }
      if (expected) this.positions.acknowledge(partition, shard, to);
      for (const plan of outcome.plans) {
        applied += plan.applied;
        stale += plan.stale;
        staleBySource.addAll(plan.staleBySource);
        touched.push(...plan.touched());
      }
    }
    const merged = mergeTouched(touched);
    // Not waited for: what is sent next follows it on the same connection.
    this.notices.publish(merged).catch(this.onError);
    if (lost) {
      if (expected) this.positions.forget(partition);
      return lost;
    }
    if (expected) this.positions.finish(partition, to);
    return { outcome: 'applied', applied, stale, staleBySource: staleBySource.list(), touched: merged };
  }

  async forget(
    { tenant, entity, id }: { tenant: string; entity: string; id: string },
    today: Day,
  ): Promise<void> {
    const shard = shardFor(tenant);
    const runs = foldRuns([removalOf(tenant, entity, id)]);
    const outcome = await this.writer.write({
      shard,
      runs,
      today: () => today,
      position: null,
      everywhere: true,
    });
    if (outcome.lost) throw new Error('counters: the store has lost its memory');
    for (const run of runs) await this.writer.removeEntry(shard, run);
    for (const text of await this.client.lrange(feedKey(shard, tenant), 0, -1)) {
      const { key } = JSON.parse(text) as FeedItem;
      if (key === `${entity}/${id}`) await this.client.lrem(feedKey(shard, tenant), 0, text);
    }
    await this.notices.publish(mergeTouched(outcome.plans.flatMap((plan) => plan.touched())));
  }

  async board(ref: WindowRef, ask: BoardAsk, prefix: string): Promise<BoardReading> {
    // One server answers one connection in the order in which it was asked: one round trip for both.
    const published = this.statuses(prefix);
    if (this.client instanceof Cluster) await published;
    const [statuses, board] = await Promise.all([published, this.reader.believed(ref, ask)]);
    return { statuses, board };
  }

  async isLive(ref: WindowRef): Promise<boolean> {
    return (await this.reader.believed(ref, { limit: 0 })) !== null;
  }

  top(ref: WindowRef, limit?: number): Promise<Ranked[]> {
    return this.reader.top(ref, limit);
  }

  around(ref: WindowRef, employee: string, span: number): Promise<Ranked[] | null> {
    return this.reader.around(ref, employee, span);
  }

  members(ref: WindowRef, employees: string[]): Promise<Cell[]> {
    return this.reader.members(ref, employees);
  }

  cells(ref: WindowRef): Promise<Cell[]> {
    return this.reader.cells(ref);
  }

  async mismatches(changes: readonly RecordChange[], today: (tenant: string) => Day): Promise<number[]> {
    const places = new Map<RecordChange, number>(changes.map((change, index) => [change, index]));
    const found = await Promise.all(
      [...byShard(changes.flatMap((change) => foldRuns([change])))].map(([shard, runs]) =>
        this.writer.mismatches({ shard, runs, today }),
      ),
    );
    return found
      .flat()
      .map((change) => places.get(change) ?? -1)
      .sort((a, b) => a - b);
  }

  listWindows(): Promise<WindowRef[]> {
    return this.generations.windows();
  }

  shardOf(tenant: string): number {
    return shardFor(tenant);
  }

  async references(tenant: string, entity: string): Promise<Map<string, string>> {
    const shard = shardFor(tenant);
    const meta = metaKey(shard);
    for (let current = await this.client.hget(meta, 'current'); current !== null;) {
      const key = `${generationPrefix(shard, Number(current))}r:${tenant}:${entity}`;
      const records = await this.client.hgetall(key);
      // A generation is dropped only after another has become current: then read that one.
      const now = await this.client.hget(meta, 'current');
      if (now === current) return new Map(Object.entries(records));
      current = now;
    }
    return new Map();
  }

  async feed(tenant: string, limit: number): Promise<FeedItem[]> {
    if (limit <= 0) return [];
    const items = await this.client.lrange(
      feedKey(shardFor(tenant), tenant),
      0,
      Math.min(limit, FEED_LENGTH) - 1,
    );
    return items.map((item) => JSON.parse(item) as FeedItem);
  }

  onTouched(listener: (touched: Touched[]) => void): () => void {
    return this.notices.listen(listener);
  }

  async publishStatus(name: string, status: Record<string, unknown>): Promise<void> {
    await runScript(this.client, 'status', [STATUS_KEY], [name, JSON.stringify(status), STATUS_SECONDS]);
  }

  async statuses(prefix: string): Promise<Map<string, Record<string, unknown>>> {
    const replies = await this.client.multi().hgetall(STATUS_KEY).time().exec();
    const [all, time] = (replies ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    }) as [Record<string, string>, [string | number]];
    const oldest = Number(time[0]) - STATUS_SECONDS;
    const found = new Map<string, Record<string, unknown>>();
    for (const [name, text] of Object.entries(all)) {
      const space = text.indexOf(' ');
      if (!name.startsWith(prefix) || Number(text.slice(0, space)) < oldest) continue;
      found.set(name, JSON.parse(text.slice(space + 1)) as Record<string, unknown>);
    }
    return found;
  }

  beginRebuild(shards?: readonly number[]): Promise<number> {
    return this.generations.begin(shards);
  }

  async finishRebuild(shards?: readonly number[]): Promise<void> {
    const built = await this.generations.finish((shard) => this.writer.repairsOf(shard), shards);
    await this.notices.publish(built.map((tenant) => ({ ...tenant, boards: this.boardIds, feed: false })));
    this.clean().catch(this.onError);
  }

  rebuildState(): Promise<RebuildState> {
    return this.generations.state();
  }

  /** Windows and contributions expire by themselves; what is left of old generations is dropped. */
  async sweep(_today: (tenant: string) => Day): Promise<void> {
    await this.clean();
  }

  /** One at a time; a failed one is made good by the next. */
  private clean(): Promise<void> {
    this.cleaning = this.cleaning.catch(() => {}).then(() => this.generations.dropOld());
    return this.cleaning;
  }

  async ping(): Promise<void> {
    await this.client.ping();
  }

  async close(): Promise<void> {
    await this.cleaning.catch(() => {});
    this.notices.close();
    await this.client.quit().catch(() => this.client.disconnect());
  }
}

function byShard(runs: RecordRun[]): Map<number, RecordRun[]> {
  const shards = new Map<number, RecordRun[]>();
  for (const run of runs) {
    const shard = shardFor(run.tenant);
    const list = shards.get(shard);
    if (list) list.push(run);
    else shards.set(shard, [run]);
  }
  return shards;
}
