/** Reads a page of the records behind a number, with their count and sums. */
import { ENTITIES, type EntityName } from '#crm';
import { decimal, minor } from '../amounts';
import type { CellQuery } from '../parameters';
import { pageOf } from '../paging';
import type { Run } from '../run';
import { isWithin, orderBy, stretches } from '../keyset';
import type { DateColumn } from '../sources';
import { integer, join, NOTHING, raw, sql, text, type Sql } from '../sql';
import { entityColumns, quoted, type AddedValue, type RecordList, type RecordsPage } from './list';
import { recordOf, withNames, type RecordRow, type StoredRow } from './rows';

const at = (column: string): DateColumn => ({ column, kind: 'instant' });
const on = (column: string): DateColumn => ({ column, kind: 'date' });

/** What records are ordered by, newest first. */
const DATES: Partial<Record<EntityName, DateColumn>> = {
  customer: at('created_at'),
  contact: at('created_at'),
  opportunity: at('created_at'),
  contract: on('order_date'),
  receivable: on('return_date'),
  'receivable-plan': on('planned_date'),
  invoice: on('issue_date'),
  activity: at('created_at'),
  'pool-move': at('moved_at'),
  'return-visit': at('visited_at'),
};

export async function readRecords(run: Run, list: RecordList, cell: CellQuery): Promise<RecordsPage> {
  const { limit, offset } = pageOf(cell, 0);
  const columns = entityColumns(list.entity);
  const [totals, rows] = await Promise.all([
    readTotals(run, list, cell),
    select(run, list, cell, columns, sql`LIMIT ${integer(limit)} OFFSET ${integer(offset)}`),
  ]);
  return {
    rows: await withNames(run, recordsOf(list, rows)),
    totals,
    page: pageOf(cell, Number(totals['count'])),
  };
}

/** All records in the order of {@link readRecords}, page after page; their lists of items are not read. */
export async function* readAllRecords(
  run: Run,
  list: RecordList,
  cell: CellQuery,
): AsyncGenerator<RecordRow[]> {
  const order = DATES[list.entity];
  const columns = entityColumns(list.entity).filter((column) => !column.includes('.'));
  const all = sql`${list.from} ${searched(cell.search)}`;
  for (const stretch of await stretches(run, order, all)) {
    const page = sql`${all} AND ${isWithin(order, stretch)}`;
    const rows = await select(run, { ...list, from: page }, {}, columns, NOTHING);
    yield await withNames(run, recordsOf(list, rows), page);
  }
}

const select = (
  run: Run,
  { entity, from, added }: RecordList,
  { search }: CellQuery,
  columns: readonly string[],
  limit: Sql,
): Promise<StoredRow[]> => {
  const selected = columns.map(quoted);
  if (added) selected.push(sql`${added.expression} AS ${quoted(added.key)}`);
  return run.rows<StoredRow>(sql`
    SELECT ${join(selected, ', ')} ${from} ${searched(search)} ${orderBy(DATES[entity])} ${limit}`);
};

const recordsOf = ({ entity, added }: RecordList, rows: readonly StoredRow[]): RecordRow[] =>
  rows.map((row) => ({
    ...recordOf(entity, row),
    ...(added ? { [added.key]: row[added.key] } : {}),
  }));

/** Count, sums and counts by value over all records of a list. */
export async function readTotals(
  run: Run,
  { entity, from, added, counted }: RecordList,
  { search }: CellQuery,
): Promise<RecordsPage['totals']> {
  const all = sql`${from} ${searched(search)}`;
  const [totals, counts] = await Promise.all([
    sums(run, entity, all, added),
    counted ? countBy(run, counted.column, all) : null,
  ]);
  return { ...totals, ...(counted && counts ? { [counted.key]: counts } : {}) };
}

async function countBy(run: Run, column: string, from: Sql): Promise<Record<string, number>> {
  const rows = await run.rows<{ value: string; count: number }>(
    sql`SELECT ${raw(column)} AS value, count() AS count ${from} GROUP BY value ORDER BY value`,
  );
  return Object.fromEntries(rows.map(({ value, count }) => [value, count]));
}

async function sums(
  run: Run,
  entity: EntityName,
  from: Sql,
  added: AddedValue | undefined,
): Promise<Record<string, number | string>> {
  const aggregates = [sql`count() AS count`];
  if ('amount' in ENTITIES[entity]) aggregates.push(sql`sum(amount) AS amount`);
  if (added) aggregates.push(sql`sum(${added.expression}) AS ${quoted(added.key)}`);
  const [row] = await run.rows<Record<string, number | string>>(
    sql`SELECT ${join(aggregates, ', ')} ${from}`,
  );
  return Object.fromEntries(
    Object.entries(row ?? { count: 0 }).map(([key, value]) => [
      key,
      key === 'amount' || (key === added?.key && added.type !== 'count')
        ? decimal(minor(String(value)))
        : Number(value),
    ]),
  );
}

/** Part of a customer's name, mobile or phone, in any case. */
function searched(wanted: string | undefined): Sql {
  if (wanted === undefined) return NOTHING;
  const contains = (column: string): Sql =>
    sql`positionCaseInsensitiveUTF8(${raw(column)}, ${text(wanted)}) > 0`;
  return sql`AND (${join(['name', 'mobile', 'phone'].map(contains), ' OR ')})`;
}
