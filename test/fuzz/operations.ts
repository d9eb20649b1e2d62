/**
 * What there is to ask: from the API's own document where the server has one, else from the routes and the
 * catalogue of reports.
 */
import { BOARDS } from '#metrics';
import { catalogue, REPORTS } from '#reports';
import { FactsModule } from '../../apps/facts/facts.module';
import { IngestModule } from '../../apps/ingest/ingest.module';
import { LeaderboardsModule } from '../../apps/leaderboards/leaderboards.module';
import { QueryModule } from '../../apps/query/query.module';
import { HealthController } from '../../libs/engines/health.controller';
import type { Floor } from '../support/floor';
import { routesOf } from '../support/routes';

export interface Operation {
  method: string;
  /** With `{name}` where a parameter stands. */
  path: string;
  /** Values a path parameter has, by name. */
  pathValues: Record<string, readonly string[]>;
  query: readonly { name: string; values: readonly string[] }[];
  /** A body that is right, null where none is taken. */
  body: unknown;
}

interface OpenApi {
  paths: Record<string, Record<string, { parameters?: OpenApiParameter[]; requestBody?: unknown }>>;
}

interface OpenApiParameter {
  name: string;
  in: string;
  schema?: { enum?: unknown[]; default?: unknown };
}

const IDS = ['0123456789abcdef', 'd1', 'u1', 'pipeline-1', 'product-category-1', 'goal-1'];

/** Values that are right for a parameter of that name, whatever takes it. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  from: ['2026-01-01', '2025-12-31'],
  to: ['2026-12-31', '2026-06-30'],
  today: ['2026-05-20', '2024-02-29'],
  year: ['2026', '2025'],
  preset: ['today', 'week', 'month', 'last-month', 'quarter', 'year', 'previous-7-days'],
  scope: ['self', 'self-and-subordinates', 'department', 'department-tree'],
  metric: ['contract-amount', 'receivable-amount', 'rank-contract-amount'],
  limit: ['1', '50', '1000'],
  offset: ['0', '10', '999999999'],
  format: ['json', 'csv', 'xlsx'],
  lang: ['zh-CN', 'en'],
  column: [...new Set(REPORTS.flatMap(({ drill }) => Object.keys(drill.records)))],
  bucket: ['2026-05', '2026-05-20'],
  row: ['u1', '未知', 'product-1'],
  topic: [
    ...[
      'feed',
      'funnel',
      'status',
      'goals',
      'goals?preset=year',
      'leaderboards/rank-new-contacts?preset=week',
    ],
    ...['leaderboards/rank-contract-amount?preset=month&around=u1', 'funnel?pipelineId=pipeline-1'],
  ],
  around: ['u1'],
  departmentId: ['d1', 'd2'],
  employeeId: ['u1', 'u2'],
};

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/keys': {
    name: 'k',
    roles: ['read'],
    permission: 'self',
    employeeId: 'u1',
    expiresAt: '2030-01-01T00:00:00Z',
  },
  'POST /v1/screen-tokens': { name: 's', scenes: ['boards'], expiresAt: null },
  'POST /v1/tickets': { path: '/v1/reports/customer-total?format=csv' },
  'PUT /v1/settings': {
    boardVisibility: 'everyone',
    quietHours: { from: '22:00', to: '07:00' },
    imageHosts: ['a.example'],
  },
  'PUT /v1/layout': { dashboard: [{ panel: 'sales-briefing', width: 2 }] },
  'PUT /v1/goals/{id}': {
    subjectType: 'employee',
    subjectId: 'u1',
    year: 2026,
    metric: 'contract-amount',
    months: Array(12).fill('1.00'),
  },
  'POST /v1/rebuild': {},
};

export async function operationsOf(floor: Floor): Promise<{ source: string; operations: Operation[] }> {
  const answer = await fetch(`${floor.queryUrl}/openapi.json`);
  if (answer.ok)
    return { source: 'openapi.json', operations: fromDocument((await answer.json()) as OpenApi) };
  return { source: 'the routes', operations: fromRoutes() };
}

function fromDocument({ paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'post', 'put', 'delete'].includes(method))
      .map(([method, { parameters = [], requestBody }]): Operation => {
        const query = parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name, schema }) => ({ name, values: schema?.enum?.map(String) ?? KNOWN[name] ?? IDS }));
        const name = `${method.toUpperCase()} ${path}`;
        const body = requestBody === undefined ? null : (BODIES[name] ?? {});
        return { method: method.toUpperCase(), path, pathValues: pathValuesOf(path), query, body };
      }),
  );
}

function fromRoutes(): Operation[] {
  const parameters = [
    ...new Set(catalogue().reports.flatMap((report) => report.parameters.map(({ name }) => name))),
  ];
  const asked = [...parameters, 'column', 'bucket', 'row', 'topic', 'around', 'token', 'subjectId'];
  const modules = [HealthController, QueryModule, IngestModule, FactsModule, LeaderboardsModule];
  return routesOf(modules).map(({ method, path: declared }): Operation => {
    const path = declared.replace(/:(\w+)/g, '{$1}');
    const query = asked.map((name) => ({ name, values: KNOWN[name] ?? IDS }));
    return { method, path, pathValues: pathValuesOf(path), query, body: BODIES[`${method} ${path}`] ?? null };
  });
}

function pathValuesOf(path: string): Record<string, readonly string[]> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = path.startsWith('/v1/reports/')
    ? REPORTS.map(({ id }) => id)
    : path.startsWith('/v1/leaderboards/')
      ? BOARDS.map(({ id }) => id)
      : IDS;
  return Object.fromEntries(names.map((name) => [name, values]));
}
