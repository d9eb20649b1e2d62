/** What a running server lets one caller take, what it keeps out of its logs, and what it writes down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Floor } from '../support/floor';
import { bearer, makeKey } from '../support/keys';
import { freePort } from '../support/ports';
import { LiveClient } from '../support/sse';

const ADMIN = 'an-admin-key-without-any-form-of-its-own';

let floor: Floor;
let metricsPort: number;

beforeAll(async () => {
  metricsPort = await freePort();
  floor = await Floor.start('embedded', {
    ADMIN_KEY: ADMIN,
    LOG_LEVEL: 'trace',
    METRICS_PORT: String(metricsPort),
    KEY_STREAMS: '2',
    MAX_STREAMS: '3',
    QUERY_MEMORY_BYTES: String(64 * 1024 ** 2),
  });
  floor.key = ADMIN;
}, 60_000);
afterAll(() => floor?.stop());

const streamStatus = async (key: string): Promise<number> => {
  const abort = new AbortController();
  const answer = await fetch(`${floor.queryUrl}/v1/live?topic=feed`, {
    headers: bearer(key),
    signal: abort.signal,
  });
  abort.abort();
  return answer.status;
};

async function eventually<T>(look: () => Promise<T>, fits: (found: T) => boolean): Promise<T> {
  const until = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (fits(found) || Date.now() > until) return found;
    await sleep(50);
  }
}

it('opens so many streams for one key, and so many in all', async () => {
  const [one, other] = [
    await makeKey(floor, ADMIN, { roles: ['read'] }),
    await makeKey(floor, ADMIN, { roles: ['read'] }),
  ];
  const streams = [
    await LiveClient.open(floor.queryUrl, ['feed'], bearer(one.key)),
    await LiveClient.open(floor.queryUrl, ['feed'], bearer(one.key)),
  ];
  const refused = await floor.request<{ status: number }>(
    'GET',
    '/v1/live?topic=feed',
    undefined,
    bearer(one.key),
  );
  expect([refused.status, refused.body.status, refused.headers.get('retry-after')]).toEqual([429, 429, '5']);
  streams.push(await LiveClient.open(floor.queryUrl, ['feed'], bearer(other.key)));
  expect(await streamStatus(other.key)).toBe(429);
  streams.forEach((stream) => stream.close());
  expect(
    await eventually(
      () => streamStatus(one.key),
      (status) => status === 200,
    ),
  ).toBe(200);
});

it('answers a question for the headers of a stream without opening one', async () => {
  const answer = await fetch(`${floor.queryUrl}/v1/live?topic=feed`, {
    method: 'HEAD',
    headers: bearer(ADMIN),
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

it('never writes a key, a token or a link into its logs', async () => {
  const key = await makeKey(floor, ADMIN, { roles: ['read', 'manage'], permission: 'all' });
  const screen = await floor.request<{ id: string; token: string }>('POST', '/v1/screen-tokens', {
    name: 'Hall',
  });
  const link = await floor.request<{ url: string }>('POST', '/v1/tickets', {
    path: '/v1/reports/customer-total',
  });
  const ticket = /ticket=(\S+)/.exec(link.body.url)?.[1] ?? '';
  const wrong = `fb_0123456789abcdef_${'Q'.repeat(43)}`;
  const secrets = [ADMIN, key.key, screen.body.token, ticket, wrong];
  expect(secrets.every((secret) => secret.length > 30)).toBe(true);
  for (const secret of secrets) {
    for (const path of [
      '/v1/me',
      '/v1/keys',
      `/v1/${secret}`,
      `/tv?token=${secret}`,
      `/v1/reports/x?ticket=${secret}`,
    ]) {
      for (const headers of [
        bearer(secret),
        { authorization: secret },
        { cookie: `floorboard_screen=${secret}` },
      ]) {
        const answer = await fetch(floor.queryUrl + path, { headers, redirect: 'manual' });
        expect(await answer.text()).not.toContain(secret.slice(-30));
      }
    }
    await floor.request('POST', '/v1/keys', { name: secret, roles: [secret] });
    await floor.request('PUT', '/v1/settings', `{"${secret}`, { 'content-type': 'application/json' });
  }
  await floor.request('GET', link.body.url);
  const log = await eventually(
    async () => floor.output(),
    (text) => text.includes('requests were not let in'),
  );
  expect(log).toContain('"refused":{');
  for (const secret of secrets) expect(log).not.toContain(secret.slice(-20));
});

it('counts what it refused, on a port of its own', async () => {
  await floor.request('GET', '/v1/me', undefined, bearer('x'.repeat(40)));
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(text).toMatch(/^floorboard_refused_requests_total\{reason="wrong-key"\} [1-9]/m);
  expect(text).toMatch(/^floorboard_refused_requests_total\{reason="streams"\} [1-9]/m);
  expect(text).toMatch(/^floorboard_live_streams 0$/m);
  const ready = await fetch(`http://127.0.0.1:${metricsPort}/health/ready`);
  expect(await ready.json()).toEqual({
    status: 'ok',
    dependencies: ['log', 'counters', 'warehouse'].map((name) => ({ name, ok: true })),
  });
  for (const path of ['/metrics', '/health/details']) {
    expect((await fetch(floor.queryUrl + path, { headers: bearer(ADMIN) })).status).toBe(404);
  }
});

it('writes down who managed what, by the request that did it', async () => {
  interface Entry {
    action: string;
    actor: { kind: string; name: string };
    requestId: string;
  }
  const acts: [string, string, string, unknown?][] = [
    ['key.created', 'POST', '/v1/keys', { name: 'k', roles: ['publish'] }],
    ['screen-token.created', 'POST', '/v1/screen-tokens', { name: 's' }],
    ['settings.changed', 'PUT', '/v1/settings', {}],
    [
      'goal.set',
      'PUT',
      '/v1/goals/g1',
      {
        subjectType: 'employee',
        subjectId: 'a',
        year: 2026,
        metric: 'contract-amount',
        months: Array(12).fill('1.00'),
      },
    ],
    ['rebuild.requested', 'POST', '/v1/rebuild', {}],
  ];
  const done: [string, string | null][] = [];
  for (const [action, method, path, body] of acts) {
    const { status, headers } = await floor.request(method, path, body);
    expect([path, status < 300]).toEqual([path, true]);
    done.push([action, headers.get('x-request-id')]);
  }
  const { rows } = await floor.get<{ rows: Entry[] }>('/v1/audit');
  expect(rows.slice(0, acts.length).map(({ action, requestId }) => [action, requestId])).toEqual(
    done.toReversed(),
  );
  expect(rows[0]?.actor).toMatchObject({ kind: 'key', name: 'ADMIN_KEY' });
});
