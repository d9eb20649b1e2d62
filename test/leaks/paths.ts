/** What is asked of every route that is no report: right, wrong, and for what belongs to somebody else. */
import type { Place } from './probe';
import type { TenantUnderTest } from './tenant';

export interface Asked {
  method: string;
  path: string;
  /** The route, for the table. */
  route: string;
  place?: Place;
  body?: unknown;
  /** Statuses it may end with; absent: anything below 500. */
  expect?: readonly number[];
}

export const isBoardReport = (id: string): boolean =>
  id.startsWith('rank-') || id === 'dashboard-leaderboard';

const PLAIN = [
  ...['/', '/tv', '/health/live', '/health/ready', '/v1/me', '/v1/settings', '/v1/layout', '/v1/status'],
  ...['/v1/reports', '/v1/goals', '/v1/goals?year=2026', '/v1/departments', '/v1/employees', '/v1/pipelines'],
  ...[
    '/v1/product-categories',
    '/v1/rebuild',
    '/v1/keys',
    '/v1/screen-tokens',
    '/v1/audit?limit=1000',
    '/v1/dead-letters',
  ],
];

const REFUSED = [401, 403, 404];

export function everythingPaths(tenant: TenantUnderTest, others: readonly TenantUnderTest[]): Asked[] {
  return [
    ...PLAIN.map((path): Asked => ({ method: 'GET', path, route: `GET ${path.split('?')[0] ?? ''}` })),
    ...wrongQuestions(tenant),
    ...others.flatMap((other) => foreignSecrets(other)),
    ...others.flatMap((other) => foreignEvents(other)),
    ...tenant.letters.map((path): Asked => ({ method: 'GET', path, route: 'GET /v1/dead-letters/:id' })),
    ...others.flatMap(({ letters }) => letters.flatMap((path) => foreignLetter(path))),
    { method: 'GET', path: '/v1/reports/amount-ratio-detail?preset=year', route: 'GET /v1/reports/:id' },
    {
      method: 'GET',
      path: '/v1/reports/amount-ratio-detail/records?column=contractAmount',
      route: 'GET /v1/reports/:id/records',
    },
  ];
}

/** Questions that are wrong, or name somebody or something out of sight: an error says no more than an answer. */
function wrongQuestions({ world }: TenantUnderTest): Asked[] {
  const ids = {
    departmentId: world.all('department').map(({ id }) => id),
    employeeId: world.all('employee').map(({ id }) => id),
    pipelineId: world.all('pipeline').map(({ id }) => id),
    categoryId: world.all('product-category').map(({ id }) => id),
  };
  const asked: Asked[] = [];
  for (const [parameter, known] of Object.entries(ids)) {
    for (const id of [...known.slice(0, 3), 'nowhere']) {
      const query = `${parameter}=${encodeURIComponent(id)}`;
      for (const report of ['customer-total', 'sales-funnel', 'product-sales', 'goal-completion']) {
        asked.push({ method: 'GET', path: `/v1/reports/${report}?${query}`, route: 'GET /v1/reports/:id' });
      }
      asked.push(
        {
          method: 'GET',
          path: `/v1/leaderboards/rank-contract-count?${query}`,
          route: 'GET /v1/leaderboards/:id',
          place: 'boards',
        },
        {
          method: 'HEAD',
          path: `/v1/live?topic=${encodeURIComponent(`goals?${query}`)}`,
          route: 'GET /v1/live',
        },
      );
    }
  }
  for (const path of [
    '/v1/reports/nothing',
    '/v1/leaderboards/nothing',
    '/v1/live?topic=nothing',
    '/v1/keys/nothing',
    '/v1/nothing',
  ]) {
    asked.push(
      { method: 'GET', path, route: 'errors' },
      { method: 'GET', path: `${path}${path.includes('?') ? '&' : '?'}bogus=1`, route: 'errors' },
    );
  }
  return asked;
}

/** Keys and screens of another tenant: whoever asks, there is no such thing. */
function foreignSecrets({ secrets }: TenantUnderTest): Asked[] {
  return secrets
    .slice(0, 2)
    .concat(secrets.slice(-1))
    .map(({ path }) => ({
      method: 'DELETE',
      path,
      route: 'DELETE of another tenant',
      expect: REFUSED,
    }));
}

/** What could not be taken of another tenant: not to be seen, mended or thrown away. */
const foreignLetter = (path: string): Asked[] => [
  { method: 'GET', path, route: 'dead letters of another tenant', expect: REFUSED },
  {
    method: 'POST',
    path: `${path}/replay`,
    route: 'dead letters of another tenant',
    body: {},
    expect: REFUSED,
  },
  { method: 'DELETE', path, route: 'dead letters of another tenant', expect: REFUSED },
];

/** An event that says it belongs to another tenant. */
function foreignEvents({ id }: TenantUnderTest): Asked[] {
  const data = {
    id: 'another-customer',
    name: 'Taken over',
    ownerId: null,
    creatorId: 'u1',
    createdAt: '2026-01-01T00:00:00Z',
    dealStatus: 'deal',
  };
  const event = {
    specversion: '1.0',
    id: 'x',
    source: '/x',
    type: 'crm.customer.changed',
    subject: 'another-customer',
    time: '2026-01-01T00:00:00Z',
    sequence: '999999999999999999',
    tenantid: id,
    data,
  };
  return [
    {
      method: 'POST',
      path: '/v1/events',
      route: 'POST /v1/events of another tenant',
      body: event,
      expect: [400, 401, 403],
    },
  ];
}
