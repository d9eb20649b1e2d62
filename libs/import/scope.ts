/** What every part of an expression has in common: values, the names it may use, refusals. */
import type { CheckedYaml, YamlPath } from './problems';
import type { Row, Table } from './table';

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export interface Expression {
  /** @throws Refusal when the row does not give the value. */
  evaluate(row: Row | null): Value;
  /** Columns of the row that it reads. */
  columns: readonly string[];
}

/** What an expression may refer to. */
export interface Scope {
  yaml: CheckedYaml;
  tables: ReadonlyMap<string, Table>;
  /** Values of the mapping, as far as they are known already. */
  values: ReadonlyMap<string, Value>;
  /** The table of the row; null where there is none. */
  table: Table | null;
}

/** A row that cannot become a record. */
export class Refusal extends Error {
  constructor(
    readonly column: string | null,
    reason: string,
  ) {
    super(reason);
  }
}

export const columnsOf = (expressions: readonly Expression[]): string[] => [
  ...new Set(expressions.flatMap((expression) => expression.columns)),
];

/** The number of a column, reported when there is none. */
export function columnNumber(name: unknown, path: YamlPath, scope: Scope): number | null {
  if (!scope.table) {
    scope.yaml.report(path, 'there is no row here: name a file by "from"');
    return null;
  }
  const number = typeof name === 'string' ? scope.table.columns.get(name) : undefined;
  if (number !== undefined) return number;
  const known = [...scope.table.columns.keys()].join(', ');
  scope.yaml.report(path, `${scope.table.path} has no column ${JSON.stringify(name)}; it has ${known}`);
  return null;
}

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A plain value as text. */
export const textOf = (value: Value): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/** The name of a table, reported when the mapping has none of that name. */
export function tableNamed(name: unknown, path: YamlPath, scope: Scope): Table | null {
  const table = typeof name === 'string' ? scope.tables.get(name) : undefined;
  if (table) return table;
  scope.yaml.report(path, `must be one of the files: ${[...scope.tables.keys()].join(', ')}`);
  return null;
}
