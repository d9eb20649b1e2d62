/**
 * A value from another row: `lookup: {file, match, where, order, by, value, optional}`.
 *
 * Of the rows of `file` whose columns equal `match` (column: expression over this row) and that meet
 * `where`, one is taken: the `first` or `last` of the file, or the `earliest` or `latest` by the date
 * `by` (ties: the first of the earliest, the last of the latest; rows without that date are passed
 * over). Its `value`, by default `by`, is the result; `by` and `value` are expressions over that row.
 * When no row is found the record is refused, unless the lookup is `optional`. A `match` that is null
 * looks for nothing and gives null.
 */
import { IsBoolean, IsIn, IsObject, IsOptional, IsString } from 'class-validator';
import { compileConditions } from './conditions';
import type { YamlPath } from './problems';
import {
  columnNumber,
  columnsOf,
  compareTexts,
  Refusal,
  tableNamed,
  textOf,
  type Expression,
  type Scope,
} from './scope';
import type { Row, Table } from './table';

const ORDERS = ['first', 'last', 'earliest', 'latest'] as const;
type Order = (typeof ORDERS)[number];

class LookupSpec {
  @IsString()
  file!: string;

  @IsObject()
  match: Record<string, unknown> = {};

  @IsObject()
  where: Record<string, unknown> = {};

  @IsIn(ORDERS, { message: `must be one of ${ORDERS.join(', ')}` })
  order: Order = 'first';

  @IsOptional()
  by?: unknown;

  @IsOptional()
  value?: unknown;

  @IsBoolean()
  optional = false;
}

type Compile = (node: unknown, path: YamlPath, scope: Scope) => Expression;

interface Found {
  row: Row;
  /** The date it was chosen by. */
  rank: string;
}

export function compileLookup(node: unknown, path: YamlPath, scope: Scope, compile: Compile): Expression {
  const nothing: Expression = { evaluate: () => null, columns: [] };
  const spec = scope.yaml.checked(LookupSpec, node, path);
  const table = spec && tableNamed(spec.file, [...path, 'file'], scope);
  if (!table) return nothing;
  if (spec.value === undefined && spec.by === undefined) {
    scope.yaml.report(path, 'must have "value" or "by"');
    return nothing;
  }
  if ((spec.by === undefined) !== (spec.order === 'first' || spec.order === 'last')) {
    scope.yaml.report(path, '"by" goes with the orders earliest and latest');
    return nothing;
  }
  const inner: Scope = { ...scope, table };
  const match = Object.entries(spec.match);
  const keys = match.map(([, key], i) => compile(key, [...path, 'match', match[i]![0]], scope));
  const value = spec.value === undefined ? null : compile(spec.value, [...path, 'value'], inner);
  const index = indexOf(spec, table, path, inner, compile);
  return {
    evaluate: (row) => {
      const key = keys.map((expression) => expression.evaluate(row));
      if (key.includes(null)) return null;
      const found = index().get(JSON.stringify(key.map(textOf)));
      if (found) return value ? value.evaluate(found.row) : found.rank;
      if (spec.optional) return null;
      const wanted = match.map(([column], i) => `${column} ${JSON.stringify(key[i])}`).join(', ');
      throw new Refusal(
        columnsOf(keys)[0] ?? null,
        `${table.path} has no row with ${wanted || 'what is looked for'}`,
      );
    },
    columns: columnsOf(keys),
  };
}

/** The chosen row per key, built when it is first needed. */
function indexOf(
  spec: LookupSpec,
  table: Table,
  path: YamlPath,
  scope: Scope,
  compile: Compile,
): () => Map<string, Found> {
  const columns = Object.keys(spec.match).map(
    (column) => columnNumber(column, [...path, 'match', column], scope) ?? 0,
  );
  const meets = compileConditions(spec.where, [...path, 'where'], scope);
  const by = spec.by === undefined ? null : compile(spec.by, [...path, 'by'], scope);
  let index: Map<string, Found> | null = null;
  return () => {
    if (index) return index;
    index = new Map();
    for (const row of table.rows) {
      if (!meets(row)) continue;
      const rank = by ? by.evaluate(row) : '';
      if (rank === null) continue;
      const key = JSON.stringify(columns.map((column) => row.cells[column]?.trim() ?? ''));
      const candidate = { row, rank: textOf(rank) };
      const held = index.get(key);
      if (!held || replaces(spec.order, candidate, held)) index.set(key, candidate);
    }
    return index;
  };
}

function replaces(order: Order, candidate: Found, held: Found): boolean {
  if (order === 'first' || order === 'last') return order === 'last';
  const difference = compareTexts(candidate.rank, held.rank);
  return order === 'earliest' ? difference < 0 : difference >= 0;
}
