/** A plan as the commit script reads it: keys made, deltas flattened, what cancelled out left away. */
import type { Day } from '#calendar';
import type { BoardRegistry } from '../boards';
import { encodeContributions } from '../contribution-codec';
import {
  CELL_LIMIT,
  expiryOfYear,
  liveWindows,
  type GenerationPlan,
  type ItemDeltas,
  type Plan,
  type TenantDeltas,
  type WindowDeltas,
} from '../planner';
import { encodeHead } from '../record';
import { bucketOf, feedKey, generationPrefix } from './keys';
import { pack } from './msgpack';

/** Number of feed items kept per tenant. */
export const FEED_LENGTH = 200;

const SECONDS_PER_DAY = 86_400;

type BoardPayload = {
  cells: string;
  marks: string;
  mark: string;
  /** Seconds until the keys go. */
  ttl: string;
  employees: string[];
};

type CellsPayload = BoardPayload & {
  records: string;
  values: number[];
  /** Deltas of the number of records; false where the value is that number. */
  numbers: number[] | false;
  overflowed: boolean;
};

type DistinctPayload = BoardPayload & {
  /** Followed by the employee: the key of the employee's items. */
  itemsPrefix: string;
  /** Per employee. */
  items: string[][];
  deltas: number[][];
};

/** Arguments of `commit.lua`. */
type ChunkPayload = {
  /** Absent for writes that are not from the log. */
  position?: { partition: string; expected: number; to: number | false };
  repairs: number;
  current: string;
  /** Empty when none is. */
  building: string;
  /** Flat: key, tenant, today. */
  horizons: (string | number)[];
  /** Flat: key, digest, head expected (empty: none), new head. */
  heads: (string | Buffer)[];
  /** Flat: key, digest, contributions, seconds until the key goes. */
  made: (string | Buffer)[];
  /** Flat: key, digest. */
  dropped: (string | Buffer)[];
  boards: CellsPayload[];
  distinct: DistinctPayload[];
  /** Flat: key, id, JSON or false, key of the entities, TENANT:ENTITY. */
  references: (string | false)[];
  /** Flat: key, item. */
  feed: string[];
  feedLength: number;
};

export type ChunkHeader = Pick<ChunkPayload, 'position' | 'repairs'>;

/** The argument of `commit.lua`; `generations` are those the plan was made for, the current one first. */
export function packChunk(
  shard: number,
  generations: readonly number[],
  plan: Plan,
  header: ChunkHeader,
  boards: BoardRegistry,
  now: number,
): Buffer {
  const chunk: ChunkPayload = {
    ...header,
    current: String(generations[0]),
    building: generations[1] === undefined ? '' : String(generations[1]),
    horizons: [],
    heads: [],
    made: [],
    dropped: [],
    boards: [],
    distinct: [],
    references: [],
    feed: [],
    feedLength: FEED_LENGTH,
  };
  plan.generations.forEach((generation, index) => {
    addGeneration(chunk, generationPrefix(shard, generations[index] ?? 0), generation, boards);
  });
  for (const { tenant, key, item } of plan.feed) {
    chunk.feed.push(feedKey(shard, tenant), JSON.stringify({ key, item, at: now }));
  }
  return pack(chunk);
}

function addGeneration(
  chunk: ChunkPayload,
  prefix: string,
  plan: GenerationPlan,
  boards: BoardRegistry,
): void {
  addRecords(chunk, prefix, plan, boards);
  for (const [tenant, deltas] of plan.tenants) {
    chunk.horizons.push(`${prefix}h`, tenant, deltas.today);
    for (const [board, windows] of deltas.windows) {
      const sums = boards.kindOf(board) === 'sum';
      for (const window of windows.values())
        addCells(chunk, prefix, tenant, board, window, deltas.today, sums);
    }
    addDistinct(chunk, prefix, tenant, deltas);
  }
  for (const { tenant, entity, id, json } of plan.references) {
    const name = `${tenant}:${entity}`;
    chunk.references.push(`${prefix}r:${name}`, id, json ?? false, `${prefix}e`, name);
  }
}

function addRecords(chunk: ChunkPayload, prefix: string, plan: GenerationPlan, boards: BoardRegistry): void {
  for (const { run, held, next } of plan.records) {
    const { tenant, digest } = run;
    const bucket = bucketOf(digest);
    chunk.heads.push(
      `${prefix}v:${tenant}:${bucket}`,
      digest,
      held ? encodeHead(held) : '',
      encodeHead(next),
    );
    const keyOf = (year: number): string => `${prefix}c:${tenant}:${year}:${bucket}`;
    if (held && held.year !== 0 && held.year !== next.year) chunk.dropped.push(keyOf(held.year), digest);
    if (next.year === 0) continue;
    const today = plan.tenants.get(tenant)?.today ?? 0;
    const ttl = secondsUntil(expiryOfYear(next.year), today);
    chunk.made.push(keyOf(next.year), digest, encodeContributions(next.contributions, boards), ttl);
  }
}

function addCells(
  chunk: ChunkPayload,
  prefix: string,
  tenant: string,
  board: string,
  { window, cells }: WindowDeltas,
  today: Day,
  sums: boolean,
): void {
  const employees: string[] = [];
  const values: number[] = [];
  const numbers: number[] = [];
  let overflowed = false;
  for (const [employee, { value, records }] of cells) {
    if (value === 0 && records === 0) continue;
    employees.push(employee);
    values.push(value);
    if (sums) numbers.push(records);
    overflowed ||= Math.abs(value) > CELL_LIMIT;
  }
  if (employees.length === 0) return;
  const keys = boardKeys(prefix, tenant, board, window.key, secondsUntil(window.expires, today));
  chunk.boards.push({
    ...keys,
    records: `${prefix}n:${tenant}:${board}:${window.key}`,
    employees,
    values,
    numbers: sums && numbers,
    overflowed,
  });
}

function addDistinct(
  chunk: ChunkPayload,
  prefix: string,
  tenant: string,
  { items, today }: TenantDeltas,
): void {
  for (const [board, employees] of items) {
    const windows = new Map<string, DistinctPayload>();
    for (const [employee, byItem] of employees) {
      for (const [item, days] of byItem) addItem(windows, employee, item, days);
    }
    chunk.distinct.push(...windows.values());

    function addItem(into: typeof windows, employee: string, item: string, days: ItemDeltas): void {
      for (const { window, delta } of liveWindows(days, today).values()) {
        if (delta === 0) continue;
        let payload = into.get(window.key);
        if (!payload) {
          payload = {
            ...boardKeys(prefix, tenant, board, window.key, secondsUntil(window.expires, today)),
            itemsPrefix: `${prefix}i:${tenant}:${board}:${window.key}:`,
            employees: [],
            items: [],
            deltas: [],
          };
          into.set(window.key, payload);
        }
        // One employee's items come one after another.
        if (payload.employees.at(-1) !== employee) {
          payload.employees.push(employee);
          payload.items.push([]);
          payload.deltas.push([]);
        }
        payload.items.at(-1)?.push(item);
        payload.deltas.at(-1)?.push(delta);
      }
    }
  }
}

const boardKeys = (
  prefix: string,
  tenant: string,
  board: string,
  window: string,
  ttl: string,
): Omit<BoardPayload, 'employees'> => ({
  cells: `${prefix}b:${tenant}:${board}:${window}`,
  marks: `${prefix}o:${tenant}`,
  mark: `${board}:${window}`,
  ttl,
});

/** A day more than the calendar says: writing stops first, whatever the zone and the hour. */
const secondsUntil = (expires: Day, today: Day): string => String((expires - today + 1) * SECONDS_PER_DAY);
