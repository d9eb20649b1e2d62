/**
 * Long lists in stretches between two places of their order, each read by a statement of its own, so that
 * none is held open while a reader is slow and none skips what it does not give. Records that nobody changes
 * meanwhile are in exactly one stretch.
 */
import type { DateColumn } from './sources';
import type { Run } from './run';
import { date, integer, NOTHING, raw, sql, text, type Sql } from './sql';

/** Newest first, undated last, then by id descending; without a date by id alone. */
export type ListOrder = DateColumn | undefined;

/** A record's place in the order: its date as the warehouse gives it, and its id. */
export interface Place {
  at: string | null;
  id: string;
}

/** How many records of a file are read at a time. */
export const FILE_PAGE = 10_000;

export const orderBy = (order: ListOrder): Sql =>
  sql`ORDER BY ${order === undefined ? NOTHING : raw(`${order.column} DESC NULLS LAST,`)} id DESC`;

/** Condition that a record comes after a place. */
export function isAfter(order: ListOrder, { at, id }: Place): Sql {
  const lowerId = sql`id < ${text(id)}`;
  if (order === undefined) return lowerId;
  const column = raw(order.column);
  if (at === null) return sql`(isNull(${column}) AND ${lowerId})`;
  const value = order.kind === 'date' ? date(at) : sql`toDateTime64(${text(at)}, 6, 'UTC')`;
  return sql`(${column} < ${value} OR (${column} = ${value} AND ${lowerId}) OR isNull(${column}))`;
}

/** A stretch of a list: after one place, up to another; null is no limit. */
export interface Stretch {
  after: Place | null;
  last: Place | null;
}

/** Condition that a record lies in a stretch. */
export function isWithin(order: ListOrder, { after, last }: Stretch): Sql {
  const start = after === null ? raw('1') : isAfter(order, after);
  return last === null ? start : sql`${start} AND NOT ${isAfter(order, last)}`;
}

/** Cuts a list into stretches of {@link FILE_PAGE}; only the last one is shorter, or empty. */
export async function stretches(run: Run, order: ListOrder, from: Sql): Promise<Stretch[]> {
  const at = order === undefined ? raw('NULL') : raw(order.column);
  const ends = await run.rows<Place>(sql`
    SELECT at, id FROM (
      SELECT toString(${at}) AS at, id, row_number() OVER (${orderBy(order)}) AS nth ${from}
    ) WHERE nth % ${integer(FILE_PAGE)} = 0 ORDER BY nth`);
  return [...ends, null].map((last, index) => ({ after: ends[index - 1] ?? null, last }));
}
