/**
 * The SQL pieces of a metric, from the same declaration as its live counters.
 *
 * The current-state tables hold '' where a field is null; all values come as query parameters,
 * and everything spliced here stands in a declaration of ours.
 */
import { columnName, keyColumn, tableName } from '#crm';
import { type BoardMetric } from './boards';

export interface MetricSql {
  table: string;
  /** FROM and ARRAY JOIN, reading the newest versions by FINAL. */
  from: string;
  /** ARRAY JOIN over the items that are counted; '' for boards that count records. */
  arrayJoin: string;
  /** Conditions under which a record counts, without tenant, period and scope. */
  where: string[];
  /** Column of the employee credited; '' is nobody. */
  credit: string;
  /** What dates the record, and whether it is a date or an instant. */
  date: { expression: string; kind: 'date' | 'instant' };
  /** Aggregate over the counted rows. */
  value: string;
}

export function metricSql(board: BoardMetric): MetricSql {
  const { measure } = board;
  const credit = columnName(board.credit);
  const where = board.where.map(
    ({ field, in: values }) => `${columnName(field)} IN (${values.map((value) => `'${value}'`).join(', ')})`,
  );
  where.push(`${credit} != ''`);
  const dateColumn = columnName(board.date.field);
  const table = tableName(board.entity);
  const base = {
    table,
    from: `${table} FINAL`,
    arrayJoin: '',
    credit,
    where,
    date: { expression: dateColumn, kind: board.date.kind },
  };
  switch (measure.kind) {
    case 'count':
      return { ...base, value: 'count()' };
    case 'sum':
      return { ...base, value: `sum(${columnName(measure.field)})` };
    case 'distinct': {
      const column = keyColumn(measure.field);
      return { ...base, where: [...where, `${column} != 0`], value: `uniqExact(${column})` };
    }
    case 'sum-items': {
      const column = `${columnName(measure.items)}.${columnName(measure.field)}`;
      return { ...base, where: [...where, `notEmpty(${column})`], value: `sum(arraySum(${column}))` };
    }
    case 'count-items': {
      const column = `${columnName(measure.items)}.${dateColumn}`;
      const date = { expression: 'item_date', kind: board.date.kind };
      const arrayJoin = `ARRAY JOIN ${column} AS item_date`;
      return { ...base, from: `${base.from} ${arrayJoin}`, arrayJoin, date, value: 'count()' };
    }
  }
}
