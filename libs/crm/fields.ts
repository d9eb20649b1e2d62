/**
 * The vocabulary in which entities are declared (`entities.ts`).
 *
 * A field carries its TypeScript type, its JSON Schema and its kind; from these come the record
 * types, the compiled check of every event, the published schema and the warehouse's columns.
 */

export type JsonSchema = Record<string, unknown>;

/** What a field holds, in the words of the event contract. */
export type FieldKind =
  'id' | 'text' | 'url' | 'money' | 'quantity' | 'date' | 'instant' | 'boolean' | 'integer' | 'enum' | 'list';

export interface Field<T = unknown> {
  readonly kind: FieldKind;
  /** May be null or absent. */
  readonly optional: boolean;
  readonly schema: JsonSchema;
  /** The fields of a list's items, when they are objects. */
  readonly items?: Readonly<Record<string, Field>>;
  /** The kind of a list's items, when they are plain values. */
  readonly itemKind?: FieldKind;
  /** Carries the type at compile time only. */
  readonly type?: T;
}

export type Fields = Readonly<Record<string, Field>>;

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: null extends (F[K] extends Field<infer T> ? T : never) ? K : never;
}[keyof F];

type TypeOf<F> = F extends Field<infer T> ? T : never;

/** The TypeScript type of an object with these fields: optional fields may be null or absent. */
export type Infer<F extends Fields> = {
  [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]>;
} & {
  [K in OptionalKeys<F>]?: TypeOf<F[K]>;
};

const string = (schema: JsonSchema): JsonSchema => ({ type: 'string', ...schema });

/** A record's id: 1-64 code points. */
export const id = (): Field<string> => ({
  kind: 'id',
  optional: false,
  schema: string({ minLength: 1, maxLength: 64, format: 'text' }),
});

/** Free text: up to 512 code points. */
export const text = (): Field<string> => ({
  kind: 'text',
  optional: false,
  schema: string({ maxLength: 512, format: 'text' }),
});

/** An https address, up to 512 code points. */
export const url = (): Field<string> => ({
  kind: 'url',
  optional: false,
  schema: string({ maxLength: 512, format: 'https-url' }),
});

/** A decimal string with up to 13 integer and 2 fraction digits; may be negative. */
export const money = (): Field<string> => ({
  kind: 'money',
  optional: false,
  schema: string({ format: 'decimal' }),
});

/** The same shape as money, counting pieces. */
export const quantity = (): Field<string> => ({ ...money(), kind: 'quantity' });

/** A calendar date without zone, `YYYY-MM-DD`, 1900-2299. */
export const date = (): Field<string> => ({
  kind: 'date',
  optional: false,
  schema: string({ format: 'calendar-date' }),
});

/** An RFC 3339 instant with zone, 1900-2299. */
export const instant = (): Field<string> => ({
  kind: 'instant',
  optional: false,
  schema: string({ format: 'instant' }),
});

export const boolean = (): Field<boolean> => ({
  kind: 'boolean',
  optional: false,
  schema: { type: 'boolean' },
});

/** A whole number between `minimum` and `maximum` (default: what 32 bits hold). */
export const integer = (minimum = -2147483648, maximum = 2147483647): Field<number> => ({
  kind: 'integer',
  optional: false,
  schema: { type: 'integer', minimum, maximum },
});

export const oneOf = <const V extends string>(...values: V[]): Field<V> => ({
  kind: 'enum',
  optional: false,
  schema: { type: 'string', enum: values },
});

/** Exactly this one value. */
export const literal = <const V extends string>(value: V): Field<V> => ({
  kind: 'id',
  optional: false,
  schema: { type: 'string', const: value },
});

/** A list of objects with the given fields. */
export const listOf = <F extends Fields>(items: F): Field<Infer<F>[]> => ({
  kind: 'list',
  optional: false,
  schema: { type: 'array', items: objectSchema(items) },
  items,
});

/** A list of plain values; `length` fixes the number of items. */
export const valuesOf = <T>(item: Field<T>, length?: number): Field<T[]> => ({
  kind: 'list',
  optional: false,
  schema: {
    type: 'array',
    items: item.schema,
    ...(length === undefined ? {} : { minItems: length, maxItems: length }),
  },
  itemKind: item.kind,
});

/** The same field, but null and absent are allowed. */
export const optional = <T>(field: Field<T>): Field<T | null> => {
  const { enum: values, const: value, ...rest } = field.schema;
  const schema: JsonSchema = { ...rest, type: [field.schema['type'], 'null'] };
  if (Array.isArray(values)) schema['enum'] = [...(values as unknown[]), null];
  if (value !== undefined) schema['enum'] = [value, null];
  return { ...field, optional: true, schema };
};

/** JSON Schema of an object with these fields; further properties are allowed (a CRM may add fields). */
export function objectSchema(fields: Fields): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.schema])),
    required: Object.entries(fields)
      .filter(([, field]) => !field.optional)
      .map(([name]) => name),
  };
}
