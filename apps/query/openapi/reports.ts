/** Reports and the records behind their numbers, from the catalogue's declarations. */
import { LANGUAGES, parametersOf, REPORTS, type AnyReport, type Column, type ParameterInfo } from '#reports';
import {
  COUNT,
  DATE,
  ID,
  INSTANT,
  inPath,
  json,
  list,
  MONEY,
  object,
  oneOfTexts,
  orNull,
  query,
  ref,
  TEXT,
  type Answer,
  type Operation,
  type Parameter,
  type Schema,
} from './model';

const UNITS: Readonly<Record<Column['type'], Schema>> = {
  money: MONEY,
  quantity: MONEY,
  count: COUNT,
  percent: { type: ['number', 'null'] },
  days: { type: ['number', 'null'] },
  rank: { type: 'integer', minimum: 1 },
  id: { type: ['string', 'null'] },
  text: { type: ['string', 'null'] },
  date: { type: ['string', 'null'], format: 'date' },
  instant: { type: ['string', 'null'], format: 'date-time' },
  boolean: { type: 'boolean' },
  bucket: { type: 'string', pattern: '^\\d{4}-\\d\\d(-\\d\\d)?$' },
  counts: { type: 'object', additionalProperties: COUNT },
};

/** Numbers that can be null: a target where there is none, documents whose warning is switched off. */
const NULLABLE: readonly string[] = ['target', 'expiringContracts', 'expiredContracts'];

function columnSchema({ key, type, label, unit }: Column): Schema {
  const schema = NULLABLE.includes(key) ? orNull(UNITS[type]) : UNITS[type];
  return { ...schema, description: `${label.en} (${label['zh-CN']})${unit ? `, ${unit}` : ''}` };
}

const itemSchema = (columns: readonly Column[]): Schema =>
  object(Object.fromEntries(columns.map((column) => [column.key, columnSchema(column)])));

const PROGRESS = { target: orNull(MONEY), done: MONEY, rate: { type: ['number', 'null'] } };

export const reportSchemas = (): Record<string, Schema> => ({
  Period: object(
    {
      preset: { ...TEXT, description: 'Absent for a custom range and a year.' },
      from: DATE,
      to: DATE,
      bucket: oneOfTexts(['day', 'month']),
      timeZone: TEXT,
    },
    ['preset'],
  ),
  Page: object({ offset: COUNT, limit: COUNT, total: COUNT }),
  Freshness: object({
    asOf: {
      ...orNull(INSTANT),
      description: 'Everything accepted before is in the answer; null while that is not known.',
    },
    lagMs: orNull(COUNT),
  }),
  Records: {
    type: 'object',
    required: ['report', 'cell', 'rows', 'totals', 'page', 'freshness'],
    properties: {
      report: TEXT,
      cell: object({ column: TEXT, bucket: TEXT, row: TEXT }, ['bucket', 'row']),
      rows: list({
        type: 'object',
        description: "`entity`, the record's fields, and the names of what they refer to.",
        required: ['id'],
        properties: { entity: TEXT, id: orNull(ID) },
      }),
      totals: {
        type: 'object',
        description: 'Over all pages: `count`, and the sums of what explains the number.',
        required: ['count'],
        properties: { count: COUNT },
      },
      page: ref('Page'),
      freshness: ref('Freshness'),
    },
  },
  Catalogue: object({ reports: list(ref('CatalogueEntry')) }),
  CatalogueEntry: catalogueEntry(),
});

/** A label: in both languages, or in the one asked for. */
const LABEL: Schema = { anyOf: [TEXT, object({ 'zh-CN': TEXT, en: TEXT })] };

function catalogueEntry(): Schema {
  const column = object(
    {
      key: TEXT,
      label: LABEL,
      type: oneOfTexts(Object.keys(UNITS)),
      unit: oneOfTexts(['currency', 'pieces', 'records', '%', 'days']),
      about: { ...LABEL, description: 'What the number means.' },
    },
    ['unit', 'about'],
  );
  const parts = { series: list(column), rows: list(column), headline: list(column), totals: list(TEXT) };
  const parameter = object(
    {
      name: TEXT,
      label: LABEL,
      type: oneOfTexts(['choice', 'date', 'id', 'integer']),
      values: list(TEXT),
      default: { type: ['string', 'integer'] },
      minimum: COUNT,
      maximum: COUNT,
    },
    ['values', 'default', 'minimum', 'maximum'],
  );
  return object({
    id: oneOfTexts(REPORTS.map(({ id }) => id)),
    group: oneOfTexts([...new Set(REPORTS.map(({ group }) => group))]),
    name: LABEL,
    about: LABEL,
    counts: {
      ...list(object({ what: LABEL, date: LABEL, credit: LABEL })),
      description: 'Which records count, the date that places them in a period, and whose they are.',
    },
    parameters: list(parameter),
    columns: object(parts, Object.keys(parts)),
    charts: list(oneOfTexts([...new Set(REPORTS.flatMap(({ charts }) => charts))])),
    paged: { type: 'boolean' },
    records: object({ columns: list(TEXT), byRow: { type: 'boolean' }, byBucket: { type: 'boolean' } }),
  });
}

const CARD_PARTS = ['previousValue', 'growth', 'toDatePreviousValue', 'toDateGrowth'];

/** A card of the briefing: a value and what it is compared to. */
function cardSchema(column: Column): Schema {
  const value = UNITS[column.type];
  const parts = CARD_PARTS.map((part): [string, Schema] => [
    part,
    part.endsWith('rowth') ? { type: ['number', 'null'] } : orNull(value),
  ]);
  return { ...object({ value, ...Object.fromEntries(parts) }), description: column.label.en };
}

function headlineSchema(report: AnyReport, columns: readonly Column[]): Schema {
  if (report.id === 'dashboard-leaderboard') return object({ self: orNull(rowSchema(report)) });
  if (report.id !== 'sales-briefing') return itemSchema(columns);
  return object(Object.fromEntries(columns.map((column) => [column.key, cardSchema(column)])));
}

function rowSchema({ id, columns: { rows = [] } }: AnyReport): Schema {
  if (id === 'goal-completion') {
    return object({
      subjectType: oneOfTexts(['department', 'employee']),
      subjectId: ID,
      subjectName: orNull(TEXT),
      months: list(object({ bucket: TEXT, ...PROGRESS })),
      quarters: list(object({ quarter: TEXT, ...PROGRESS })),
      year: object(PROGRESS),
    });
  }
  const row = itemSchema(rows);
  if (id !== 'dashboard-leaderboard') return row;
  const optional = ['targetRate'];
  const properties = row['properties'] as Record<string, Schema>;
  return object({ ...properties, value: { anyOf: [MONEY, COUNT] } }, optional);
}

/** The answer of a report. */
export function answerSchema(report: AnyReport): Schema {
  const { columns, period, paged = false } = report;
  const totalled = (columns.rows ?? []).filter(({ key }) => columns.totals?.includes(key));
  return object({
    report: { const: report.id },
    ...(period.kind === 'none' ? {} : { period: ref('Period') }),
    ...(columns.series ? { series: list(itemSchema(columns.series)) } : {}),
    ...(columns.rows ? { rows: list(rowSchema(report)) } : {}),
    ...(columns.totals ? { totals: itemSchema(totalled) } : {}),
    ...(columns.headline ? { headline: headlineSchema(report, columns.headline) } : {}),
    ...(paged ? { page: ref('Page') } : {}),
    freshness: ref('Freshness'),
  });
}

function parameterSchema({ type, values, default: standard, minimum, maximum }: ParameterInfo): Schema {
  const limits = {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
  const base: Record<ParameterInfo['type'], Schema> = {
    choice: oneOfTexts(values ?? []),
    date: DATE,
    id: ID,
    integer: { type: 'integer', ...limits },
  };
  return { ...base[type], ...(standard === undefined ? {} : { default: standard }) };
}

const parametersIn = (report: AnyReport): Parameter[] =>
  parametersOf(report).map((info) => query(info.name, parameterSchema(info), info.label.en));

const FILES: Answer['content'] = {
  'text/csv': { schema: { type: 'string', description: 'UTF-8 with a byte order mark, RFC 4180.' } },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
    schema: { type: 'string', format: 'binary' },
  },
};

/** JSON, or the whole table as a file, by `format` or the `Accept` header. */
const answered = (description: string, schema: Schema): Answer => ({
  description,
  content: { 'application/json': { schema }, ...FILES },
});

const CELL: readonly Parameter[] = [
  query('bucket', TEXT, 'Narrows the list to a bucket of the series.'),
  query('row', TEXT, 'Narrows the list to a row: its id or `value`.'),
  query('search', TEXT, "Lists of customers only: part of a customer's name, mobile or phone."),
  query('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 50 }),
  query('offset', { type: 'integer', minimum: 0, default: 0 }),
];

const PROBLEMS_OF_QUESTIONS = [400, 404, 504] as const;

const title = (id: string): string =>
  id.replace(/(^|-)(\w)/g, (_, _dash: string, letter: string) => letter.toUpperCase());

function operationsOf(report: AnyReport): Operation[] {
  const { id, name, about, drill } = report;
  const columns = Object.keys(drill.records);
  const shared = { method: 'get', tag: 'Reports', access: ['read'] } as const;
  const records: Operation = {
    ...shared,
    path: `/v1/reports/${id}/records`,
    id: `listRecordsOf${title(id)}`,
    summary: `Records behind ${name.en}`,
    description:
      'Those behind a number, under the same scope and permission. Their count, or the sum of what they add, equals the number.',
    parameters: [
      query(
        'column',
        TEXT,
        `The number's key: ${columns.join(', ')}${drill.others ? ', or an option' : ''}.`,
      ),
      ...CELL,
      ...parametersIn(report).filter(({ name: own }) => !CELL.some(({ name: cell }) => cell === own)),
    ],
    answers: { 200: answered('The records.', ref('Records')) },
    problems: PROBLEMS_OF_QUESTIONS,
  };
  return [
    {
      ...shared,
      path: `/v1/reports/${id}`,
      id: `getReport${title(id)}`,
      summary: `${name.en} (${name['zh-CN']})`,
      description: `${about.en}\n\n${about['zh-CN']}`,
      parameters: parametersIn(report),
      answers: { 200: answered('The report.', answerSchema(report)) },
      problems: PROBLEMS_OF_QUESTIONS,
    },
    records,
  ];
}

/** The parameters of all reports together, for the operation that names none. */
function anyParameters(): Parameter[] {
  const byName = new Map(REPORTS.flatMap(parametersOf).map((info) => [info.name, info]));
  return [...byName.values()].map(({ name, label }) =>
    query(name, TEXT, `${label.en}, where the report takes it.`),
  );
}

const anyReport = inPath('id', oneOfTexts(REPORTS.map(({ id }) => id)));

export const REPORT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/reports',
    id: 'listReports',
    tag: 'Reports',
    summary: 'The catalogue of reports',
    description:
      'Names, parameters, columns with label, type and unit, charts: enough to build a screen from.',
    access: ['read'],
    parameters: [query('lang', oneOfTexts(LANGUAGES), 'Labels in this language alone; default: in both.')],
    answers: { 200: json('All reports.', ref('Catalogue')) },
    problems: [400],
  },
  {
    method: 'get',
    path: '/v1/reports/{id}',
    id: 'getReport',
    tag: 'Reports',
    summary: 'A report',
    description: 'Each report stands below with its own parameters and columns.',
    access: ['read'],
    parameters: [anyReport, ...anyParameters()],
    answers: { 200: answered('The report.', { type: 'object', required: ['report', 'freshness'] }) },
    problems: PROBLEMS_OF_QUESTIONS,
  },
  {
    method: 'get',
    path: '/v1/reports/{id}/records',
    id: 'listRecords',
    tag: 'Reports',
    summary: 'The records behind a number of a report',
    access: ['read'],
    parameters: [
      anyReport,
      query('column', TEXT, "The number's key; default: the report's first."),
      ...CELL,
      ...anyParameters().filter(({ name }) => !CELL.some(({ name: cell }) => cell === name)),
    ],
    answers: { 200: answered('The records.', ref('Records')) },
    problems: PROBLEMS_OF_QUESTIONS,
  },
  ...REPORTS.flatMap(operationsOf),
];
