/**
 * Rows of the fact tables as TabSeparated text, straight from a change. What each column takes is
 * decided once, from the entity's declaration.
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

/** One change and where the log holds it; `appendedAt` is when the log took it, epoch milliseconds. */
export interface Fact {
  change: Change;
  appendedAt: number;
  partition: number;
  offset: number;
}

/** A table's columns, in the order of its rows. */
export interface TableShape {
  table: string;
  columns: readonly string[];
}

type Data = Readonly<Record<string, unknown>>;
/** The text of one column of a record, preceded by a tab. */
type ColumnText = (data: Data) => string;

const NULL = '\\N';
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', "'": "\\'" };

const plain = (value: string): string =>
  /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c] ?? c) : value;

const quoted = (value: string): string => `'${value.replace(/[\\\t\n\r']/g, (c) => ESCAPES[c] ?? c)}'`;

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,6})?Z$/;

/** An RFC 3339 instant as `YYYY-MM-DD hh:mm:ss[.ffffff]` in UTC. */
export function instantText(value: string): string {
  if (ISO_UTC.test(value)) return `${value.slice(0, 10)} ${value.slice(11, -1)}`;
  const iso = new Date(instantMs(value) ?? 0).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(subMillisecond(value)).padStart(3, '0')}`;
}

/** Epoch milliseconds as text; the records of a batch mostly share theirs. */
const millisText = (() => {
  let last = 0;
  let text = '1970-01-01 00:00:00.000';
  return (ms: number): string => {
    if (ms !== last) {
      const iso = new Date(ms).toISOString();
      last = ms;
      text = `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
    }
    return text;
  };
})();

/** JSON escapes tabs and line ends itself. */
function jsonText(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes('\\') ? json.replaceAll('\\', '\\\\') : json;
}

/** The text of a value of each kind, alone in its column. */
const TEXT_OF: Record<Exclude<FieldKind, 'list'>, (value: unknown) => string> = {
  id: (value) => plain(value as string),
  text: (value) => plain(value as string),
  url: (value) => plain(value as string),
  enum: (value) => value as string,
  money: (value) => value as string,
  quantity: (value) => value as string,
  date: (value) => value as string,
  instant: (value) => instantText(value as string),
  boolean: (value) => (value === true ? 'true' : 'false'),
  integer: (value) => String(value),
};

/** What stands in a required column of a deleted record. */
const EMPTY: Record<FieldKind, string> = {
  id: '',
  text: '',
  url: '',
  enum: '',
  money: '0',
  quantity: '0',
  date: '1970-01-01',
  instant: '1970-01-01 00:00:00',
  boolean: 'false',
  integer: '0',
  list: '[]',
};

const IS_TEXT: ReadonlySet<FieldKind> = new Set(['id', 'text', 'url', 'enum']);
const IS_QUOTED: ReadonlySet<FieldKind> = new Set([...IS_TEXT, 'date', 'instant']);

const emptyOf = (field: Field): string =>
  field.optional && !IS_TEXT.has(field.kind) && field.kind !== 'list' ? NULL : EMPTY[field.kind];

/** The text of one item of an array. */
function itemText(kind: FieldKind): (value: unknown) => string {
  if (kind === 'list') throw new Error('lists in lists have no column');
  const text = TEXT_OF[kind];
  if (IS_TEXT.has(kind)) return (value) => quoted(value as string);
  return IS_QUOTED.has(kind) ? (value) => `'${text(value)}'` : text;
}

interface Column {
  name: string;
  text: ColumnText;
  empty: string;
}

function scalarColumn(name: string, field: Field): Column {
  const empty = `\t${emptyOf(field)}`;
  const text = TEXT_OF[field.kind as Exclude<FieldKind, 'list'>];
  return {
    name: columnName(name),
    text: (data) => {
      const value = data[name];
      return value === null || value === undefined ? empty : `\t${text(value)}`;
    },
    empty,
  };
}

function valuesColumn(name: string, kind: FieldKind): Column {
  const text = itemText(kind);
  const write = (data: Data): string => `\t[${((data[name] ?? []) as unknown[]).map(text).join(',')}]`;
  return { name: columnName(name), text: write, empty: '\t[]' };
}

/** A list of objects: one array column per field of the items. */
function itemColumns(name: string, items: Fields): Column[] {
  return Object.entries(items).map(([member, field]) => {
    const text = itemText(field.kind);
    const empty = IS_QUOTED.has(field.kind) ? `'${EMPTY[field.kind]}'` : EMPTY[field.kind];
    const item = (value: Data): string => {
      const held = value[member];
      return held === null || held === undefined ? empty : text(held);
    };
    return {
      name: `${columnName(name)}.${columnName(member)}`,
      text: (data: Data): string => `\t[${((data[name] ?? []) as Data[]).map(item).join(',')}]`,
      empty: '\t[]',
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
  private readonly texts: readonly ColumnText[];
  private readonly gone: string;

  constructor(entity: EntityName) {
    const columns = columnsOf(ENTITIES[entity]);
    this.table = tableName(entity);
    this.columns = [...KEY_COLUMNS, ...columns.map((column) => column.name)];
    this.texts = columns.map((column) => column.text);
    this.gone = columns.map((column) => column.empty).join('');
  }

  /** The record's row; `data` is null when it was deleted. */
  row(change: Change, version: string, data: Data | null): string {
    let row = `${change.tenant}\t${plain(change.id)}\t${version}\t`;
    if (data === null) return `${row}1${this.gone}\n`;
    row += '0';
    for (const text of this.texts) row += text(data);
    return `${row}\n`;
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
  return jsonText(rest);
}

/** The row of `change_events`. */
export function eventRow(fact: Fact, version: string): string {
  const { change, appendedAt, partition, offset } = fact;
  const { event } = change;
  const data = event.data === undefined ? '' : jsonText(event.data);
  const key = `${change.tenant}\t${change.entity}\t${plain(change.id)}\t${version}`;
  const envelope = `${change.verb}\t${change.verb === 'deleted' ? 1 : 0}\t${plain(event.id)}\t${plain(change.source)}`;
  const when = instantText(event.time);
  const place = `${millisText(appendedAt)}\t${partition}\t${offset}`;
  return `${key}\t${envelope}\t${when}\t${data}\t${extensionsText(event)}\t${place}\n`;
}

/** The row of the entity's own table; null when this release does not know the entity. */
export function stateRow(change: Change, version: string): { shape: TableShape; row: string } | null {
  const rows = ENTITY_ROWS.get(change.entity);
  if (!rows || change.kind === 'unknown') return null;
  return { shape: rows, row: rows.row(change, version, change.kind === 'upsert' ? change.data : null) };
}
