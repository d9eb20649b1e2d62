/** Goals, settings, layouts, the lists of filter bars, status, rebuild, health, and this document. */
import { ROLES } from '#access';
import { TARGET_METRICS } from '#metrics';
import {
  COUNT,
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

const METRIC = oneOfTexts(Object.keys(TARGET_METRICS));
const SUBJECT = oneOfTexts(['department', 'employee']);
const TIME: Schema = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' };
const SETTINGS = {
  boardVisibility: oneOfTexts(['everyone', 'permission']),
  risingColour: oneOfTexts(['red', 'green']),
  celebrationMinimum: { type: 'string', pattern: '^\\d{1,12}(\\.\\d{1,2})?$' },
  quietHours: orNull(object({ from: TIME, to: TIME })),
  privacyTopN: orNull({ type: 'integer', minimum: 1, maximum: 1000 }),
  imageHosts: { ...list(TEXT), maxItems: 32, uniqueItems: true },
};

export const operatingSchemas = (): Record<string, Schema> => ({
  GoalRequest: {
    ...object(
      {
        id: ID,
        subjectType: SUBJECT,
        subjectId: ID,
        year: { type: 'integer', minimum: 1900, maximum: 2299 },
        metric: METRIC,
        months: { ...list(TEXT), minItems: 12, maxItems: 12, description: 'Targets of the twelve months.' },
      },
      ['id'],
    ),
  },
  Settings: object(SETTINGS),
  SettingsRequest: object(SETTINGS, Object.keys(SETTINGS)),
  Layout: {
    type: 'object',
    description: 'Panels of each page in their order, by the name of the page.',
    propertyNames: { pattern: '^[a-z0-9-]{1,64}$' },
    additionalProperties: list(
      object({ panel: TEXT, hidden: { type: 'boolean' }, width: { enum: [1, 2] } }, ['hidden', 'width']),
    ),
  },
  Status: {
    type: 'object',
    required: ['consumers', 'deadLetters', 'reconciliation', 'engines'],
    properties: {
      consumers: list(
        object({
          name: TEXT,
          lagEvents: COUNT,
          lagMs: orNull(COUNT),
          stale: {
            type: 'object',
            additionalProperties: COUNT,
            description: 'Events ignored as old, by source.',
          },
        }),
      ),
      deadLetters: { ...COUNT, description: "The tenant's that are open." },
      reconciliation: {
        ...object({ at: orNull(INSTANT), compared: COUNT, drift: COUNT }),
        description: 'The newest comparison of the counters with the warehouse.',
      },
      engines: object({ log: TEXT, counters: TEXT, warehouse: TEXT }),
    },
  },
  DeadLetter: {
    type: 'object',
    required: ['id', 'receivedAt', 'reason', 'errors', 'event', 'source'],
    properties: {
      id: TEXT,
      receivedAt: INSTANT,
      reason: TEXT,
      errors: list(ref('InputError')),
      event: { description: 'What was sent: the event, or its text where it is no JSON.' },
      source: { description: 'The CRM instance that the event names.', type: ['string', 'null'] },
    },
  },
  Rebuild: {
    type: 'object',
    required: ['state'],
    properties: {
      state: oneOfTexts(['none', 'running', 'done', 'failed']),
      request: { type: ['string', 'null'], description: 'Id of the request; null when nobody asked.' },
      reason: TEXT,
      startedAt: INSTANT,
      at: { ...INSTANT, description: 'When this was told.' },
      done: {
        type: ['number', 'null'],
        minimum: 0,
        maximum: 1,
        description: 'Share of the records that is done.',
      },
      records: { type: ['integer', 'null'], description: 'Null where other tenants are built with yours.' },
      total: { type: ['integer', 'null'] },
      error: { type: ['string', 'null'] },
    },
  },
  Health: object({ status: oneOfTexts(['ok', 'unavailable']) }),
});

const body = (name: string): Operation['body'] => ({
  content: { 'application/json': { schema: ref(name) } },
});

const GOALS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/goals',
    id: 'listGoals',
    tag: 'Goals',
    summary: 'Goals inside the data permission',
    access: ['read', 'manage'],
    parameters: [
      query('year', { type: 'integer', minimum: 1900, maximum: 2299 }),
      query('metric', METRIC),
      query('subjectType', SUBJECT),
      query('subjectId', ID),
    ],
    answers: { 200: json('The goals.', object({ rows: list(ref('record.goal')) })) },
    problems: [400],
  },
  {
    method: 'put',
    path: '/v1/goals/{id}',
    id: 'putGoal',
    tag: 'Goals',
    summary: 'Set a goal',
    description: 'Publishes a goal event that wins over what was sent before.',
    access: ['manage'],
    parameters: [inPath('id')],
    body: body('GoalRequest'),
    answers: { 200: json('The goal as published.', ref('record.goal')) },
    problems: [400, 413, 415],
  },
  {
    method: 'delete',
    path: '/v1/goals/{id}',
    id: 'deleteGoal',
    tag: 'Goals',
    summary: 'Delete a goal',
    access: ['manage'],
    parameters: [inPath('id')],
    answers: { 204: { description: 'It is deleted.' } },
    problems: [404],
  },
];

const DEPARTMENT = object({ id: ID, name: TEXT, parentId: orNull(ID) });

/** The lists of filter bars, by the last part of their path. */
const LISTS: Readonly<Record<string, [summary: string, row: Schema]>> = {
  departments: ['Departments that the data permission covers', DEPARTMENT],
  employees: [
    'Employees inside the data permission',
    object({ id: ID, name: TEXT, departmentId: orNull(ID), managerId: orNull(ID), status: TEXT }),
  ],
  pipelines: [
    'Pipelines with their stages in order',
    object({
      id: ID,
      name: TEXT,
      enabled: { type: 'boolean' },
      stages: list(object({ id: ID, name: TEXT, order: { type: 'number' } })),
    }),
  ],
  'product-categories': ['Product categories', DEPARTMENT],
};

const title = (id: string): string =>
  id.replace(/(^|-)(\w)/g, (_, _dash: string, letter: string) => letter.toUpperCase());

const SETTINGS_AND_LISTS: readonly Operation[] = [
  ...Object.entries(LISTS).map(([name, [summary, row]]): Operation => ({
    method: 'get',
    path: `/v1/${name}`,
    id: `list${title(name)}`,
    tag: 'Settings and lists',
    summary,
    access: ROLES,
    answers: { 200: json('Ordered by id.', object({ rows: list(row) })) },
    problems: [400],
  })),
  {
    method: 'get',
    path: '/v1/settings',
    id: 'getSettings',
    tag: 'Settings and lists',
    summary: 'Settings of the tenant',
    access: [...ROLES, 'screen'],
    answers: { 200: json('What holds now.', ref('Settings')) },
  },
  {
    method: 'put',
    path: '/v1/settings',
    id: 'putSettings',
    tag: 'Settings and lists',
    summary: 'Replace the settings of the tenant',
    description: 'What is left out goes back to its default.',
    access: ['manage'],
    body: body('SettingsRequest'),
    answers: { 200: json('What holds now.', ref('Settings')) },
    problems: [400, 413, 415],
  },
  {
    method: 'get',
    path: '/v1/layout',
    id: 'getLayout',
    tag: 'Settings and lists',
    summary: 'How the caller has arranged the pages',
    access: ROLES,
    answers: { 200: json('The layout; empty when there is none.', ref('Layout')) },
  },
  {
    method: 'put',
    path: '/v1/layout',
    id: 'putLayout',
    tag: 'Settings and lists',
    summary: "Replace the caller's layout",
    access: ROLES,
    body: body('Layout'),
    answers: { 200: json('The layout.', ref('Layout')) },
    problems: [400, 413, 415],
  },
];

const letters = { tag: 'Publishing', access: ['manage'], path: '/v1/dead-letters/{id}' } as const;

const DEAD_LETTERS: readonly Operation[] = [
  {
    ...letters,
    method: 'get',
    path: '/v1/dead-letters',
    id: 'listDeadLetters',
    summary: 'Events that could not be taken, newest first',
    parameters: [
      query('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 50 }),
      query('offset', { type: 'integer', minimum: 0, default: 0 }),
    ],
    answers: { 200: json('The open ones.', object({ rows: list(ref('DeadLetter')), page: ref('Page') })) },
    problems: [400],
  },
  {
    ...letters,
    method: 'get',
    id: 'getDeadLetter',
    summary: 'One event that could not be taken',
    parameters: [inPath('id')],
    answers: { 200: json('The dead letter.', ref('DeadLetter')) },
    problems: [404],
  },
  {
    ...letters,
    method: 'post',
    path: '/v1/dead-letters/{id}/replay',
    id: 'replayDeadLetter',
    summary: 'Send the event again, as it is or corrected',
    parameters: [inPath('id')],
    body: {
      required: false,
      description: 'The corrected event; without it the one that was kept is sent.',
      content: { 'application/json': { schema: object({ event: ref('Event') }, ['event']) } },
    },
    answers: { 202: json('It is durable.', object({ id: TEXT })) },
    problems: [400, 404, 413, 415],
  },
  {
    ...letters,
    method: 'delete',
    id: 'deleteDeadLetter',
    summary: 'Give the event up',
    parameters: [inPath('id')],
    answers: { 204: { description: 'It is gone.' } },
    problems: [404],
  },
];

const health = json('It is.', ref('Health'));

const OPERATING: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/status',
    id: 'getStatus',
    tag: 'Operating',
    summary: 'How far the consumers are, dead letters, engines',
    access: ['read', 'manage'],
    answers: { 200: json('The status.', ref('Status')) },
  },
  {
    method: 'post',
    path: '/v1/rebuild',
    id: 'startRebuild',
    tag: 'Operating',
    summary: "Rebuild the live counters of the key's tenant from the warehouse",
    description: 'Boards stay up meanwhile.',
    access: ['manage'],
    answers: { 202: json('It was asked for.', object({ id: TEXT })) },
    problems: [415],
  },
  {
    method: 'get',
    path: '/v1/rebuild',
    id: 'getRebuild',
    tag: 'Operating',
    summary: 'Progress of the newest rebuild',
    access: ['manage'],
    answers: { 200: json('Its progress.', ref('Rebuild')) },
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'getLiveness',
    tag: 'Operating',
    summary: 'Whether the process runs',
    access: 'public',
    answers: { 200: health },
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'getReadiness',
    tag: 'Operating',
    summary: 'Whether the process can answer',
    access: 'public',
    answers: { 200: health, 503: json('Something it needs is down.', ref('Health')) },
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'Operating',
    summary: 'This document',
    access: 'public',
    answers: { 200: json('OpenAPI 3.1.', { type: 'object' }) },
  },
  {
    method: 'get',
    path: '/docs',
    id: 'getDocs',
    tag: 'Operating',
    summary: 'This document as a page',
    access: 'public',
    answers: { 200: { description: 'The page.', content: { 'text/html': { schema: TEXT } } } },
  },
];

export const OPERATING_OPERATIONS: readonly Operation[] = [
  ...DEAD_LETTERS,
  ...GOALS,
  ...SETTINGS_AND_LISTS,
  ...OPERATING,
];
