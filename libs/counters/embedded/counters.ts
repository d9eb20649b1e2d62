/** The counters in an LMDB folder that one process has open. */
import type { Day } from '#calendar';
import { BoardRegistry } from '../boards';
import { AcknowledgedPositions } from '../positions';
import { isHeldAs, Plan } from '../planner';
import { StaleCounts } from '../stale';
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
import { PositionLost } from '../position-lost';
import { ranked } from '../ranking';
import { foldInto, foldRuns, removalOf, type RecordRun } from '../runs';
import { STATUS_SECONDS } from '../status';
import { mergeTouched } from '../touched';
import { expiryOf } from '../window-expiry';
import { Generation, recordKey, type Prepared } from './generation';
import { Queue } from './queue';
import { Store, type Write } from './store';
import { sweepGeneration } from './sweep';
import { Turn } from './turn';
import { WindowCache } from './window-cache';

const MS_PER_DAY = 86_400_000;
/**
 * Operations of one transaction, as a plan counts them: the more, the fewer times a page is written, and the longer the
 * turn in which all of its writes are handed over, half a microsecond each.
 */
const CHUNK_OPERATIONS = 36_000;
/** The same of a rebuild, which nobody watches event by event. */
const REBUILT_OPERATIONS = 200_000;
const FEED_LENGTH = 200;
const SHARD = 0;

export interface EmbeddedCountersOptions {
  /** Folder of the data files; made when missing. */
  path: string;
  boards: readonly BoardSpec[];
  /** Told of failures in the background, for which no call rejects. */
  onError?: (error: Error) => void;
}

/** Opens the counters in a folder. @throws Error for a wrong board or a folder that cannot be used. */
export function createEmbeddedCounters(options: EmbeddedCountersOptions): Counters {
  return new EmbeddedCounters(options);
}

/** Which generations there are; absent until the first position is written. */
interface Meta {
  current: number;
  complete: boolean;
  boards: string[];
  building: number | null;
  buildingBoards: string[];
  /** A generation that is being dropped. */
  dropping: number | null;
}

class EmbeddedCounters implements Counters {
  readonly engine = 'embedded';
  readonly shards = 1;
  private readonly registry: BoardRegistry;
  private readonly store: Store;
  private readonly positions = new AcknowledgedPositions(1);
  private readonly queue = new Queue();
  private readonly listeners = new Set<(touched: Touched[]) => void>();
  private readonly published = new Map<string, { at: number; status: Record<string, unknown> }>();
  private readonly windows = new WindowCache((ref) => this.current?.load(ref) ?? []);
  private readonly onError: (error: Error) => void;
  private meta: Meta | null;
  private current: Generation | null = null;
  private building: Generation | null = null;

  constructor({ path, boards, onError = () => {} }: EmbeddedCountersOptions) {
    this.registry = new BoardRegistry(boards);
    this.onError = onError;
    this.store = new Store(path);
    const meta = this.store.common.getBinary(Buffer.from('meta'));
    this.meta = meta ? (JSON.parse(meta.toString()) as Meta) : null;
    if (!this.meta) return;
    this.current = this.openGeneration(this.meta.current);
    if (this.meta.building !== null) this.building = this.openGeneration(this.meta.building);
    this.dropInBackground();
  }

  initialize(partition: number, position: number, fresh: boolean): Promise<void> {
    return this.queue.run(async () => {
      if (this.stored(partition) !== null) return;
      const meta: Meta = this.meta ?? {
        current: 1,
        complete: fresh,
        boards: this.registry.ids(),
        building: null,
        buildingBoards: [],
        dropping: null,
      };
      // What came before this position was never counted here.
      const complete = meta.complete && fresh;
      this.current ??= this.openGeneration(meta.current);
      await this.saveMeta({ ...meta, complete }, [this.positionWrite(partition, position)]);
    });
  }

  async position(partition: number): Promise<number | null> {
    return this.stored(partition);
  }

  advance(partition: number, to: number): Promise<void> {
    return this.queue.run(async () => {
      const stored = this.stored(partition);
      if (stored === null || stored < this.positions.of(partition, SHARD)) {
        this.positions.forget(partition);
        throw new PositionLost(partition, SHARD, stored);
      }
      if (stored < to) await this.store.write([this.positionWrite(partition, to)]);
      this.positions.acknowledge(partition, SHARD, to);
      this.positions.finish(partition, to);
    });
  }

  apply(batch: ApplyBatch): Promise<ApplyResult> {
    return this.queue.run(() => this.applyNow(batch));
  }

  forget({ tenant, entity, id }: { tenant: string; entity: string; id: string }, today: Day): Promise<void> {
    return this.queue.run(async () => {
      const [run] = foldRuns([removalOf(tenant, entity, id)]);
      if (!run || !this.current) return;
      const key = recordKey(tenant, run.digest);
      const generations = [this.current, this.building].filter((generation) => generation !== null);
      const removed: Write[] = generations.map(({ store }) => ({ into: store.records, key, value: null }));
      const feed = this.storedFeed(tenant).filter((item) => item.key !== `${entity}/${id}`);
      const batch = { partition: 0, from: 0, to: 0, changes: run.changes, today: () => today };
      const atEnd = [...removed, feedWrite(this.store, tenant, feed)];
      const { plan } = await this.applyChunk([run], 0, batch, atEnd, new Turn());
      this.tell(plan.touched());
    });
  }

  async isLive(ref: WindowRef): Promise<boolean> {
    const { current, meta } = this;
    if (!current || !meta?.complete || !meta.boards.includes(ref.board) || current.isOverflowed(ref))
      return false;
    const expires = expiryOf(ref.window);
    const today = Math.max(current.horizon(ref.tenant), Math.floor(Date.now() / MS_PER_DAY));
    return expires !== null && expires > today;
  }

  async board(ref: WindowRef, { limit, around }: BoardAsk, prefix: string): Promise<BoardReading> {
    const statuses = await this.statuses(prefix);
    if (!(await this.isLive(ref))) return { statuses, board: null };
    const rows = await this.top(ref, limit);
    if (!around) return { statuses, board: { rows } };
    return {
      statuses,
      board: { rows, around: await this.around(ref, around.employee, around.span) },
    };
  }

  async top(ref: WindowRef, limit = Infinity): Promise<Ranked[]> {
    this.registry.kindOf(ref.board);
    return ranked(this.windows.sorted(ref).slice(0, Math.max(0, limit)), 0, 0);
  }

  async around(ref: WindowRef, employee: string, span: number): Promise<Ranked[] | null> {
    this.registry.kindOf(ref.board);
    const sorted = this.windows.sorted(ref);
    const cell = this.windows.cells(ref).get(employee);
    if (!cell) return null;
    const own = sorted.indexOf(cell);
    const from = Math.max(0, own - span);
    const first = sorted[from]?.value ?? 0;
    let better = from;
    while (better > 0 && sorted[better - 1]?.value === first) better -= 1;
    return ranked(sorted.slice(from, own + span + 1), from, better);
  }

  async members(ref: WindowRef, employees: string[]): Promise<Cell[]> {
    this.registry.kindOf(ref.board);
    const cells = this.windows.cells(ref);
    return employees.flatMap((employee) => {
      const cell = cells.get(employee);
      return cell ? [copyOf(cell)] : [];
    });
  }

  async cells(ref: WindowRef): Promise<Cell[]> {
    this.registry.kindOf(ref.board);
    return Array.from(this.windows.cells(ref).values(), copyOf);
  }

  async mismatches(changes: readonly RecordChange[], today: (tenant: string) => Day): Promise<number[]> {
    return changes.flatMap((change, index) => {
      const [run] = foldRuns([change]);
      const held = (run && this.current?.held(run)) ?? null;
      return isHeldAs(held, change, this.effectiveToday(change.tenant, today)) ? [] : [index];
    });
  }

  private effectiveToday(tenant: string, today: (tenant: string) => Day): Day {
    return Math.max(today(tenant), this.current?.horizon(tenant) ?? -Infinity);
  }

  async listWindows(): Promise<WindowRef[]> {
    return this.current?.windows() ?? [];
  }

  shardOf(): number {
    return SHARD;
  }

  async references(tenant: string, entity: string): Promise<Map<string, string>> {
    return this.current?.references(tenant, entity) ?? new Map<string, string>();
  }

  async feed(tenant: string, limit: number): Promise<FeedItem[]> {
    return this.storedFeed(tenant).slice(0, Math.max(0, limit));
  }

  onTouched(listener: (touched: Touched[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async publishStatus(name: string, status: Record<string, unknown>): Promise<void> {
    this.published.set(name, { at: Date.now(), status });
  }

  async statuses(prefix: string): Promise<Map<string, Record<string, unknown>>> {
    const oldest = Date.now() - STATUS_SECONDS * 1000;
    const found = new Map<string, Record<string, unknown>>();
    for (const [name, { at, status }] of this.published) {
      if (at < oldest) this.published.delete(name);
      else if (name.startsWith(prefix)) found.set(name, status);
    }
    return found;
  }

  beginRebuild(): Promise<number> {
    return this.queue.run(async () => {
      if (!this.meta) throw new Error('counters: there is no position yet');
      if (this.meta.building !== null) return this.meta.building;
      const building = this.meta.current + 1;
      this.building = this.openGeneration(building);
      await this.saveMeta({ ...this.meta, building, buildingBoards: this.registry.ids() });
      return building;
    });
  }

  async finishRebuild(): Promise<void> {
    const built = await this.queue.run(async () => {
      const { meta, building } = this;
      if (!meta || meta.building === null || !building) throw new Error('counters: nothing is being built');
      await this.saveMeta({
        current: meta.building,
        complete: true,
        boards: meta.buildingBoards,
        building: null,
        buildingBoards: [],
        dropping: meta.current,
      });
      this.current = building;
      this.building = null;
      this.windows.clear();
      return building;
    });
    this.tell(
      built.tenants().map((tenant) => ({
        tenant,
        boards: this.registry.ids(),
        references: built.referenceEntities(tenant),
        feed: false,
      })),
    );
    this.dropInBackground();
  }

  async rebuildState(): Promise<RebuildState> {
    const { meta } = this;
    return {
      building: meta?.building ?? null,
      current: meta?.current ?? null,
      complete: meta?.complete ?? false,
    };
  }

  async sweep(today: (tenant: string) => Day): Promise<void> {
    for (const generation of [this.current, this.building]) {
      if (generation) await sweepGeneration(generation, this.store, this.queue, today);
    }
    this.windows.clear();
  }

  backup(path: string): Promise<void> {
    return this.store.backup(path);
  }

  async ping(): Promise<void> {
    this.stored(0);
  }

  async close(): Promise<void> {
    await this.queue.run(() => this.store.close());
    this.listeners.clear();
  }

  private async applyNow(batch: ApplyBatch): Promise<ApplyResult> {
    const { partition, from, to, outOfLog = false } = batch;
    const stored = outOfLog ? null : this.stored(partition);
    const expected = outOfLog ? 0 : (this.positions.before(partition, from)[SHARD] ?? from);
    if (!this.current || (!outOfLog && (stored === null || stored < expected))) {
      this.positions.forget(partition);
      return { outcome: 'lost', shard: SHARD, stored };
    }
    const turn = new Turn();
    const runs = await foldInTurns(batch.changes, turn);
    const touched: Touched[] = [];
    let applied = 0;
    let stale = 0;
    const staleBySource = new StaleCounts();
    const moved = stored !== null && stored < to ? [this.positionWrite(partition, to)] : [];
    for (let at = 0; at < runs.length;) {
      const { plan, next } = await this.applyChunk(runs, at, batch, moved, turn);
      at = next;
      applied += plan.applied;
      stale += plan.stale;
      staleBySource.addAll(plan.staleBySource);
      touched.push(...plan.touched());
    }
    if (!outOfLog) {
      if (runs.length > 0) this.positions.acknowledge(partition, SHARD, to);
      this.positions.finish(partition, to);
    }
    const merged = mergeTouched(touched);
    this.tell(merged);
    return { outcome: 'applied', applied, stale, staleBySource: staleBySource.list(), touched: merged };
  }

  /** Applies runs from `at` on, as many as one transaction takes, and with the last of them what `atEnd` holds. */
  private async applyChunk(
    runs: readonly RecordRun[],
    at: number,
    batch: ApplyBatch,
    atEnd: readonly Write[],
    turn: Turn,
  ): Promise<{ plan: Plan; next: number }> {
    const generations = [this.current, this.building].filter((generation) => generation !== null);
    // What is not from the log goes where a rebuild is under way, and unseen; else it repairs.
    const inLog = !batch.outOfLog;
    const written = generations.map((_, index) => inLog || index === generations.length - 1);
    const plan = new Plan(this.registry, written, {
      feed: inLog,
      visible: inLog || generations.length === 1,
    });
    const most = inLog ? CHUNK_OPERATIONS : REBUILT_OPERATIONS;
    let next = at;
    for (; next < runs.length && plan.operations < most; next++) {
      const run = runs[next] as RecordRun;
      const today = batch.today(run.tenant);
      plan.add(
        run,
        generations.map((generation) => generation.held(run)),
        // A clock that steps back must not bring back what has expired.
        generations.map((generation) => Math.max(today, generation.horizon(run.tenant))),
      );
      if (turn.isOver()) await turn.yield();
    }
    const prepared: Prepared[] = [];
    for (const [index, generation] of generations.entries()) {
      const part = plan.generations[index];
      if (part) prepared.push(await generation.prepare(part, this.cachedIn(generation), turn));
    }
    await turn.yield();
    const more = [...this.feedWrites(plan), ...(next === runs.length ? atEnd : [])];
    await this.store.write(...prepared.flatMap(({ writes, marks }) => [writes, marks]), more);
    prepared.forEach((part, index) => generations[index]?.settle(part));
    // Only the current generation is read through the cache.
    if (prepared[0]) this.windows.update(prepared[0].changed);
    return { plan, next };
  }

  private cachedIn(generation: Generation): (ref: WindowRef, employee: string) => Cell | null | undefined {
    if (generation !== this.current) return () => undefined;
    return (ref, employee) => this.windows.peek(ref, employee);
  }

  private feedWrites({ feed }: Plan): Write[] {
    const items = new Map<string, FeedItem[]>();
    for (const { tenant, key, item } of feed) {
      const list = items.get(tenant) ?? this.storedFeed(tenant);
      items.set(tenant, [{ key, item, at: Date.now() }, ...list].slice(0, FEED_LENGTH));
    }
    return Array.from(items, ([tenant, list]) => feedWrite(this.store, tenant, list));
  }

  private storedFeed(tenant: string): FeedItem[] {
    const value = this.store.common.getBinary(Buffer.from(`feed/${tenant}`));
    return value ? (JSON.parse(value.toString()) as FeedItem[]) : [];
  }

  private stored(partition: number): number | null {
    const value = this.store.common.getBinary(Buffer.from(`position/${partition}`));
    return value ? Number(value.toString()) : null;
  }

  private positionWrite(partition: number, position: number): Write {
    const key = Buffer.from(`position/${partition}`);
    return { into: this.store.common, key, value: Buffer.from(String(position)) };
  }

  private async saveMeta(meta: Meta, also: Write[] = []): Promise<void> {
    const value = Buffer.from(JSON.stringify(meta));
    await this.store.write([{ into: this.store.common, key: Buffer.from('meta'), value }, ...also]);
    this.meta = meta;
  }

  private openGeneration(number: number): Generation {
    return new Generation(this.store.generation(number), this.registry);
  }

  /** Also finishes what a process before this one had begun. */
  private dropInBackground(): void {
    const drop = async (): Promise<void> => {
      const { meta } = this;
      if (!meta || meta.dropping === null) return;
      await this.store.drop(this.store.generation(meta.dropping));
      await this.saveMeta({ ...meta, dropping: null });
    };
    this.queue.run(drop).catch(this.onError);
  }

  private tell(touched: Touched[]): void {
    if (touched.length === 0) return;
    for (const listener of this.listeners) listener(touched);
  }
}

const feedWrite = (store: Store, tenant: string, items: FeedItem[]): Write => ({
  into: store.common,
  key: Buffer.from(`feed/${tenant}`),
  value: Buffer.from(JSON.stringify(items)),
});

/** Changes that are folded between two looks at the clock. */
const FOLDED_AT_ONCE = 250;

/** As {@link foldRuns}. */
async function foldInTurns(changes: readonly RecordChange[], turn: Turn): Promise<RecordRun[]> {
  const runs = new Map<string, RecordRun>();
  for (let at = 0; at < changes.length; at += FOLDED_AT_ONCE) {
    foldInto(runs, changes.slice(at, at + FOLDED_AT_ONCE));
    if (turn.isOver()) await turn.yield();
  }
  return [...runs.values()];
}

const copyOf = ({ employee, value, records }: Cell): Cell => ({ employee, value, records });
