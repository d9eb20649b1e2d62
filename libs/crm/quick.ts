/**
 * A check that only says yes: whether a record is right as far as plain comparisons can tell.
 *
 * Nearly every record is right, and then nobody needs the list of what is wrong with it. A yes here is a yes of
 * the compiled schema (a test holds them together); a no says nothing, and the schema decides.
 */
import { ENTITIES, ENTITY_NAMES, type EntityName } from './entities';
import type { Field, Fields } from './fields';
import { isDate, isDecimal, isInstant, isText } from './formats';

type Check = (value: unknown) => boolean;

/** Lengths count code points, of which a string has at most as many as UTF-16 units. */
const textUpTo = (units: number, least: number): Check => {
  return (value) =>
    typeof value === 'string' && value.length >= least && value.length <= units && isText(value);
};

const formatted = (is: (value: string) => boolean): Check => {
  return (value) => typeof value === 'string' && is(value);
};

/** Undefined: the schema alone decides about such a field. */
function checkOf(field: Field): Check | undefined {
  const { const: only, enum: values } = field.schema as { const?: unknown; enum?: unknown[] };
  if (only !== undefined || (field.kind === 'id' && values)) return undefined;
  switch (field.kind) {
    case 'id':
      return textUpTo(64, 1);
    case 'text':
      return textUpTo(512, 0);
    case 'money':
    case 'quantity':
      return formatted(isDecimal);
    case 'date':
      return formatted(isDate);
    case 'instant':
      return formatted(isInstant);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'enum': {
      const set = new Set(values);
      return (value) => typeof value === 'string' && set.has(value);
    }
    case 'list':
      return field.items ? listOf(objectOf(field.items)) : undefined;
    case 'url':
    case 'integer':
      return undefined;
  }
}

function listOf(item: Check | undefined): Check | undefined {
  return item && ((value) => Array.isArray(value) && value.every(item));
}

function objectOf(fields: Fields): Check | undefined {
  const checks: { name: string; optional: boolean; check: Check }[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const check = checkOf(field);
    if (!check) return undefined;
    checks.push({ name, optional: field.optional, check });
  }
  return (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
    const data = value as Readonly<Record<string, unknown>>;
    for (const { name, optional, check } of checks) {
      const held = data[name];
      if (held === undefined || held === null) {
        if (!optional) return false;
      } else if (!check(held)) return false;
    }
    return true;
  };
}

const checks = new Map<EntityName, Check | undefined>(
  ENTITY_NAMES.map((name) => [name, objectOf(ENTITIES[name])]),
);

/** True: the record is right. False: it may be, or not. */
export const isPlainlyRight = (entity: EntityName, data: unknown): boolean =>
  checks.get(entity)?.(data) ?? false;
