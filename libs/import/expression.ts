/**
 * Expressions: how a mapping says where a value comes from. A plain value stands for itself, a list
 * for a list; a mapping has exactly one of these operators:
 *
 * - `column: name` - the row's value, null when empty
 * - `template: "{column} of {other}"` - text with columns put in; null when one of them is empty
 * - `slug: X` - an id made of X: lower case, words joined by hyphens
 * - `hash: X` - an id made of X: 16 hex digits
 * - `map: {from: X, values: {a: b}, otherwise: Y}` - a value for each value; others are refused unless `otherwise`
 * - `first: [X, Y]` - the first that is not null; `earliest` and `latest` - of dates
 * - `if: {where: {column: condition}, then: X, else: Y}`, or `given: X` (not null) instead of `where`
 * - `date: {from: X, format: DD/MM/YYYY}` - a date written differently
 * - `value: name` - one of the mapping's `values`
 * - `object: {field: X}` - an item of a list
 * - `lookup: {...}` - a value of another row, see `lookup.ts`
 */
import { createHash } from 'node:crypto';
import { IsDefined, IsObject, IsOptional, Matches } from 'class-validator';
import { compileConditions } from './conditions';
import { compileLookup } from './lookup';
import type { YamlPath } from './problems';
import {
  columnNumber,
  columnsOf,
  compareTexts,
  Refusal,
  textOf,
  type Expression,
  type Scope,
  type Value,
} from './scope';
import type { Row } from './table';

const NOTHING: Expression = { evaluate: () => null, columns: [] };
const OPERATORS: Record<string, (operand: unknown, path: YamlPath, scope: Scope) => Expression> = {
  column: compileColumn,
  template: compileTemplate,
  slug: (operand, path, scope) => derived(operand, path, scope, slugOf),
  hash: (operand, path, scope) => derived(operand, path, scope, hashOf),
  map: compileMap,
  first: (operand, path, scope) => choice(operand, path, scope, (values) => values[0]!),
  earliest: (operand, path, scope) => choice(operand, path, scope, (values) => extreme(values, -1)),
  latest: (operand, path, scope) => choice(operand, path, scope, (values) => extreme(values, 1)),
  if: compileIf,
  date: compileDate,
  value: compileValue,
  object: compileObject,
  lookup: (operand, path, scope) => compileLookup(operand, path, scope, compileExpression),
};

/** Compiles an expression; what is wrong is reported to the mapping's file. */
export function compileExpression(node: unknown, path: YamlPath, scope: Scope): Expression {
  if (Array.isArray(node)) {
    const items = node.map((item, i) => compileExpression(item, [...path, i], scope));
    return { evaluate: (row) => items.map((item) => item.evaluate(row)), columns: columnsOf(items) };
  }
  if (node === null || typeof node !== 'object') {
    const constant = (node ?? null) as Value;
    return { evaluate: () => constant, columns: [] };
  }
  const [entry, ...more] = Object.entries(node);
  const operator = entry && more.length === 0 && Object.hasOwn(OPERATORS, entry[0]) && OPERATORS[entry[0]];
  if (!operator) {
    scope.yaml.report(
      path,
      `must be a plain value or have exactly one of ${Object.keys(OPERATORS).join(', ')}`,
    );
    return NOTHING;
  }
  return operator(entry[1], [...path, entry[0]], scope);
}

const cell = (row: Row | null, number: number): string => row?.cells[number]?.trim() ?? '';

function compileColumn(name: unknown, path: YamlPath, scope: Scope): Expression {
  const number = columnNumber(name, path, scope);
  if (number === null) return NOTHING;
  return { evaluate: (row) => cell(row, number) || null, columns: [name as string] };
}

function compileTemplate(template: unknown, path: YamlPath, scope: Scope): Expression {
  if (typeof template !== 'string') {
    scope.yaml.report(path, 'must be a text with {columns}');
    return NOTHING;
  }
  // Texts and column names by turns: "a{b}c" is a, b, c.
  const parts = template.split(/\{([^{}]*)\}/);
  const names = parts.filter((_, i) => i % 2 === 1);
  const numbers = names.map((name) => columnNumber(name, path, scope) ?? 0);
  return {
    evaluate: (row) => {
      const values = numbers.map((number) => cell(row, number));
      if (values.includes('')) return null;
      return parts.map((part, i) => (i % 2 === 1 ? values[(i - 1) / 2] : part)).join('');
    },
    columns: names,
  };
}

function derived(node: unknown, path: YamlPath, scope: Scope, derive: (text: string) => string): Expression {
  const source = compileExpression(node, path, scope);
  return {
    evaluate: (row) => {
      const value = source.evaluate(row);
      return value === null ? null : derive(Array.isArray(value) ? JSON.stringify(value) : textOf(value));
    },
    columns: source.columns,
  };
}

const slugOf = (text: string): string => {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

class MapSpec {
  @IsDefined({ message: 'is missing' })
  from!: unknown;

  @IsObject({ message: 'must be a mapping of values to values' })
  values!: Record<string, unknown>;

  @IsOptional()
  otherwise?: unknown;
}

function compileMap(node: unknown, path: YamlPath, scope: Scope): Expression {
  const spec = scope.yaml.checked(MapSpec, node, path);
  if (!spec) return NOTHING;
  const from = compileExpression(spec.from, [...path, 'from'], scope);
  const values = new Map(
    Object.entries(spec.values).map(([key, value]) => [
      key,
      compileExpression(value, [...path, 'values', key], scope),
    ]),
  );
  const otherwise =
    spec.otherwise === undefined ? null : compileExpression(spec.otherwise, [...path, 'otherwise'], scope);
  return {
    evaluate: (row) => {
      const value = from.evaluate(row);
      if (value === null) return otherwise?.evaluate(row) ?? null;
      const found = values.get(textOf(value)) ?? otherwise;
      if (found) return found.evaluate(row);
      throw new Refusal(
        from.columns[0] ?? null,
        `${JSON.stringify(value)} is none of ${[...values.keys()].join(', ')}`,
      );
    },
    columns: columnsOf([from, ...values.values(), ...(otherwise ? [otherwise] : [])]),
  };
}

function choice(node: unknown, path: YamlPath, scope: Scope, choose: (values: Value[]) => Value): Expression {
  if (!Array.isArray(node)) {
    scope.yaml.report(path, 'must be a list');
    return NOTHING;
  }
  const options = node.map((option, i) => compileExpression(option, [...path, i], scope));
  return {
    evaluate: (row) => {
      const values = options.map((option) => option.evaluate(row)).filter((value) => value !== null);
      return values.length === 0 ? null : choose(values);
    },
    columns: columnsOf(options),
  };
}

/** The smallest or greatest of dates, which order as texts. */
const extreme = (values: Value[], sign: 1 | -1): Value =>
  values.reduce((best, value) => (sign * compareTexts(textOf(value), textOf(best)) > 0 ? value : best));

class IfSpec {
  @IsOptional()
  @IsObject()
  where?: Record<string, unknown>;

  @IsOptional()
  given?: unknown;

  @IsOptional()
  then?: unknown;

  @IsOptional()
  else?: unknown;
}

function compileIf(node: unknown, path: YamlPath, scope: Scope): Expression {
  const spec = scope.yaml.checked(IfSpec, node, path);
  if (!spec) return NOTHING;
  if ((spec.where === undefined) === (spec.given === undefined)) {
    scope.yaml.report(path, 'must have either "where" or "given"');
    return NOTHING;
  }
  const where = spec.where && compileConditions(spec.where, [...path, 'where'], scope);
  const given = compileExpression(spec.given, [...path, 'given'], scope);
  const then = compileExpression(spec.then, [...path, 'then'], scope);
  const otherwise = compileExpression(spec.else, [...path, 'else'], scope);
  return {
    evaluate: (row) => {
      const met = where ? row !== null && where(row) : given.evaluate(row) !== null;
      return (met ? then : otherwise).evaluate(row);
    },
    columns: columnsOf([given, then, otherwise]),
  };
}

class DateSpec {
  @IsDefined({ message: 'is missing' })
  from!: unknown;

  @Matches(/^(?=.*YYYY)(?=.*MM)(?=.*DD)[YMD./ -]+$/, { message: 'must be made of YYYY, MM and DD' })
  format!: string;
}

function compileDate(node: unknown, path: YamlPath, scope: Scope): Expression {
  const spec = scope.yaml.checked(DateSpec, node, path);
  if (!spec) return NOTHING;
  const { format } = spec;
  const from = compileExpression(spec.from, [...path, 'from'], scope);
  const part = (text: string, token: string): string => {
    const at = format.indexOf(token);
    return text.slice(at, at + token.length);
  };
  return {
    evaluate: (row) => {
      const value = from.evaluate(row);
      if (value === null) return null;
      const text = textOf(value);
      const iso = `${part(text, 'YYYY')}-${part(text, 'MM')}-${part(text, 'DD')}`;
      if (text.length === format.length && /^\d{4}-\d\d-\d\d$/.test(iso)) return iso;
      throw new Refusal(from.columns[0] ?? null, `${JSON.stringify(text)} is no date like ${format}`);
    },
    columns: from.columns,
  };
}

function compileValue(name: unknown, path: YamlPath, scope: Scope): Expression {
  const value = typeof name === 'string' ? scope.values.get(name) : undefined;
  if (value !== undefined) return { evaluate: () => value, columns: [] };
  scope.yaml.report(path, `there is no value ${JSON.stringify(name)} above`);
  return NOTHING;
}

function compileObject(node: unknown, path: YamlPath, scope: Scope): Expression {
  if (node === null || typeof node !== 'object' || Array.isArray(node)) {
    scope.yaml.report(path, 'must be a mapping of field names to values');
    return NOTHING;
  }
  const fields = Object.entries(node).map(
    ([name, value]) => [name, compileExpression(value, [...path, name], scope)] as const,
  );
  return {
    evaluate: (row) => Object.fromEntries(fields.map(([name, field]) => [name, field.evaluate(row)])),
    columns: columnsOf(fields.map(([, field]) => field)),
  };
}
