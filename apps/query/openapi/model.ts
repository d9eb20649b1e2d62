/** The parts of an OpenAPI 3.1 document that this product uses, and how operations are declared. */
import type { JsonSchema } from '#crm';
import type { Audience } from '#guard';

export type Schema = JsonSchema;

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  description?: string;
  required?: boolean;
  schema: Schema;
  /** Query parameters that may stand several times. */
  explode?: boolean;
}

export type Content = Record<string, { schema: Schema }>;

export interface Answer {
  description: string;
  headers?: Record<string, { description: string; schema: Schema }>;
  content?: Content;
}

export type Tag =
  | 'Publishing'
  | 'Reports'
  | 'Leaderboards and live'
  | 'Goals'
  | 'Access'
  | 'Settings and lists'
  | 'Operating';

/** One operation as it is declared; the document adds what follows from it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  id: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** Who may call it. */
  access: 'public' | readonly Audience[];
  parameters?: readonly Parameter[];
  body?: { description?: string; required?: false; content: Content };
  /** The answer when all is well, by its status. */
  answers: Readonly<Record<string, Answer>>;
  /** Problems it can answer beside those of every operation. */
  problems?: readonly ProblemStatus[];
}

export const PROBLEMS = {
  400: 'The request is wrong; `errors` names every parameter or field.',
  401: 'No key, or one that is unknown, has ended or was revoked.',
  403: 'The key does not allow this.',
  404: 'There is no such thing.',
  413: 'The body is too large.',
  415: 'The body is of a type that is not taken here.',
  429: 'Too many requests; `Retry-After` says when to come again.',
  503: 'Something this needs is down; the same request may be sent again.',
  504: 'The question takes longer, or needs more memory, than it may.',
} as const;
export type ProblemStatus = keyof typeof PROBLEMS;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object with these properties and no others; all of them required but for `optional`. */
export const object = (
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  additionalProperties: false,
});

export const list = (items: Schema): Schema => ({ type: 'array', items });

/** The schema, or null. */
export const orNull = (schema: Schema): Schema =>
  typeof schema['type'] === 'string' && !('enum' in schema)
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };

export const oneOfTexts = (values: readonly string[]): Schema => ({ type: 'string', enum: [...values] });

export const ID: Schema = { type: 'string', minLength: 1, maxLength: 64 };
export const TEXT: Schema = { type: 'string' };
export const INSTANT: Schema = { type: 'string', format: 'date-time' };
export const DATE: Schema = { type: 'string', format: 'date' };
export const COUNT: Schema = { type: 'integer' };
export const MONEY: Schema = { type: 'string', pattern: '^-?\\d+\\.\\d{2}$' };

export const query = (name: string, schema: Schema, description?: string): Parameter => ({
  name,
  in: 'query',
  schema,
  ...(description === undefined ? {} : { description }),
});

export const inPath = (name: string, schema: Schema = ID): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema,
});

export const json = (description: string, schema: Schema): Answer => ({
  description,
  content: { 'application/json': { schema } },
});
