/**
 * Rows of the fact tables as RowBinary, straight from a change. What each column takes is decided once, from the
 * entity's declaration; the columns' types are those of the migrations, bit by bit.
 */
import {
  columnName,
  ENTITIES,
  ENTITY_NAMES,
  instantMs,
  subMillisecond,
  tableName,
  type Change,
  type EntityName,
  type Field,
  type FieldKind,
  type Fields,
} from '#crm';
import { dataSlice } from './event-data';
import type { RowWriter } from './row-writer';

/** One change and where the log holds it; `appendedAt` is when the log took it, epoch milliseconds. */
export interface Fact {
  change: Change;
  appendedAt: number;
  partition: number;
  offset: number;
  /** The event as the log holds it, from which its data is taken as it stands. */
  bytes?: Buffer;
}

/** A table's columns, in the order of its rows. */
export interface TableShape {
  table: string;
  columns: readonly string[];
}

type Data = Readonly<Record<string, unknown>>;
/** Writes a value that is there. */
type Put = (out: RowWriter, value: unknown) => void;
/** Writes one column of a record. */
type PutColumn = (out: RowWriter, data: Data) => void;

const MS_PER_DAY = 86_400_000;
const ZERO = 48;
const DOT = 46;
const MINUS = 45;

/** A decimal of at most two places in hundredths: exact, as it has at most 13 digits before them. */
export function hundredths(value: string): number {
  let sum = 0;
  let places = -1;
  const negative = value.charCodeAt(0) === MINUS;
  for (let at = negative ? 1 : 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === DOT) places = 0;
    else {
      sum = sum * 10 + code - ZERO;
      if (places >= 0) places += 1;
    }
  }
  for (let place = Math.max(places, 0); place < 2; place++) sum *= 10;
  return negative ? 0 - sum : sum;
}

/** `YYYY-MM-DD` as days since 1970-01-01. */
const daysOf = (date: string): number =>
  Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / MS_PER_DAY;

/** The shortest instant that says anything below the millisecond is longer. */
const UP_TO_MS = 24;

function putInstant(out: RowWriter, value: string, ms: number): void {
  out.thousands(ms, value.length > UP_TO_MS ? subMillisecond(value) : 0);
}

const putText: Put = (out, value) => out.text(value as string);
const putDecimal: Put = (out, value) => out.int64(hundredths(value as string));

/** A value of each kind. */
const PUT: Record<Exclude<FieldKind, 'list'>, Put> = {
  id: putText,
  text: putText,
  url: putText,
  enum: putText,
  money: putDecimal,
  quantity: putDecimal,
  date: (out, value) => out.int32(daysOf(value as string)),
  instant: (out, value) => putInstant(out, value as string, instantMs(value as string) ?? 0),
  boolean: (out, value) => out.uint8(value === true ? 1 : 0),
  integer: (out, value) => out.int32(value as number),
};

/** What stands in a required column of a deleted record: zero, no text, no item. */
const PUT_NONE: Record<FieldKind, (out: RowWriter) => void> = {
  id: (out) => out.length(0),
  text: (out) => out.length(0),
  url: (out) => out.length(0),
  enum: (out) => out.length(0),
  money: (out) => out.int64(0),
  quantity: (out) => out.int64(0),
  date: (out) => out.int32(0),
  instant: (out) => out.int64(0),
  boolean: (out) => out.uint8(0),
  integer: (out) => out.int32(0),
  list: (out) => out.length(0),
};

const IS_TEXT: ReadonlySet<FieldKind> = new Set(['id', 'text', 'url', 'enum']);

function putOf(kind: FieldKind): Put {
  if (kind === 'list') throw new Error('lists in lists have no column');
  return PUT[kind];
}

interface Column {
  name: string;
  put: PutColumn;
  putNone: (out: RowWriter) => void;
}

function scalarColumn(name: string, { kind, optional }: Field): Column {
  const put = putOf(kind);
  const nullable = optional && !IS_TEXT.has(kind);
  const putNone = nullable ? (out: RowWriter): void => out.uint8(1) : PUT_NONE[kind];
  return {
    name: columnName(name),
    put: (out, data) => {
      const value = data[name];
      if (value === null || value === undefined) return putNone(out);
      // Not null.
      if (nullable) out.uint8(0);
      put(out, value);
    },
    putNone,
  };
}

function valuesColumn(name: string, kind: FieldKind): Column {
  const put = putOf(kind);
  return {
    name: columnName(name),
    put: (out, data) => {
      const values = (data[name] ?? []) as unknown[];
      out.length(values.length);
      for (const value of values) put(out, value);
    },
    putNone: PUT_NONE.list,
  };
}

/** A list of objects: one array column per field of the items. */
function itemColumns(name: string, items: Fields): Column[] {
  return Object.entries(items).map(([member, { kind }]) => {
    const put = putOf(kind);
    return {
      name: `${columnName(name)}.${columnName(member)}`,
      put: (out: RowWriter, data: Data): void => {
        const values = (data[name] ?? []) as Data[];
        out.length(values.length);
        for (const value of values) {
          const held = value[member];
          if (held === null || held === undefined) PUT_NONE[kind](out);
          else put(out, held);
        }
      },
      putNone: PUT_NONE.list,
    };
  });
}

function columnsOf(fields: Fields): Column[] {
  return Object.entries(fields)
    .filter(([name]) => name !== 'id')
    .flatMap(([name, field]) => {
      if (field.kind !== 'list') return [scalarColumn(name, field)];
      return field.items ? itemColumns(name, field.items) : [valuesColumn(name, field.itemKind ?? 'text')];
    });
}

const KEY_COLUMNS = ['tenant', 'id', 'version', 'deleted'];

class EntityRows implements TableShape {
  readonly table: string;
  readonly columns: readonly string[];
  private readonly data: readonly Column[];

  constructor(entity: EntityName) {
    this.data = columnsOf(ENTITIES[entity]);
    this.table = tableName(entity);
    this.columns = [...KEY_COLUMNS, ...this.data.map((column) => column.name)];
  }

  /** Adds the record's row; `data` is null when it was deleted. */
  put(out: RowWriter, change: Change, data: Data | null): void {
    out.begin();
    out.text(change.tenant);
    out.text(change.id);
    out.uint128(change.version);
    out.uint8(data === null ? 1 : 0);
    for (const column of this.data) {
      if (data === null) column.putNone(out);
      else column.put(out, data);
    }
  }
}

/** The current-state table of every entity. */
export const ENTITY_ROWS: ReadonlyMap<string, EntityRows> = new Map(
  ENTITY_NAMES.map((entity) => [entity, new EntityRows(entity)]),
);

/** A version (32 hex digits) as the decimal number that a UInt128 is read from. */
export const versionText = (version: string): string => BigInt(`0x${version}`).toString();

export const CHANGE_EVENTS: TableShape = {
  table: 'change_events',
  columns: [
    ...['tenant', 'entity', 'id', 'version', 'verb', 'deleted', 'event_id', 'source', 'time'],
    ...['data', 'extensions', 'appended_at', 'partition', 'offset'],
  ],
};

/** Attributes of the envelope that have a column of their own, or say the same for every event. */
const OWN_COLUMN = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time', 'tenantid', 'data']);

/** The rest of the envelope when it is what nearly every event has, in its order; null: something else. */
function usualExtensions(event: Change['event']): string | null {
  const { sequence, datacontenttype } = event;
  if (sequence === undefined || datacontenttype !== 'application/json') return null;
  let first = '';
  for (const name in event) {
    if (OWN_COLUMN.has(name)) continue;
    if (name !== 'sequence' && name !== 'datacontenttype') return null;
    if (first === '') first = name;
  }
  // Digits alone, so there is nothing to escape.
  return first === 'sequence'
    ? `{"sequence":"${sequence}","datacontenttype":"application/json"}`
    : `{"datacontenttype":"application/json","sequence":"${sequence}"}`;
}

function extensionsText(event: Change['event']): string {
  const usual = usualExtensions(event);
  if (usual !== null) return usual;
  const rest: Record<string, unknown> = {};
  for (const name in event) if (!OWN_COLUMN.has(name)) rest[name] = event[name];
  return JSON.stringify(rest);
}

function putData(out: RowWriter, { data }: Change['event'], bytes: Buffer | undefined): void {
  if (data === undefined) return out.length(0);
  const slice = bytes ? dataSlice(bytes) : null;
  if (bytes && slice) out.utf8(bytes, slice.start, slice.end);
  else out.text(JSON.stringify(data));
}

/** Adds the row of `change_events`. */
export function putEvent(out: RowWriter, fact: Fact): void {
  const { change, appendedAt, partition, offset, bytes } = fact;
  const { event } = change;
  out.begin();
  out.text(change.tenant);
  out.text(change.entity);
  out.text(change.id);
  out.uint128(change.version);
  out.text(change.verb);
  out.uint8(change.verb === 'deleted' ? 1 : 0);
  out.text(event.id);
  out.text(change.source);
  putInstant(out, event.time, change.time);
  putData(out, event, bytes);
  out.text(extensionsText(event));
  out.int64(appendedAt);
  out.int32(partition);
  out.int64(offset);
}

/** The columns of the entity's own table, and what goes into them; null when this release does not know the entity. */
export function stateRows(change: Change): EntityRows | null {
  return change.kind === 'unknown' ? null : (ENTITY_ROWS.get(change.entity) ?? null);
}

/** Adds the row of the entity's own table. */
export function putState(out: RowWriter, rows: EntityRows, change: Change): void {
  rows.put(out, change, change.kind === 'upsert' ? change.data : null);
}
