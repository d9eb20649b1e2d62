/** The records behind a number: which they are, as SQL. */
import { columnName, ENTITIES, tableName, type EntityName, type Field } from '#crm';
import type { Column } from '../columns';
import type { CellQuery } from '../parameters';
import type { Page } from '../report';
import type { FromOptions, Run } from '../run';
import type { Source } from '../sources';
import { join, NOTHING, raw, sql, type Sql } from '../sql';
import type { RecordRow } from './rows';

/** A number that each record adds to the one explained, where that is no field of the record. */
export interface AddedValue {
  key: string;
  type: 'money' | 'quantity' | 'count';
  expression: Sql;
}

export interface RecordList {
  entity: EntityName;
  /** `FROM … WHERE …` whose columns are the entity's. */
  from: Sql;
  added?: AddedValue;
  /** Counts by the values of a column, under this key of the totals. */
  counted?: { key: string; column: string };
}

/** A page of the records or lines behind a number. */
export interface RecordsPage {
  rows: RecordRow[];
  /** Over all pages: `count`, the sum of amounts where the records have one, and of what each adds. */
  totals: Record<string, number | string | Record<string, number>>;
  page: Page;
}

/** Lines that are no records of one entity, which read their pages themselves. */
export interface LineList {
  /** Columns of the lines, in their order. */
  columns: readonly Column[];
  readLines: (cell: CellQuery) => Promise<RecordsPage>;
}

export type Drilled = RecordList | LineList;

/** The records of a source that belong to a question. */
export const recordsOf = (
  run: Run,
  source: Source,
  options: FromOptions = {},
  added?: AddedValue,
): RecordList => ({ entity: source.entity, from: run.from(source, options), ...(added ? { added } : {}) });

/**
 * Records of an entity by ids that a statement gives; those that are unknown too, with nothing but the id.
 * @param counted what each adds, as an aggregate over the statement's rows of its id.
 */
export function recordsById(
  run: Run,
  entity: EntityName,
  ids: Sql,
  counted?: { key: string; aggregate: Sql },
): RecordList {
  const fields = entityColumns(entity).filter((column) => column !== 'id');
  const key = counted ? quoted(counted.key) : NOTHING;
  return {
    entity,
    from: sql`FROM (
      SELECT wanted.id AS id, ${counted ? sql`wanted.${key} AS ${key},` : NOTHING} ${join(fields.map(quoted), ', ')}
      FROM (SELECT id${counted ? sql`, ${counted.aggregate} AS ${key}` : NOTHING} FROM (${ids}) GROUP BY id) AS wanted
      LEFT JOIN (
        SELECT id, ${join(fields.map(quoted), ', ')} FROM ${raw(tableName(entity))} FINAL
        WHERE tenant = ${run.tenant} AND id IN (SELECT id FROM (${ids}))
      ) AS known ON known.id = wanted.id
    ) WHERE id != ''`,
    ...(counted ? { added: { key: counted.key, type: 'count', expression: key } } : {}),
  };
}

/** The columns of an entity's table that hold its record. */
export function entityColumns(entity: EntityName): string[] {
  const fields: Record<string, Field> = ENTITIES[entity];
  return Object.entries(fields).flatMap(([name, field]) =>
    field.items
      ? Object.keys(field.items).map((item) => `${columnName(name)}.${columnName(item)}`)
      : [columnName(name)],
  );
}

export const quoted = (column: string): Sql => raw(`\`${column}\``);
