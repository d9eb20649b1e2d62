/** Leaderboards and the stream of a page. */
import { BOARDS, TARGET_METRICS } from '#metrics';
import { LANGUAGES } from '#reports';
import { PRESETS } from '#calendar';
import {
  COUNT,
  DATE,
  ID,
  inPath,
  INSTANT,
  json,
  list,
  MONEY,
  object,
  oneOfTexts,
  orNull,
  query,
  ref,
  TEXT,
  type Operation,
  type Schema,
} from './model';

const AVATAR: Schema = { ...TEXT, description: 'Where a host is allowed by the setting `imageHosts`.' };

export const boardSchemas = (): Record<string, Schema> => ({
  BoardRow: object(
    {
      rank: { type: 'integer', minimum: 1 },
      employeeId: ID,
      employeeName: orNull(TEXT),
      departmentId: orNull(ID),
      departmentName: orNull(TEXT),
      value: {
        anyOf: [MONEY, COUNT],
        description: 'Money and quantities are decimal strings, counts integers.',
      },
      avatarUrl: AVATAR,
      previousRank: {
        ...orNull(COUNT),
        description: 'In the stream only: the rank without what is dated today.',
      },
    },
    ['avatarUrl', 'previousRank'],
  ),
  Board: object(
    {
      report: TEXT,
      period: ref('Period'),
      rows: list(ref('BoardRow')),
      around: {
        anyOf: [list(ref('BoardRow')), { type: 'null' }],
        description:
          'Where asked for: that row and up to two above and below it; null when it is not listed.',
      },
      source: oneOfTexts(['live', 'warehouse']),
      freshness: ref('Freshness'),
    },
    ['around'],
  ),
  GoalProgress: object({
    topic: TEXT,
    period: object({ preset: TEXT, from: DATE, to: DATE, timeZone: TEXT }),
    subject: object(
      {
        type: oneOfTexts(['company', 'permitted', 'department', 'employee']),
        id: ID,
        name: orNull(TEXT),
      },
      ['id', 'name'],
    ),
    metric: oneOfTexts(Object.keys(TARGET_METRICS)),
    target: MONEY,
    done: MONEY,
    rate: { type: ['number', 'null'] },
  }),
  SinkFreshness: object({
    topic: TEXT,
    live: ref('Freshness'),
    warehouse: ref('Freshness'),
  }),
  Feed: object({
    topic: TEXT,
    items: list(
      object(
        {
          key: { ...ID, description: "The record's id: once for ever." },
          kind: { const: 'deal-won' },
          at: INSTANT,
          employeeId: orNull(ID),
          employeeName: orNull(TEXT),
          customerName: orNull(TEXT),
          amount: MONEY,
          avatarUrl: AVATAR,
        },
        ['avatarUrl'],
      ),
    ),
  }),
});

export const BOARD_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/leaderboards/{id}',
    id: 'getLeaderboard',
    tag: 'Leaderboards and live',
    summary: 'A leaderboard, live where the counters keep its period',
    description:
      'From the live counters for today, yesterday, this and last week, month, quarter and year, from the warehouse for any other period: both give the same rows.',
    access: ['read', 'screen'],
    parameters: [
      inPath('id', oneOfTexts(BOARDS.map(({ id }) => id))),
      query('preset', { ...oneOfTexts(PRESETS), default: 'year' }),
      query('from', DATE, 'With `to`, instead of a preset.'),
      query('to', DATE),
      query('today', DATE, 'Presets as of this day; default: now.'),
      query('departmentId', ID, 'A department with its sub-departments.'),
      query('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 10 }),
      query('around', ID, 'An employee whose neighbours are answered too.'),
      query('lang', oneOfTexts(LANGUAGES)),
      query('format', oneOfTexts(['json', 'csv', 'xlsx']), 'Boards are answered as JSON whatever it says.'),
    ],
    answers: { 200: json('The board.', ref('Board')) },
    problems: [400, 404, 504],
  },
  {
    method: 'get',
    path: '/v1/live',
    id: 'streamTopics',
    tag: 'Leaderboards and live',
    summary: 'One stream of snapshots for a whole page',
    description: [
      'Topics, each with its own parameters in it (URL-encoded): `leaderboards/{id}?…` as the board, `goals?…`',
      '(`preset` month, quarter or year; `metric`; `departmentId` or `employeeId`), `funnel?…` as dashboard-funnel,',
      '`feed` (newest won deals), `freshness` (how complete counters and warehouse are), `status`. Every message is a full snapshot of its topic, named in `topic`; the first',
      'comes at once, further ones at most ten a second; a comment every 15 s keeps the stream open.',
    ].join(' '),
    access: ['read', 'screen'],
    parameters: [
      {
        name: 'topic',
        in: 'query',
        required: true,
        explode: true,
        description: 'Given once per topic, at most 32.',
        schema: { type: 'array', minItems: 1, maxItems: 32, items: TEXT },
      },
    ],
    answers: {
      200: {
        description:
          'Server-sent events: `event` is the kind of the topic, `data` its snapshot: Board, GoalProgress, Feed, SinkFreshness, Status, or the report dashboard-funnel.',
        content: { 'text/event-stream': { schema: TEXT } },
      },
    },
    problems: [400, 404],
  },
];
