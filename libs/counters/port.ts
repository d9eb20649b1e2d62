/**
 * The counters: per board, window and employee a value and the number of counted records, kept
 * exact under corrections, voids, transfers, duplicates and reordering.
 *
 * Two engines implement this port (`redis/` and `embedded/`); both run the same planner (`planner.ts`)
 * and one conformance suite. Per record the store keeps the newest version applied and the
 * contributions it made; a newer version takes exactly those back and makes its own, in one atomic
 * step; an older or equal one changes nothing.
 */
import type { Day, WindowKind } from '#calendar';
import type { StaleCount } from './stale';

/** What one record adds to one board on one day for one employee. */
export interface Contribution {
  /** Board id, e.g. `rank-contract-amount`. */
  board: string;
  employee: string;
  day: Day;
  /** Minor units for money and quantities, else a count. 1 for distinct counts. */
  value: number;
  /** Boards that count distinct things: the thing counted. */
  item?: string;
}

/** A record's newest known state, as the counters see it. */
export interface RecordChange {
  tenant: string;
  entity: string;
  id: string;
  /** 32 hex digits, ordered as strings (`versionOf` in #crm). */
  version: string;
  /** What the state counts for; empty for a deleted, void, pooled or uncounted record. */
  contributions: Contribution[];
  /** Kept with the version for ever; compared on the next change (an opportunity's end state, say): one character or empty. */
  state?: string;
  /** Employees, departments and goals are kept whole, as JSON, for names, trees and targets; null: deleted. Absent: not kept. */
  reference?: string | null;
  /** Who sent it (the event's `source`): under this name it is counted when it turns out to be old. */
  source?: string;
  /** Set when a move into this state may enter the feed: from a held `state` in `from`, once for ever per record. */
  feed?: { from: string[]; item: string };
}

/** A run of changes of one log partition, in log order. */
export interface ApplyBatch {
  partition: number;
  /** Positions: of the first record, and after the last one. */
  from: number;
  to: number;
  changes: RecordChange[];
  /** Today in the given tenant's calendar: windows and contributions expire by it. */
  today: (tenant: string) => Day;
  /** Rebuild and repair: no position is checked or advanced, nothing enters the feed. */
  outOfLog?: boolean;
}

/** Boards whose cells changed, per tenant. */
export interface Touched {
  tenant: string;
  boards: string[];
  /** Entities whose reference records changed. */
  references: string[];
  /** Something entered the feed. */
  feed: boolean;
}

export type ApplyResult =
  | {
      outcome: 'applied';
      applied: number;
      /** Changes not newer than what was held. */
      stale: number;
      /** The same by tenant and {@link RecordChange.source}; without those that name none. */
      staleBySource: StaleCount[];
      touched: Touched[];
    }
  /**
   * The store does not stand where the log says it should: it was flushed (`stored` null) or
   * restored from an older state. Nothing was applied.
   */
  | { outcome: 'lost'; shard: number; stored: number | null };

export interface Cell {
  employee: string;
  /** As {@link Contribution.value}. */
  value: number;
  /** Number of counted records; a cell with 0 is not listed. */
  records: number;
}

export interface Ranked extends Cell {
  /** Competition rank: 1, 2, 2, 4. */
  rank: number;
}

/** Which cells a question is about. */
export interface WindowRef {
  tenant: string;
  board: string;
  /** Window key, e.g. `m202605`. */
  window: string;
}

/** What is asked of a board at once. */
export interface BoardAsk {
  /** Number of first rows. */
  limit: number;
  around?: { employee: string; span: number };
}

export interface BoardRows {
  /** As {@link Counters.top}. */
  rows: Ranked[];
  /** As {@link Counters.around}, when asked for. */
  around?: Ranked[] | null;
}

export interface BoardReading {
  /** Null when the window's cells may not be believed. */
  board: BoardRows | null;
  /** As {@link Counters.statuses}, read before the rows. */
  statuses: Map<string, Record<string, unknown>>;
}

export interface FeedItem {
  key: string;
  /** JSON as given in {@link RecordChange.feed}. */
  item: string;
  /** When it was applied, epoch milliseconds. */
  at: number;
}

/** How a board is counted; declared by #metrics, told to the engine at start. */
export interface BoardSpec {
  id: string;
  /** `sum`: value and records differ; `count`: the value is the number of records; `distinct`: distinct items. */
  kind: 'sum' | 'count' | 'distinct';
}

export interface RebuildState {
  /** Generation being built, or null. */
  building: number | null;
  current: number | null;
  /** Whether the current generation holds everything. */
  complete: boolean;
}

export interface Counters {
  readonly engine: 'redis' | 'embedded';
  /** Number of shards positions are kept for. */
  readonly shards: number;

  /**
   * Rejects with `CountersTooNew` when a newer release has written the store. Absent where the data folder says
   * so for the whole of it.
   */
  checkLayout?(): Promise<void>;

  /**
   * First start of a system or first sight of a partition: writes the position for every shard that
   * has none. `fresh` says that the log is known to begin here, so an empty store is complete.
   */
  initialize(partition: number, position: number, fresh: boolean): Promise<void>;
  /** The lowest position over the shards for a partition; null when any shard has none. */
  position(partition: number): Promise<number | null>;
  /** Moves every shard's position forward to `to`: before the log's offset is committed. */
  advance(partition: number, to: number): Promise<void>;
  apply(batch: ApplyBatch): Promise<ApplyResult>;

  /**
   * Takes back what a record contributes and removes all that is held of it: its entry, its reference
   * and its feed items, in every generation. As if it had never been, so an old event would revive it.
   */
  forget(record: { tenant: string; entity: string; id: string }, today: Day): Promise<void>;

  /** Whether the window's cells may be believed: generation complete, window not overflowed. */
  isLive(ref: WindowRef): Promise<boolean>;
  /**
   * The rows of a board if they may be believed, with what was published under names that begin so: what
   * {@link statuses}, {@link isLive}, {@link top} and {@link around} answer, in as few round trips as there can be.
   */
  board(ref: WindowRef, ask: BoardAsk, statusPrefix: string): Promise<BoardReading>;
  /** Best first, at most `limit` (all without), ranked; ties by employee id. */
  top(ref: WindowRef, limit?: number): Promise<Ranked[]>;
  /** The employee's row with up to `span` rows above and below, or null when not listed. */
  around(ref: WindowRef, employee: string, span: number): Promise<Ranked[] | null>;
  /** Cells of the given employees that are listed, in no particular order. */
  members(ref: WindowRef, employees: string[]): Promise<Cell[]>;
  /** All listed cells, in no particular order. */
  cells(ref: WindowRef): Promise<Cell[]>;

  /**
   * The places in the list of those changes whose records are not held as these say: in an older
   * version or not at all, or in the same one with other contributions.
   */
  mismatches(changes: readonly RecordChange[], today: (tenant: string) => Day): Promise<number[]>;
  /** Every window that holds a cell, in no particular order; some may be expired. */
  listWindows(): Promise<WindowRef[]>;

  /** Reference records of a tenant by entity: id to JSON. */
  references(tenant: string, entity: string): Promise<Map<string, string>>;
  /** The newest feed items, newest first. */
  feed(tenant: string, limit: number): Promise<FeedItem[]>;

  /** Called in every process after an apply anywhere, at once. Returns the way to stop. */
  onTouched(listener: (touched: Touched[]) => void): () => void;

  /** Ephemeral facts that processes publish for each other (positions, lag), by name. */
  publishStatus(name: string, status: Record<string, unknown>): Promise<void>;
  statuses(prefix: string): Promise<Map<string, Record<string, unknown>>>;

  /** The shard that holds a tenant, below {@link shards}: what is rebuilt together. */
  shardOf(tenant: string): number;
  /** Starts generation n+1 of some shards (all without): from now on every apply writes both. Returns n+1. */
  beginRebuild(shards?: readonly number[]): Promise<number>;
  /** Makes the generation being built the current, complete one of these shards and drops the old one. */
  finishRebuild(shards?: readonly number[]): Promise<void>;
  rebuildState(): Promise<RebuildState>;
  /** Drops what has expired (windows go by themselves where the engine can do it). */
  sweep(today: (tenant: string) => Day): Promise<void>;

  /** Writes a consistent copy to a folder, which is made; absent where the servers have their own way. */
  backup?(path: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type { StaleCount, WindowKind };
