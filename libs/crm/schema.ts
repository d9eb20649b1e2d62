/**
 * JSON Schemas of the records and the compiled checks.
 *
 * Ajv compiles each schema once at load into straight-line code, so that every event can be checked
 * at both edges at full rate.
 */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { ENTITIES, ENTITY_NAMES, type EntityName } from './entities';
import { objectSchema, type JsonSchema } from './fields';
import { isDate, isDecimal, isHttpsUrl, isInstant, isText } from './formats';
import { isPlainlyRight } from './quick';

/** One thing wrong with an input; `pointer` is the JSON pointer of the value concerned. */
export interface Problem {
  pointer: string;
  detail: string;
}

/** What each format of the contract means, in words for a problem and for the published schema. */
const FORMATS: Record<string, { check: (value: string) => boolean; means: string; pattern?: string }> = {
  text: { check: isText, means: 'must hold no NUL and no lone surrogate' },
  'https-url': { check: isHttpsUrl, means: 'must be an https address' },
  decimal: {
    check: isDecimal,
    means: 'must be a decimal string with up to 13 integer and 2 fraction digits',
    pattern: '^-?[0-9]{1,13}(\\.[0-9]{1,2})?$',
  },
  'calendar-date': {
    check: isDate,
    means: 'must be a calendar date YYYY-MM-DD between 1900 and 2299',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  },
  instant: { check: isInstant, means: 'must be an RFC 3339 instant with zone between 1900 and 2299' },
};

const ajv = new Ajv({ allErrors: true, strict: false, messages: true, verbose: true });
for (const [name, format] of Object.entries(FORMATS)) {
  ajv.addFormat(name, { type: 'string', validate: format.check });
}

/** JSON Schema (2020-12) of one entity's `data`, as published. */
export function recordSchema(entity: EntityName): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: entity,
    ...(publish(objectSchema(ENTITIES[entity])) as JsonSchema),
  };
}

/** Replaces the formats of our own by what any validator understands, keeping their meaning as text. */
function publish(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(publish);
  if (schema === null || typeof schema !== 'object') return schema;
  const out: JsonSchema = {};
  for (const [key, value] of Object.entries(schema)) {
    const format = key === 'format' && typeof value === 'string' ? FORMATS[value] : undefined;
    if (!format) {
      out[key] = publish(value);
      continue;
    }
    out['description'] = format.means;
    if (format.pattern) out['pattern'] = format.pattern;
    if (value === 'calendar-date') out['format'] = 'date';
    if (value === 'instant') out['format'] = 'date-time';
    if (value === 'https-url') out['format'] = 'uri';
  }
  return out;
}

const validators = new Map<string, ValidateFunction>(
  ENTITY_NAMES.map((name) => [name, ajv.compile(objectSchema(ENTITIES[name]))]),
);

/**
 * Checks one record's state against its entity's declaration. Returns null when it is right, else
 * every problem, with pointers below `/data`.
 */
export function checkRecord(entity: EntityName, data: unknown): Problem[] | null {
  if (isPlainlyRight(entity, data)) return null;
  return checkBySchema(entity, data);
}

/** As {@link checkRecord}, by the schema alone. */
export function checkBySchema(entity: EntityName, data: unknown): Problem[] | null {
  const validate = validators.get(entity);
  if (!validate) throw new Error(`unknown entity ${entity}`);
  return validate(data) ? null : problemsOf(validate.errors ?? [], '/data');
}

/** Compiles a check for a schema made of the same formats; pointers start at `base`. */
export function compileCheck(schema: JsonSchema, base = ''): (value: unknown) => Problem[] | null {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : problemsOf(validate.errors ?? [], base));
}

function problemsOf(errors: ErrorObject[], base: string): Problem[] {
  return errors.map((error) => {
    const params = error.params as Record<string, unknown>;
    const missing =
      error.keyword === 'required' ? `/${escapePointer(String(params['missingProperty']))}` : '';
    return { pointer: base + error.instancePath + missing, detail: describe(error, params) };
  });
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function describe(error: ErrorObject, params: Record<string, unknown>): string {
  switch (error.keyword) {
    case 'required':
      return 'is missing';
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`;
    case 'const':
      return `must be "${String(params['allowedValue'])}"`;
    case 'type':
      return `must be ${[params['type']].flat().map(String).join(' or ')}`;
    case 'format':
      return FORMATS[String(params['format'])]?.means ?? 'is ill-formed';
    case 'minLength':
      return `must have at least ${String(params['limit'])} characters`;
    case 'maxLength':
      return `must have at most ${String(params['limit'])} characters`;
    case 'minItems':
    case 'maxItems':
      return `must have exactly ${String(params['limit'])} items`;
    default:
      return error.message ?? 'is wrong';
  }
}
