/** Keys, screen tokens, tickets, the caller, and the audit log. */
import { PERMISSIONS, ROLES } from '#access';
import {
  ID,
  inPath,
  INSTANT,
  json,
  list,
  object,
  oneOfTexts,
  orNull,
  query,
  ref,
  TEXT,
  type Operation,
  type Schema,
} from './model';

const NAME: Schema = { type: 'string', minLength: 1, maxLength: 128 };
const SCENES: Schema = list({ type: 'string', pattern: '^[a-z0-9-]{1,64}$' });
const ROLE_LIST: Schema = { ...list(oneOfTexts(ROLES)), minItems: 1, uniqueItems: true };
const PERMISSION = orNull(oneOfTexts(PERMISSIONS));

const MADE = {
  createdAt: INSTANT,
  createdBy: TEXT,
  expiresAt: orNull(INSTANT),
  revokedAt: orNull(INSTANT),
};
const KEY = { id: ID, name: NAME, roles: ROLE_LIST, permission: PERMISSION, employeeId: orNull(ID), ...MADE };
const SCREEN = {
  id: ID,
  name: NAME,
  scenes: SCENES,
  ...MADE,
  lastSeenAt: { ...orNull(INSTANT), description: 'To within minutes; null: never.' },
};
const SHOWN = { id: ID, name: NAME, expiresAt: orNull(INSTANT) };

export const accessSchemas = (): Record<string, Schema> => ({
  KeyRequest: object(
    {
      name: NAME,
      roles: ROLE_LIST,
      permission: { ...PERMISSION, description: 'For the role `read`; default: `self`.' },
      employeeId: orNull(ID),
      expiresAt: { ...orNull(INSTANT), description: 'Default: never, or with the key it is made with.' },
    },
    ['permission', 'employeeId', 'expiresAt'],
  ),
  Key: object(KEY),
  NewKey: object({ key: { ...TEXT, description: 'Shown this once.' }, ...KEY }),
  ScreenTokenRequest: object({ name: NAME, scenes: SCENES, expiresAt: orNull(INSTANT) }, [
    'scenes',
    'expiresAt',
  ]),
  ScreenToken: object(SCREEN),
  NewScreenToken: object({ token: { ...TEXT, description: 'Shown this once.' }, ...SCREEN }),
  TicketRequest: object({
    path: {
      type: 'string',
      maxLength: 4096,
      pattern: '^/v1/reports/',
      description: 'Path and query of a report.',
    },
  }),
  Ticket: object({ url: TEXT, expiresAt: INSTANT }),
  Me: object({
    tenant: object({ id: ID, name: TEXT, timeZone: TEXT, locale: TEXT, currency: TEXT }),
    roles: list(oneOfTexts(ROLES)),
    permission: PERMISSION,
    employee: orNull(object({ id: ID, name: TEXT, departmentId: orNull(ID) })),
    open: {
      type: 'boolean',
      description: 'No key was ever created: everybody on this machine may do everything.',
    },
    key: orNull(object(SHOWN)),
    screen: orNull(object({ ...SHOWN, scenes: SCENES })),
  }),
  AuditEntry: object({
    id: TEXT,
    at: INSTANT,
    actor: object({ kind: TEXT, id: TEXT, name: TEXT }),
    action: TEXT,
    target: orNull(TEXT),
    requestId: orNull(TEXT),
  }),
});

const rowsOf = (name: string): Schema => object({ rows: list(ref(name)) });
const body = (name: string): Operation['body'] => ({
  content: { 'application/json': { schema: ref(name) } },
});
const manage = { tag: 'Access', access: ['manage'] } as const;
const GONE = { 204: { description: 'It opens nothing any more.' } };

export const ACCESS_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/me',
    id: 'getMe',
    tag: 'Access',
    summary: 'What the caller may do',
    access: ['publish', 'read', 'manage', 'screen'],
    answers: { 200: json('The caller.', ref('Me')) },
  },
  {
    ...manage,
    method: 'get',
    path: '/v1/keys',
    id: 'listKeys',
    summary: 'API keys of the tenant',
    answers: { 200: json('Oldest first, revoked and expired ones too.', rowsOf('Key')) },
  },
  {
    ...manage,
    method: 'post',
    path: '/v1/keys',
    id: 'createKey',
    summary: 'Make an API key',
    description: 'Never with more than the caller holds. The first key of all closes an open server.',
    body: body('KeyRequest'),
    answers: { 201: json('The key, this once.', ref('NewKey')) },
    problems: [400, 413, 415],
  },
  {
    ...manage,
    method: 'delete',
    path: '/v1/keys/{id}',
    id: 'revokeKey',
    summary: 'Revoke an API key',
    parameters: [inPath('id')],
    answers: GONE,
    problems: [404],
  },
  {
    ...manage,
    method: 'get',
    path: '/v1/screen-tokens',
    id: 'listScreenTokens',
    summary: 'Tokens of wall screens',
    answers: { 200: json('Oldest first, revoked and expired ones too.', rowsOf('ScreenToken')) },
  },
  {
    ...manage,
    method: 'post',
    path: '/v1/screen-tokens',
    id: 'createScreenToken',
    summary: 'Make a token for a wall screen',
    description: 'The screen is opened at `/tv?token=…`.',
    body: body('ScreenTokenRequest'),
    answers: { 201: json('The token, this once.', ref('NewScreenToken')) },
    problems: [400, 413, 415],
  },
  {
    ...manage,
    method: 'delete',
    path: '/v1/screen-tokens/{id}',
    id: 'revokeScreenToken',
    summary: 'Revoke a token of a wall screen',
    parameters: [inPath('id')],
    answers: GONE,
    problems: [404],
  },
  {
    method: 'post',
    path: '/v1/tickets',
    id: 'createTicket',
    tag: 'Access',
    summary: 'A link that downloads one file, once, within a minute',
    access: ['read'],
    body: body('TicketRequest'),
    answers: { 201: json('The link.', ref('Ticket')) },
    problems: [400, 413, 415],
  },
  {
    ...manage,
    method: 'get',
    path: '/v1/audit',
    id: 'listAudit',
    summary: 'What was managed, newest first',
    parameters: [
      query('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 50 }),
      query('offset', { type: 'integer', minimum: 0, default: 0 }),
    ],
    answers: { 200: json('The entries.', object({ rows: list(ref('AuditEntry')), page: ref('Page') })) },
    problems: [400],
  },
];
