/** A mapping applied to a folder of CSV files: change events, row by row. */
import { checkEvent, ENTITIES, type CloudEvent, type EntityName, type Field } from '#crm';
import type { Zone } from '#calendar';
import { compileConditions } from './conditions';
import { convert, instantOf, type DateSettings } from './convert';
import { compileExpression } from './expression';
import type { EntitySpec, Mapping } from './mapping';
import type { YamlPath } from './problems';
import { columnNumber, Refusal, tableNamed, textOf, type Expression, type Scope, type Value } from './scope';
import { readTable, type Row, type Table } from './table';

/** A row (or a whole record, or an event the server did not take) that is left out. */
export interface Refused {
  /** Null for a row that is no row of a table. */
  entity: EntityName | null;
  /** Null for a record that comes from no row. */
  file: string | null;
  line: number | null;
  column: string | null;
  reason: string;
}

/** An event and where it comes from. */
export interface ImportedEvent {
  entity: EntityName;
  event: CloudEvent;
  file: string | null;
  line: number | null;
  /** Columns behind a field of the record, for problems that name the field. */
  columnsOf: (field: string) => readonly string[];
}

export type Outcome = { ok: true; imported: ImportedEvent } | { ok: false; refused: Refused };

export interface ImportSettings {
  /** Zone in which a date becomes an instant. */
  zone: Zone;
  /** Moves every date by so many days (default 0). */
  moveDays?: number;
}

interface CompiledEntity {
  spec: EntitySpec;
  table: Table | null;
  rows: readonly (Row | null)[];
  id: Expression;
  time: Expression;
  fields: [name: string, field: Field, value: Expression][];
}

export class Importer {
  /** The mapping's `values`, computed; dates as the files have them, not moved. */
  readonly values: ReadonlyMap<string, Value>;
  private readonly tables: ReadonlyMap<string, Table>;
  private readonly entities: CompiledEntity[];

  /** @throws MappingError when a file cannot be read or the mapping does not fit the files. */
  constructor(
    private readonly mapping: Mapping,
    folder: string,
  ) {
    this.tables = readTables(mapping, folder);
    const scope: Scope = { yaml: mapping.yaml, tables: this.tables, values: new Map(), table: null };
    this.values = computeValues(mapping, scope);
    const known = { ...scope, values: this.values };
    this.entities = mapping.entities.map((spec, i) => compileEntity(spec, ['entities', i], known));
    mapping.yaml.throwIfWrong();
  }

  /** How many records there will be, refused ones included. */
  get size(): number {
    const bad = [...this.tables.values()].reduce((sum, table) => sum + table.bad.length, 0);
    return this.entities.reduce((sum, { rows }) => sum + rows.length, bad);
  }

  /** Every record in the mapping's order; the same files and settings give the same events. */
  *outcomes({ zone, moveDays = 0 }: ImportSettings): Generator<Outcome> {
    const dates = { zone, moveDays, timeOfDay: this.mapping.timeOfDay };
    for (const { path: file, bad } of this.tables.values()) {
      for (const { line, reason } of bad) {
        yield { ok: false, refused: { entity: null, file, line, column: null, reason } };
      }
    }
    const places = new Map<string, string>();
    for (const entity of this.entities) {
      for (const row of entity.rows) yield this.outcome(entity, row, places, dates);
    }
  }

  private outcome(
    entity: CompiledEntity,
    row: Row | null,
    places: Map<string, string>,
    dates: DateSettings,
  ): Outcome {
    const line = row?.line ?? null;
    try {
      const event = this.eventOf(entity, row, dates);
      const record = `${entity.spec.entity} ${event.subject}`;
      const place = places.get(record);
      if (place !== undefined) {
        return refusal(entity, line, entity.id.columns[0], `${place} already makes the ${record}`);
      }
      places.set(record, line === null ? 'the mapping' : `${entity.table?.path}:${line}`);
      const columnsOf = (name: string): readonly string[] =>
        name === 'id'
          ? entity.id.columns
          : (entity.fields.find(([field]) => field === name)?.[2].columns ?? []);
      const file = entity.table?.path ?? null;
      const imported = { entity: entity.spec.entity, event, file, line, columnsOf };
      const checked = checkEvent(event, { tenant: 'import', now: Date.now() });
      return checked.ok
        ? { ok: true, imported }
        : { ok: false, refused: refusedBy(imported, checked.problems) };
    } catch (error) {
      if (error instanceof Refusal) return refusal(entity, line, error.column, error.message);
      throw error;
    }
  }

  private eventOf(
    { spec, id, time, fields }: CompiledEntity,
    row: Row | null,
    dates: DateSettings,
  ): CloudEvent {
    const recordId = evaluate(id, row, (value) => (value === null ? fail('gives no id') : textOf(value)));
    const at = evaluate(time, row, (value) =>
      value === null ? fail('gives no time') : instantOf(textOf(value), dates),
    );
    const data: Record<string, Value> = { id: recordId };
    for (const [name, field, expression] of fields) {
      data[name] = evaluate(expression, row, (value) => convert(value, field, dates));
    }
    const stamp = this.timestamp(at);
    return {
      specversion: '1.0',
      // One id per version of a record: sent again, it is the same event.
      id: `${spec.entity}/${recordId}@${stamp}`,
      source: this.mapping.source,
      type: `crm.${spec.entity}.${spec.verb}`,
      subject: recordId,
      time: stamp,
      datacontenttype: 'application/json',
      data,
    };
  }

  /** Without a `sequence` the time is the version, so what happens later in the CRM outranks the import. */
  private timestamp(ms: number): string {
    const { revision } = this.mapping;
    const iso = new Date(ms).toISOString();
    return revision === 0 ? iso : `${iso.slice(0, -1)}${String(revision).padStart(3, '0')}Z`;
  }
}

/** What a check of the event found, told by the row's columns. */
export function refusedBy(
  { entity, file, line, columnsOf }: ImportedEvent,
  problems: readonly { pointer: string; detail: string }[],
): Refused {
  const field = problems.map(({ pointer }) => /^\/data\/([^/]+)/.exec(pointer)?.[1]).find((name) => name);
  const column = (field === undefined ? undefined : columnsOf(field)[0]) ?? null;
  const reason = problems
    .map(({ pointer, detail }) => `${pointer.replace(/^\/data\//, '')} ${detail}`)
    .join('; ');
  return { entity, file, line, column, reason };
}

function refusal(
  entity: CompiledEntity,
  line: number | null,
  column: string | null | undefined,
  reason: string,
): Outcome {
  const file = entity.table?.path ?? null;
  return { ok: false, refused: { entity: entity.spec.entity, file, line, column: column ?? null, reason } };
}

const fail = (reason: string): never => {
  throw new Refusal(null, reason);
};

/** A refusal that names no column is one of the expression's. */
function evaluate<T>(expression: Expression, row: Row | null, use: (value: Value) => T): T {
  try {
    return use(expression.evaluate(row));
  } catch (error) {
    if (error instanceof Refusal && error.column === null) {
      throw new Refusal(expression.columns[0] ?? null, error.message);
    }
    throw error;
  }
}

function readTables({ files, yaml }: Mapping, folder: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  for (const [name, spec] of files) {
    try {
      tables.set(name, readTable(folder, spec));
    } catch (error) {
      yaml.report(['files', name], `${spec.path}: ${(error as Error).message}`);
    }
  }
  yaml.throwIfWrong();
  return tables;
}

function computeValues({ values, yaml }: Mapping, scope: Scope): Map<string, Value> {
  const known = new Map<string, Value>();
  for (const [name, node] of Object.entries(values)) {
    const path = ['values', name];
    const expression = compileExpression(node, path, { ...scope, values: known });
    yaml.throwIfWrong();
    try {
      known.set(name, expression.evaluate(null));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yaml.report(path, error.message);
      yaml.throwIfWrong();
    }
  }
  return known;
}

function compileEntity(spec: EntitySpec, path: YamlPath, scope: Scope): CompiledEntity {
  const table = spec.from === undefined ? null : tableNamed(spec.from, [...path, 'from'], scope);
  const inner: Scope = { ...scope, table };
  const declared: Record<string, Field> = ENTITIES[spec.entity];
  const fields: CompiledEntity['fields'] = [];
  for (const [name, node] of Object.entries(spec.fields)) {
    const at = [...path, 'fields', name];
    const field = declared[name];
    if (!field || name === 'id') {
      const known = Object.keys(declared).filter((other) => other !== 'id');
      scope.yaml.report(at, `${spec.entity} has no such field to set; it has ${known.join(', ')}`);
    } else fields.push([name, field, compileExpression(node, at, inner)]);
  }
  for (const [name, field] of Object.entries(declared)) {
    if (!field.optional && name !== 'id' && !(name in spec.fields)) {
      scope.yaml.report([...path, 'fields'], `${name} is missing`);
    }
  }
  return {
    spec,
    table,
    rows: rowsOf(spec, table, path, inner),
    id: compileExpression(spec.id, [...path, 'id'], inner),
    time: compileExpression(spec.time, [...path, 'time'], inner),
    fields,
  };
}

/** The rows that become records; one that is none where the entity names no file. */
function rowsOf(spec: EntitySpec, table: Table | null, path: YamlPath, scope: Scope): (Row | null)[] {
  if (!table) {
    if (spec.from === undefined && (spec.where ?? spec.distinct) !== undefined) {
      scope.yaml.report(path, '"where" and "distinct" need "from"');
    }
    return [null];
  }
  const meets = compileConditions(spec.where ?? {}, [...path, 'where'], scope);
  const chosen = table.rows.filter(meets);
  if (spec.distinct === undefined) return chosen;
  const number = columnNumber(spec.distinct, [...path, 'distinct'], scope) ?? 0;
  const first = new Map<string, Row>();
  for (const row of chosen) {
    const value = row.cells[number]?.trim() ?? '';
    if (value !== '' && !first.has(value)) first.set(value, row);
  }
  return [...first.values()];
}
