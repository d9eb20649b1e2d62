/**
 * Who gets in, in real processes on both sets of engines: the server without keys, every route with
 * every kind of caller, streams and links that end with their key.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealthController } from '../../libs/engines/health.controller';
import { FactsModule } from '../../apps/facts/facts.module';
import { IngestModule } from '../../apps/ingest/ingest.module';
import { LeaderboardsModule } from '../../apps/leaderboards/leaderboards.module';
import { QueryModule } from '../../apps/query/query.module';
import { ROOT, startChild } from '../support/children';
import { upsert } from '../support/events';
import { ENGINE_SETS, Floor } from '../support/floor';
import { bearer, makeKey, makeKeyByCommand } from '../support/keys';
import { routesOf, type Route } from '../support/routes';
import { LiveClient } from '../support/sse';

const TENANTS = `tenants:
  - { id: alpha, name: Alpha, zone: Asia/Shanghai }
  - { id: beta, name: Beta, zone: America/New_York, locale: en, currency: USD }
`;

/** Who may call what, written down a second time: a new route has to be added here. */
const AUDIENCES: Record<string, readonly string[] | 'public'> = {
  'GET /': 'public',
  'GET /reports': 'public',
  'GET /reports/:id': 'public',
  'GET /live': 'public',
  'GET /goals': 'public',
  'GET /keys': 'public',
  'GET /settings': 'public',
  'GET /sign-in': 'public',
  'GET /icon.svg': 'public',
  'GET /map.geojson': 'public',
  'GET /assets/:name': 'public',
  'GET /tv': 'public',
  'GET /openapi.json': 'public',
  'GET /docs': 'public',
  'GET /docs.css': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'POST /v1/events': ['publish'],
  'GET /v1/reports': ['read'],
  'GET /v1/reports/:id': ['read'],
  'GET /v1/reports/:id/records': ['read'],
  'GET /v1/leaderboards/:id': ['read', 'screen'],
  'GET /v1/live': ['read', 'screen'],
  'POST /v1/tickets': ['read'],
  'GET /v1/status': ['read', 'manage'],
  'GET /v1/rebuild': ['manage'],
  'POST /v1/rebuild': ['manage'],
  'GET /v1/goals': ['read', 'manage'],
  'PUT /v1/goals/:id': ['manage'],
  'DELETE /v1/goals/:id': ['manage'],
  'GET /v1/keys': ['manage'],
  'POST /v1/keys': ['manage'],
  'DELETE /v1/keys/:id': ['manage'],
  'GET /v1/screen-tokens': ['manage'],
  'POST /v1/screen-tokens': ['manage'],
  'DELETE /v1/screen-tokens/:id': ['manage'],
  'GET /v1/audit': ['manage'],
  'GET /v1/dead-letters': ['manage'],
  'GET /v1/dead-letters/:id': ['manage'],
  'POST /v1/dead-letters/:id/replay': ['manage'],
  'DELETE /v1/dead-letters/:id': ['manage'],
  'GET /v1/me': ['publish', 'read', 'manage', 'screen'],
  'GET /v1/settings': ['publish', 'read', 'manage', 'screen'],
  'PUT /v1/settings': ['manage'],
  'GET /v1/layout': ['publish', 'read', 'manage'],
  'PUT /v1/layout': ['publish', 'read', 'manage'],
  'GET /v1/departments': ['publish', 'read', 'manage'],
  'GET /v1/employees': ['publish', 'read', 'manage'],
  'GET /v1/pipelines': ['publish', 'read', 'manage'],
  'GET /v1/product-categories': ['publish', 'read', 'manage'],
};
const ROUTES = routesOf([HealthController, QueryModule, IngestModule, FactsModule, LeaderboardsModule]);
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Files of the dashboard, whose names change with each build. */
const ASSETS = join(ROOT, 'dist', 'apps', 'dashboard', 'assets');

/** A path that leads somewhere. */
function pathOf({ path }: Route): string {
  if (path.startsWith('/v1/reports/')) return path.replace(':id', 'contract-summary');
  if (path.startsWith('/v1/leaderboards/')) return path.replace(':id', 'rank-contract-amount');
  if (path.startsWith('/assets/')) return path.replace(':name', readdirSync(ASSETS)[0] ?? '');
  return path.replace(':id', '0123456789abcdef');
}

/** Status of a GET with headers that `fetch` does not let one write. */
function statusWith(base: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(base + path, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + ms;
  while (!(await holds()) && Date.now() < until) await sleep(20);
  expect(await holds()).toBe(true);
}

it('knows the audience of every route there is', () => {
  expect(ROUTES.map(nameOf).sort()).toEqual(Object.keys(AUDIENCES).sort());
});

describe.each(ENGINE_SETS)('access on %s engines', (set) => {
  let folder: string;
  let floor: Floor;
  let admin: string;
  let beta: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'access-'));
    writeFileSync(join(folder, 'tenants.yaml'), TENANTS);
    floor = await Floor.start(set, { TENANTS_FILE: join(folder, 'tenants.yaml') });
  }, 180_000);

  afterAll(async () => {
    await floor?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await floor.request('GET', path, undefined, headers)).status;
  const event = upsert('department', { id: 'd1', name: 'East' });
  const publishStatus = async (key: string | null): Promise<number> =>
    (
      await floor.request('POST', '/v1/events', [event], {
        'content-type': 'application/cloudevents-batch+json',
        ...(key === null ? {} : bearer(key)),
      })
    ).status;

  it('is open for this machine while there is no key, and for nobody else', async () => {
    expect(await floor.get('/v1/me')).toMatchObject({
      open: true,
      permission: 'all',
      tenant: { id: 'alpha' },
    });
    expect(await publishStatus(null)).toBe(202);
    const { host } = new URL(floor.queryUrl);
    const port = host.split(':')[1];
    const cases: [Record<string, string>, number][] = [
      [{ host }, 200],
      [{ host: `localhost:${port}` }, 200],
      [{ host: `localhost:${port}`, origin: `http://localhost:${port}` }, 200],
      [{ host: `floor.example:${port}` }, 403],
      [{ host, origin: 'http://floor.example' }, 403],
      [{ host, 'x-forwarded-for': '127.0.0.1' }, 403],
      [{ host, forwarded: 'for=127.0.0.1' }, 403],
    ];
    for (const [headers, expected] of cases) {
      expect([headers, await statusWith(floor.queryUrl, '/v1/me', headers)]).toEqual([headers, expected]);
    }
    expect(await statusWith(floor.queryUrl, '/health/live', { host: 'probe' })).toBe(200);
  });

  it('does not start open to other machines', async () => {
    const app = set === 'embedded' ? ['dist/apps/floorboard/main.js', 'start'] : ['dist/apps/query/main.js'];
    const env = { ...floor.env, HOST: '0.0.0.0', DATA_DIR: join(folder, 'other') };
    const refused = startChild('node', app, env);
    expect(await refused.exited).toBe(78);
    expect(refused.output()).toMatch(/HOST 0\.0\.0\.0 .*no API key/);
    const started = startChild('node', app, { ...env, ADMIN_KEY: 'k'.repeat(32) });
    await started.line((line) => (line.includes('"msg":"listening"') ? true : undefined));
    await started.stop();
  });

  it('is closed for everybody, streams too, by the first key', async () => {
    const stream = await LiveClient.open(floor.queryUrl, ['feed']);
    admin = (await makeKey(floor, null, { roles: ['publish', 'read', 'manage'], permission: 'all' })).key;
    expect(await status('/v1/me')).toBe(401);
    await within(1_000, async () => (await publishStatus(null)) === 401);
    await within(1_000, () => stream.closed);
    expect(await status('/v1/me', bearer(admin))).toBe(200);
    beta = (await makeKeyByCommand(floor, 'beta')).key;
    await within(1_000, async () => (await status('/v1/me', bearer(beta))) === 200);
  });

  it('lets in on every route whom it names, and nobody else', async () => {
    const roles = ['publish', 'read', 'manage'];
    const permission = (role: string): object => (role === 'read' ? { permission: 'all' } : {});
    const callers: { name: string; headers: Record<string, string> }[] = [];
    for (const [tenant, maker] of Object.entries({ alpha: admin, beta })) {
      for (const role of roles) {
        const { key } = await makeKey(floor, maker, { roles: [role], ...permission(role) });
        callers.push({ name: `${tenant}/${role}`, headers: bearer(key) });
      }
      const screen = await floor.request<{ token: string }>(
        'POST',
        '/v1/screen-tokens',
        { name: 'Hall' },
        bearer(maker),
      );
      callers.push({ name: `${tenant}/screen`, headers: bearer(screen.body.token) });
    }
    const ended = await makeKey(floor, admin, { roles });
    await floor.request('DELETE', `/v1/keys/${ended.id}`, undefined, bearer(admin));
    const changed = admin.slice(0, -2) + (admin.endsWith('AA') ? 'BB' : 'AA');
    const unknown = [
      {},
      bearer(ended.key),
      bearer(changed),
      bearer('x'.repeat(40)),
      { authorization: 'Basic YTpi' },
    ];
    // The other process of a set of servers hears of all of them within a second.
    await sleep(1_000);

    let tried = 0;
    const wrong: string[] = [];
    for (const route of ROUTES) {
      const audience = AUDIENCES[nameOf(route)] ?? [];
      const body = ['POST', 'PUT'].includes(route.method) ? {} : undefined;
      const ask = async (headers: Record<string, string>): Promise<number> =>
        (await floor.request(route.method, pathOf(route), body, headers)).status;
      for (const { name, headers } of callers) {
        const got = await ask(headers);
        const may = audience === 'public' || audience.includes(name.split('/')[1] ?? '');
        const fine = may ? got < 500 && got !== 401 && got !== 403 : got === 403;
        if (!fine) wrong.push(`${nameOf(route)} as ${name}: ${got}`);
        tried += 1;
      }
      for (const headers of unknown) {
        const got = await ask(headers);
        if (audience === 'public' ? got >= 400 : got !== 401) {
          wrong.push(`${nameOf(route)} with ${JSON.stringify(headers)}: ${got}`);
        }
        tried += 1;
      }
    }
    console.log(`${set}: ${ROUTES.length} routes, ${tried} requests tried, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
  }, 120_000);

  it('never grants by a key more than it holds', async () => {
    const manage = await makeKey(floor, admin, { roles: ['manage'] });
    const narrow = await makeKey(floor, admin, {
      roles: ['read', 'manage'],
      permission: 'department',
      employeeId: 'a',
    });
    const refused: [string, object][] = [
      [manage.key, { roles: ['read'] }],
      [manage.key, { roles: ['manage', 'publish'] }],
      [narrow.key, { roles: ['read'], permission: 'all' }],
      [narrow.key, { roles: ['read'], permission: 'department', employeeId: 'b' }],
      [narrow.key, { roles: ['publish'] }],
    ];
    for (const [maker, wish] of refused) {
      const answer = await floor.request('POST', '/v1/keys', { name: 'more', ...wish }, bearer(maker));
      expect([wish, answer.status]).toEqual([wish, 403]);
    }
    const screen = await floor.request('POST', '/v1/screen-tokens', { name: 'more' }, bearer(narrow.key));
    expect(screen.status).toBe(403);
    await makeKey(floor, narrow.key, { roles: ['read'], permission: 'self', employeeId: 'a' });
  });

  it('ends the streams of a key that is revoked, in whatever process, and its publishing', async () => {
    const made = await makeKey(floor, admin, { roles: ['read', 'publish'], permission: 'all' });
    const other = await LiveClient.open(floor.queryUrl, ['feed'], bearer(admin));
    const stream = await LiveClient.open(floor.queryUrl, ['feed', 'status'], bearer(made.key));
    await stream.until(({ event: kind }) => kind === 'feed');
    await within(1_000, async () => (await publishStatus(made.key)) === 202);
    const { code } = await floor.command(['keys', 'revoke', made.id, '--tenant', 'alpha']);
    expect(code).toBe(0);
    await within(1_000, () => stream.closed);
    await within(1_000, async () => (await publishStatus(made.key)) === 401);
    expect(await status('/v1/me', bearer(made.key))).toBe(401);
    expect(other.closed).toBe(false);
    other.close();
  });

  it('ends the streams of a key whose time is over', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { key } = await makeKey(floor, admin, { roles: ['read'], expiresAt });
    const stream = await LiveClient.open(floor.queryUrl, ['feed'], bearer(key));
    await within(3_500, () => stream.closed);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect(await status('/v1/me', bearer(key))).toBe(401);
  });

  it('shows a wall screen its boards by a cookie, until it is revoked', async () => {
    const made = await floor.request<{ id: string; token: string }>(
      'POST',
      '/v1/screen-tokens',
      { name: 'Hall', scenes: ['boards', 'funnel'] },
      bearer(admin),
    );
    const { token, id } = made.body;
    const swap = await fetch(`${floor.queryUrl}/tv?token=${token}&theme=dark`, { redirect: 'manual' });
    expect([swap.status, swap.headers.get('location')]).toEqual([303, '/tv?theme=dark']);
    expect(swap.headers.get('referrer-policy')).toBe('no-referrer');
    const set = swap.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/; HttpOnly; SameSite=Strict$/);
    const cookie = { cookie: set.split(';')[0] ?? '' };
    expect((await floor.request('GET', '/v1/me', undefined, cookie)).body).toMatchObject({
      tenant: { id: 'alpha' },
      roles: ['read'],
      screen: { scenes: ['boards', 'funnel'] },
    });
    expect(await status('/v1/leaderboards/rank-contract-amount', cookie)).toBe(200);
    expect(await status('/v1/live?topic=status', cookie)).toBe(403);
    // Where no screen is named its cookie is nothing.
    expect(await status('/v1/reports/contract-summary', cookie)).toBe(401);
    const topics = ['leaderboards/rank-contract-amount', 'funnel', 'goals', 'feed', 'freshness'];
    const stream = await LiveClient.open(floor.queryUrl, topics, cookie);
    // How old its numbers are it may know, and nothing else of the pipeline.
    const age = { asOf: expect.any(String) as string, lagMs: expect.any(Number) as number };
    const told = await stream.until(({ event, data }) => event === 'freshness' && 'live' in data);
    expect(told.data).toEqual({ topic: 'freshness', live: age, warehouse: age });
    await floor.request('DELETE', `/v1/screen-tokens/${id}`, undefined, bearer(admin));
    await within(1_000, () => stream.closed);
    expect(await status('/v1/me', cookie)).toBe(401);
    expect((await fetch(`${floor.queryUrl}/tv?token=${token}`, { redirect: 'manual' })).status).toBe(401);
  });

  it('downloads once by a link', async () => {
    const path = '/v1/reports/contract-summary?format=csv&year=2026';
    const made = await floor.request<{ url: string }>('POST', '/v1/tickets', { path }, bearer(admin));
    expect(made.status).toBe(201);
    const { url } = made.body;
    const file = await floor.request('GET', url);
    expect([file.status, file.type]).toEqual([200, expect.stringContaining('text/csv')]);
    expect(await status(url)).toBe(401);
    expect(await status(`${path}&ticket=fbt_0123456789abcdef_${'A'.repeat(43)}`)).toBe(401);
  });

  it('keeps in the audit log what was managed, per tenant', async () => {
    interface Entry {
      action: string;
      target: string | null;
      actor: { kind: string; id: string };
    }
    const audit = async (key: string): Promise<Entry[]> =>
      (await floor.request<{ rows: Entry[] }>('GET', '/v1/audit?limit=1000', undefined, bearer(key))).body
        .rows;
    const actions = new Set((await audit(admin)).map(({ action }) => action));
    for (const action of [
      'key.created',
      'key.revoked',
      'screen-token.created',
      'settings.changed',
      'rebuild.requested',
    ]) {
      expect(actions).toContain(action);
    }
    const ids = new Set((await audit(beta)).map(({ target }) => target));
    expect((await audit(admin)).filter(({ target }) => target !== null && ids.has(target))).toEqual([]);
  });

  it('lists keys of its tenant by the command line, and stays closed after a restart', async () => {
    const { output } = await floor.command(['keys', 'list', '--tenant', 'beta']);
    expect(output.split('\n').filter((line) => /^[0-9a-f]{16} /.test(line))).toHaveLength(4);
    expect(output).not.toContain('fb_');
    await floor.stopApps();
    await floor.startApps();
    expect(await status('/v1/me')).toBe(401);
    expect(await status('/v1/me', bearer(admin))).toBe(200);
  }, 60_000);
});
