/**
 * Conditions on a row, by column: a value it must equal, a list of which it must be one,
 * `{not: value or list}`, or `{empty: true or false}`. All must hold.
 */
import { IsBoolean, IsOptional } from 'class-validator';
import type { YamlPath } from './problems';
import { columnNumber, type Scope } from './scope';
import type { Row } from './table';

class ConditionSpec {
  @IsOptional()
  not?: unknown;

  @IsOptional()
  @IsBoolean()
  empty?: boolean;
}

export function compileConditions(
  where: Record<string, unknown>,
  path: YamlPath,
  scope: Scope,
): (row: Row) => boolean {
  const conditions = Object.entries(where).map(([column, node]) => {
    const number = columnNumber(column, [...path, column], scope) ?? 0;
    const meets = compileCondition(node, [...path, column], scope);
    return (row: Row): boolean => meets(row.cells[number]?.trim() ?? '');
  });
  return (row) => conditions.every((condition) => condition(row));
}

function compileCondition(node: unknown, path: YamlPath, scope: Scope): (value: string) => boolean {
  if (node === null || typeof node !== 'object' || Array.isArray(node)) {
    const allowed = new Set([node].flat().map(String));
    return (value) => allowed.has(value);
  }
  const spec = scope.yaml.checked(ConditionSpec, node, path);
  if (!spec) return () => false;
  const { empty } = spec;
  const refused = new Set(spec.not === undefined ? [] : [spec.not].flat().map(String));
  return (value) => (empty === undefined || empty === (value === '')) && !refused.has(value);
}
