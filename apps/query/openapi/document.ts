/** The OpenAPI 3.1 document of the whole API, on however many processes it runs. */
import { ACCESS_OPERATIONS, accessSchemas } from './access';
import { BOARD_OPERATIONS, boardSchemas } from './boards';
import { eventSchemas, PUBLISHING, recordSchemas } from './events';
import {
  COUNT,
  type Content,
  object,
  PROBLEMS,
  ref,
  TEXT,
  list,
  type Operation,
  type ProblemStatus,
  type Schema,
} from './model';
import { OPERATING_OPERATIONS, operatingSchemas } from './operating';
import { REPORT_OPERATIONS, reportSchemas } from './reports';

export const OPERATIONS: readonly Operation[] = [
  ...PUBLISHING,
  ...REPORT_OPERATIONS,
  ...BOARD_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...OPERATING_OPERATIONS,
];

export interface Described extends Omit<
  Operation,
  'method' | 'path' | 'id' | 'tag' | 'body' | 'answers' | 'access'
> {
  operationId: string;
  tags: readonly string[];
  requestBody?: { description?: string; required: boolean; content: Content };
  responses: Record<string, object>;
  security?: readonly object[];
  /** Who may call it, in words of this product. */
  'x-roles'?: readonly string[];
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: object;
  servers: readonly object[];
  tags: readonly { name: string; description: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, object>; securitySchemes: object };
}

const TAGS: readonly { name: Operation['tag']; description: string }[] = [
  { name: 'Publishing', description: 'Change events of a CRM in.' },
  { name: 'Reports', description: 'The 41 reports, and the records behind their numbers.' },
  { name: 'Leaderboards and live', description: 'Boards, and the stream of a page.' },
  { name: 'Goals', description: 'Monthly targets.' },
  { name: 'Access', description: 'Keys, screen tokens, download links.' },
  { name: 'Settings and lists', description: 'What screens need.' },
  { name: 'Operating', description: 'Health, status, rebuild.' },
];

const ABOUT = `Live leaderboards and exact, near-live sales reports from CRM change events.

A request shows its key as \`Authorization: Bearer <key>\`. Without any key ever created the server is open to its own
machine alone. Money and quantities are decimal strings with two places, counts integers, percentages and days
numbers; a ratio without denominator is null. Errors are problems by RFC 9457. Unknown query parameters are refused.`;

const problemName = (status: ProblemStatus): string => `Problem${status}`;

const problemResponses = (): Record<string, object> =>
  Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, description]) => [
      problemName(Number(status) as ProblemStatus),
      {
        description,
        ...(['429', '503'].includes(status)
          ? { headers: { 'Retry-After': { description: 'Seconds.', schema: COUNT } } }
          : {}),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );

const sharedSchemas = (): Record<string, Schema> => ({
  InputError: {
    ...object({ pointer: TEXT, parameter: TEXT, detail: TEXT }, ['pointer', 'parameter']),
    description: 'What is wrong, at a JSON pointer into the body or at a parameter.',
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'instance'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: TEXT,
      status: COUNT,
      detail: TEXT,
      instance: { ...TEXT, description: "The request's id, as in the log." },
      errors: list(ref('InputError')),
      rejected: { ...list(ref('Rejection')), description: 'Of events: those that were not taken.' },
    },
  },
});

function describe({ id, tag, access, body, answers, problems = [], ...rest }: Operation): Described {
  const { method: _, path: __, ...described } = rest;
  const guarded: ProblemStatus[] = access === 'public' ? [] : [401, 403, 429, 503];
  const statuses = [...new Set([...problems, ...guarded])].filter((status) => !(String(status) in answers));
  return {
    operationId: id,
    tags: [tag],
    ...described,
    ...(body ? { requestBody: { required: true, ...body } } : {}),
    responses: {
      ...answers,
      ...Object.fromEntries(
        statuses.sort().map((status) => [status, { $ref: `#/components/responses/${problemName(status)}` }]),
      ),
    },
    ...(access === 'public' ? { security: [] } : { security: securityOf(access), 'x-roles': access }),
  };
}

/** A wall screen shows its token in a cookie; a download its ticket in the address. */
const securityOf = (access: readonly string[]): object[] => [
  { key: [] },
  ...(access.includes('screen') ? [{ screen: [] }] : []),
];

export function openApiDocument(): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Floorboard',
      version: '1',
      summary: 'Live leaderboards and exact sales reports',
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: {
        ...sharedSchemas(),
        ...eventSchemas(),
        ...recordSchemas(),
        ...reportSchemas(),
        ...boardSchemas(),
        ...accessSchemas(),
        ...operatingSchemas(),
      },
      responses: problemResponses(),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key or a screen token.' },
        screen: { type: 'apiKey', in: 'cookie', name: 'floorboard_screen', description: 'Of a wall screen.' },
      },
    },
  };
}
