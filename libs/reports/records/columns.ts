/** The columns of lists of records: their fields in the order of the event contract, each id with its name. */
import { ENTITIES, type EntityName, type Field, type FieldKind } from '#crm';
import { column, type Column, type ColumnType } from '../columns';
import { ADDED, LABELS, NAMES } from './labels';
import type { AddedValue, Drilled } from './list';

const TYPES: Readonly<Record<FieldKind, ColumnType>> = {
  id: 'id',
  text: 'text',
  url: 'text',
  enum: 'text',
  money: 'money',
  quantity: 'quantity',
  integer: 'count',
  date: 'date',
  instant: 'instant',
  boolean: 'boolean',
  list: 'text',
};

/** The columns of the records behind a number; lists of items have none. */
export function columnsOf(drilled: Drilled): readonly Column[] {
  if ('readLines' in drilled) return drilled.columns;
  const { entity, added } = drilled;
  return [...entityColumnsOf(entity), ...(added ? [addedColumn(added)] : [])];
}

function entityColumnsOf(entity: EntityName): Column[] {
  const fields: Record<string, Field> = ENTITIES[entity];
  return Object.entries(fields)
    .filter(([, { kind }]) => kind !== 'list')
    .flatMap(([name, { kind }]) => [
      column(name, TYPES[kind], ...(LABELS[name] ?? ([name, name] as const))),
      ...(NAMES[name] ?? []).map(([key, zh, en]) => column(key, 'text', zh, en)),
    ]);
}

const addedColumn = ({ key, type }: AddedValue): Column =>
  column(key, type, ...(ADDED[key] ?? ([key, key] as const)));
