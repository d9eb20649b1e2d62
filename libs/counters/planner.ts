/**
 * What a batch changes, computed without any engine: from what is held of each record and what
 * arrived of it to new record states, summed cell deltas, item deltas, reference writes and feed items.
 *
 * A plan covers every generation that is written (the current one, the one being built, or both):
 * each holds its own record states, so each gets its own deltas. The feed is common to them.
 */
import { dayFrom, windowsOf, type Day, type Window } from '#calendar';
import type { BoardRegistry } from './boards';
import type { Contribution, RecordChange, Touched } from './port';
import type { RecordHead } from './record';
import type { RecordRun } from './runs';
import { StaleCounts } from './stale';

/** Sums are exact up to here; a cell beyond it marks its window. Minor units. */
export const CELL_LIMIT = 9e15;

/** A record as one generation holds it. */
export interface Held extends RecordHead {
  contributions: Contribution[];
}

export interface RecordWrite {
  run: RecordRun;
  held: Held | null;
  next: Held;
}

export interface ReferenceWrite {
  tenant: string;
  entity: string;
  id: string;
  /** JSON; null removes it. */
  json: string | null;
}

export interface FeedWrite {
  tenant: string;
  /** `entity/id` of the record. */
  key: string;
  item: string;
}

/** Boards that count distinct things have no records here: their cells follow from {@link ItemDeltas}. */
export interface CellDelta {
  value: number;
  records: number;
}

export interface WindowDeltas {
  window: Window;
  /** By employee. */
  cells: Map<string, CellDelta>;
}

/** Change of the number of records that name an item, by day. */
export type ItemDeltas = Map<Day, number>;

export class TenantDeltas {
  /** By board, then by window key. */
  readonly windows = new Map<string, Map<string, WindowDeltas>>();
  /** Boards that count distinct things: by board, employee and item. */
  readonly items = new Map<string, Map<string, Map<string, ItemDeltas>>>();

  /** `today`: what expires by today is neither written nor taken back. */
  constructor(readonly today: Day) {}
}

/** The writes to one generation. */
export class GenerationPlan {
  readonly records: RecordWrite[] = [];
  readonly references: ReferenceWrite[] = [];
  readonly tenants = new Map<string, TenantDeltas>();
  /** Rough number of store operations, to bound a transaction by. */
  operations = 0;

  constructor(private readonly boards: BoardRegistry) {}

  /** Replaces what is held by `change`, which is newer. */
  replace(run: RecordRun, held: Held | null, change: RecordChange, fed: boolean, today: Day): void {
    const deltas = this.tenant(run.tenant, today);
    const kept: Contribution[] = [];
    let year = 0;
    for (const contribution of change.contributions) {
      if (isExpired(contribution.day, deltas.today)) continue;
      kept.push(this.checked(contribution));
      year = Math.max(year, yearOf(contribution.day));
    }
    for (const contribution of held?.contributions ?? []) this.add(deltas, contribution, -1);
    for (const contribution of kept) this.add(deltas, contribution, 1);
    const { version, state = '' } = change;
    this.records.push({ run, held, next: { version, state, fed, year, contributions: kept } });
    if (change.reference !== undefined) {
      this.references.push({ tenant: run.tenant, entity: run.entity, id: run.id, json: change.reference });
    }
    this.operations += 4;
  }

  /**
   * A value beyond the limit is held at just beyond it: it marks its windows all the same.
   *
   * @throws Error when the value is no whole number or a distinct count has no item.
   */
  private checked(contribution: Contribution): Contribution {
    const { board, value, item } = contribution;
    if (this.boards.kindOf(board) === 'distinct' && item === undefined) throw new Error(`${board}: no item`);
    if (!Number.isInteger(value)) throw new Error(`${board}: value ${value} is not a whole number`);
    if (Math.abs(value) <= CELL_LIMIT) return contribution;
    return { ...contribution, value: Math.sign(value) * (CELL_LIMIT + 1) };
  }

  private tenant(tenant: string, today: Day): TenantDeltas {
    let deltas = this.tenants.get(tenant);
    if (!deltas) this.tenants.set(tenant, (deltas = new TenantDeltas(today)));
    return deltas;
  }

  private add(deltas: TenantDeltas, contribution: Contribution, sign: 1 | -1): void {
    const kind = this.boards.kindOf(contribution.board);
    if (kind === 'distinct') return this.addItem(deltas, contribution, sign);
    const value = sign * contribution.value;
    const records = kind === 'count' ? value : sign;
    const { board, employee } = contribution;
    for (const window of windowsOf(contribution.day)) {
      if (window.expires <= deltas.today) continue;
      const windows = within(deltas.windows, board, newMap<string, WindowDeltas>);
      let entry = windows.get(window.key);
      if (!entry) windows.set(window.key, (entry = { window, cells: new Map() }));
      const cell = entry.cells.get(employee);
      if (cell) {
        cell.value += value;
        cell.records += records;
      } else {
        entry.cells.set(employee, { value, records });
        this.operations += 2;
      }
    }
  }

  private addItem(deltas: TenantDeltas, contribution: Contribution, sign: 1 | -1): void {
    const { board, employee, item, day } = contribution;
    if (item === undefined || isExpired(day, deltas.today)) return;
    const employees = within(deltas.items, board, newMap<string, Map<string, ItemDeltas>>);
    const days = within(within(employees, employee, newMap<string, ItemDeltas>), item, newMap<Day, number>);
    days.set(day, (days.get(day) ?? 0) + sign);
    this.operations += 10;
  }
}

/** What a run of records, or a part of it, changes. */
export class Plan {
  readonly generations: GenerationPlan[];
  readonly feed: FeedWrite[] = [];
  applied = 0;
  stale = 0;
  readonly staleBySource = new StaleCounts();
  private readonly touches = new Map<
    string,
    { boards: Set<string>; references: Set<string>; feed: boolean }
  >();

  /**
   * `written` says for each generation held whether it is written; the first that is written counts
   * for `applied` and `stale`. `visible`: whether readers see the change, so that it touches boards.
   */
  constructor(
    boards: BoardRegistry,
    private readonly written: readonly boolean[],
    private readonly options: { feed: boolean; visible: boolean },
  ) {
    this.generations = written.map(() => new GenerationPlan(boards));
  }

  get operations(): number {
    return this.generations.reduce((sum, { operations }) => sum + operations, 0);
  }

  /** Adds one record: what each generation holds of it, and each generation's effective today. */
  add(run: RecordRun, held: readonly (Held | null)[], todays: readonly Day[]): void {
    const fed = this.enterFeed(run, held);
    const primary = this.written.indexOf(true);
    this.count(run, held[primary] ?? null);
    const { newest } = run;
    this.generations.forEach((generation, index) => {
      if (!this.written[index]) return;
      const old = held[index] ?? null;
      if (index === primary && this.options.visible) this.touch(run, old, newest);
      if (old && newest.version <= old.version) return;
      generation.replace(run, old, newest, fed, todays[index] ?? 0);
    });
  }

  /** What readers see changed. */
  touched(): Touched[] {
    return [...this.touches].map(([tenant, { boards, references, feed }]) => ({
      tenant,
      boards: [...boards],
      references: [...references],
      feed,
    }));
  }

  /**
   * Walks the changes in log order, so that an open deal that is won within one batch is seen.
   * Returns whether the record has ever been in the feed.
   */
  private enterFeed(run: RecordRun, held: readonly (Held | null)[]): boolean {
    let fed = held.some((old) => old?.fed);
    if (!this.options.feed || !run.changes.some(({ feed }) => feed)) return fed;
    let last: { version: string; state: string } | null = null;
    for (const old of held) if (old && (!last || old.version > last.version)) last = old;
    for (const { version, state = '', feed } of run.changes) {
      if (last && version <= last.version) continue;
      if (last && !fed && feed?.from.includes(last.state)) {
        this.feed.push({ tenant: run.tenant, key: `${run.entity}/${run.id}`, item: feed.item });
        this.touchesOf(run.tenant).feed = true;
        fed = true;
      }
      last = { version, state };
    }
    return fed;
  }

  private count(run: RecordRun, held: Held | null): void {
    let version = held?.version ?? '';
    for (const change of run.changes) {
      if (change.version > version) {
        this.applied += 1;
        version = change.version;
      } else {
        this.stale += 1;
        if (change.source !== undefined) this.staleBySource.add(run.tenant, change.source);
      }
    }
  }

  /** A version that is held already is told of again: its first notice may have died with its process. */
  private touch(run: RecordRun, held: Held | null, newest: RecordChange): void {
    if (held && newest.version < held.version) return;
    const counted = [...(held?.contributions ?? []), ...newest.contributions];
    if (counted.length === 0 && newest.reference === undefined) return;
    const touches = this.touchesOf(run.tenant);
    for (const { board } of counted) touches.boards.add(board);
    if (newest.reference !== undefined) touches.references.add(run.entity);
  }

  private touchesOf(tenant: string): { boards: Set<string>; references: Set<string>; feed: boolean } {
    return within(this.touches, tenant, () => ({
      boards: new Set<string>(),
      references: new Set<string>(),
      feed: false,
    }));
  }
}

/** Whether a record is held as a change says, or newer. What is expired by `today` counts on neither side. */
export function isHeldAs(held: Held | null, change: RecordChange, today: Day): boolean {
  if (!held || held.version < change.version) return false;
  if (held.version > change.version) return true;
  const live = (list: readonly Contribution[]): string[] =>
    list
      .filter(({ day }) => !isExpired(day, today))
      .map(({ board, employee, day, value, item }) => JSON.stringify([board, employee, day, value, item]));
  return live(held.contributions).join() === live(change.contributions).join();
}

/** The calendar year of a day, by way of its windows, which are at hand. */
const yearOf = (day: Day): number => Number(windowsOf(day)[4]?.key.slice(1));

/** Whether every window of a day is expired: the year is the last to go. */
function isExpired(day: Day, today: Day): boolean {
  const year = windowsOf(day)[4];
  return year !== undefined && year.expires <= today;
}

/** The first day on which every window of a year's days is expired. */
export function expiryOfYear(year: number): Day {
  return windowsOf(dayFrom(year, 1, 1))[4]?.expires ?? 0;
}

/**
 * The change of the number of distinct items per live window, from the item's counts per day before
 * and after. Windows are keyed by their key.
 */
export function liveWindows(deltas: ItemDeltas, today: Day): Map<string, { window: Window; delta: number }> {
  const windows = new Map<string, { window: Window; delta: number }>();
  for (const [day, delta] of deltas) {
    if (delta === 0) continue;
    for (const window of windowsOf(day)) {
      if (window.expires <= today) continue;
      const entry = windows.get(window.key);
      if (entry) entry.delta += delta;
      else windows.set(window.key, { window, delta });
    }
  }
  return windows;
}

function newMap<K, V>(): Map<K, V> {
  return new Map<K, V>();
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
