/**
 * Long lists page after page, each page from where the one before ended, so that no statement is held
 * open while a reader is slow and no page costs more than the first.
 */
import type { DateColumn } from './sources';
import { date, NOTHING, raw, sql, text, type Sql } from './sql';

/** Newest first, undated last, then by id descending; without a date by id alone. */
export type ListOrder = DateColumn | undefined;

/** A record's place in the order: its date as the warehouse gives it, and its id. */
export interface Place {
  at: string | null;
  id: string;
}

/** How many records a page of a file has. */
export const FILE_PAGE = 20_000;

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

/** All pages of a list; `read` reads the page after a place (null: the first). */
export async function* pages<T>(
  read: (after: Place | null) => Promise<readonly T[]>,
  placeOf: (row: T) => Place,
): AsyncGenerator<readonly T[]> {
  let after: Place | null = null;
  for (;;) {
    const page: readonly T[] = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < FILE_PAGE) return;
    after = placeOf(last);
  }
}
