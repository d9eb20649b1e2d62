/** Reads a page of the records behind a number, with their count and sums. */
import { ENTITIES, type EntityName } from '#crm';
import { decimal, minor } from '../amounts';
import type { CellQuery } from '../parameters';
import { pageOf } from '../paging';
import type { Run } from '../run';
import { integer, join, NOTHING, raw, sql, text, type Sql } from '../sql';
import { entityColumns, quoted, type AddedValue, type RecordList, type RecordsPage } from './list';
import { recordOf, withNames, type StoredRow } from './rows';

/** What records are ordered by, newest first. */
const DATES: Partial<Record<EntityName, string>> = {
  customer: 'created_at',
  contact: 'created_at',
  opportunity: 'created_at',
  contract: 'order_date',
  receivable: 'return_date',
  'receivable-plan': 'planned_date',
  invoice: 'issue_date',
  activity: 'created_at',
  'pool-move': 'moved_at',
  'return-visit': 'visited_at',
};

export async function readRecords(
  run: Run,
  { entity, from, added, counted }: RecordList,
  cell: CellQuery,
): Promise<RecordsPage> {
  const { limit, offset } = pageOf(cell, 0);
  const searched = sql`${from} ${search(cell.search)}`;
  const order = DATES[entity];
  const columns = entityColumns(entity).map(quoted);
  if (added) columns.push(sql`${added.expression} AS ${quoted(added.key)}`);
  const [totals, counts, stored] = await Promise.all([
    readTotals(run, entity, searched, added),
    counted ? countBy(run, counted.column, searched) : null,
    run.rows<StoredRow>(sql`
      SELECT ${join(columns, ', ')} ${searched}
      ORDER BY ${order === undefined ? NOTHING : raw(`${order} DESC NULLS LAST,`)} id DESC
      LIMIT ${integer(limit)} OFFSET ${integer(offset)}`),
  ]);
  const rows = stored.map((row) => ({
    ...recordOf(entity, row),
    ...(added ? { [added.key]: row[added.key] } : {}),
  }));
  return {
    rows: await withNames(run, rows),
    totals: { ...totals, ...(counted && counts ? { [counted.key]: counts } : {}) },
    page: pageOf(cell, Number(totals['count'])),
  };
}

async function countBy(run: Run, column: string, from: Sql): Promise<Record<string, number>> {
  const rows = await run.rows<{ value: string; count: number }>(
    sql`SELECT ${raw(column)} AS value, count() AS count ${from} GROUP BY value ORDER BY value`,
  );
  return Object.fromEntries(rows.map(({ value, count }) => [value, count]));
}

async function readTotals(
  run: Run,
  entity: EntityName,
  from: Sql,
  added: AddedValue | undefined,
): Promise<Record<string, number | string>> {
  const sums = 'amount' in ENTITIES[entity] ? [sql`sum(amount) AS amount`] : [];
  if (added) sums.push(sql`sum(${added.expression}) AS ${quoted(added.key)}`);
  const [row] = await run.rows<Record<string, number | string>>(
    sql`SELECT ${join([sql`count() AS count`, ...sums], ', ')} ${from}`,
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
function search(wanted: string | undefined): Sql {
  if (wanted === undefined) return NOTHING;
  const contains = (column: string): Sql =>
    sql`positionCaseInsensitiveUTF8(${raw(column)}, ${text(wanted)}) > 0`;
  return sql`AND (${join(['name', 'mobile', 'phone'].map(contains), ' OR ')})`;
}
