import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, Post, Req, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openCaller } from '#access';
import { openChangeLog, TOPICS, type ChangeLog } from '#change-log';
import { Authority, ControlStore, createKey, createScreenToken, createTicket, revokeKey } from '#control';
import { createHttpApp, createLogger, loadSettings, loadTenants, Metrics } from '#platform';
import { AnyKey, callerOf, installGuard, Public, Refusals, Roles, type CallerRequest } from '.';

const logger = createLogger('spec', 'silent');
const defaults = loadSettings({});
const tenants = loadTenants(defaults);

@Controller('v1')
@Roles('read')
class GuardedController {
  @Get('numbers')
  numbers(@Req() request: CallerRequest): object {
    return { tenant: callerOf(request).tenant, query: request.query };
  }

  @Post('events')
  @Roles('publish')
  events(): string {
    return 'kept';
  }

  @Get('boards')
  @Roles('read', 'screen')
  boards(): string {
    return 'boards';
  }

  @Get('me')
  @AnyKey()
  me(): string {
    return 'me';
  }

  @Get('health')
  @Public()
  health(): string {
    return 'ok';
  }

  @Get('reports/:id')
  report(@Req() request: CallerRequest): object {
    return request.query as object;
  }
}

@Controller('open')
class ForgottenController {
  @Get()
  get(): string {
    return 'everything';
  }
}

let folder: string;
let log: ChangeLog;
let store: ControlStore;
let authority: Authority;
const apps: NestFastifyApplication[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorboard-guard-'));
  log = await openChangeLog({ dataDir: folder });
  await log.ensureTopics([{ name: TOPICS.control, partitions: 1, compacted: true }]);
  store = new ControlStore(log, logger);
  await store.start();
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await store.stop();
  await log.close();
  await rm(folder, { recursive: true });
});

let metrics: Metrics;

/** Requests refused for a reason. */
const refused = async (reason: string): Promise<number> =>
  (await metrics.refused.get()).values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;

async function start(
  controller: Type<unknown>,
  control = store,
  settings = defaults,
): Promise<NestFastifyApplication> {
  metrics = new Metrics();
  const refusals = new Refusals({
    logger,
    metrics,
    failuresPerMinute: settings.AUTH_FAILURES_PER_MINUTE,
  });
  @Module({ controllers: [controller] })
  class Root {}
  authority = new Authority(control, tenants, { HOST: '127.0.0.1' });
  const app = await createHttpApp(Root, {
    logger,
    prepare: (instance) => installGuard(instance, { authority, tenants, logger, refusals, settings }),
  });
  apps.push(app);
  await app.init();
  return app;
}

const actor = { caller: openCaller('default'), requestId: null };
const keyWith = async (...roles: string[]): Promise<string> =>
  (await createKey(store, actor, { name: 'k', roles })).key;

type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE';

async function ask(app: NestFastifyApplication, method: Method, url: string, headers: object = {}) {
  const answer = await app.inject({ method, url, headers: { host: 'localhost:80', ...headers } });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body };
}

const bearer = (key: string): object => ({ authorization: `Bearer ${key}` });

describe('the guard', () => {
  it('keeps a server from starting with a route that says nothing', async () => {
    await expect(start(ForgottenController)).rejects.toThrow('GET /open does not declare who may call it');
  });

  it('answers 503 and never opens while the keys are not read', async () => {
    const app = await start(GuardedController, new ControlStore(log, logger));
    expect((await ask(app, 'GET', '/v1/numbers')).status).toBe(503);
    expect((await ask(app, 'GET', '/v1/health')).status).toBe(200);
  });

  it('tells who asks by the key, and whether that one may', async () => {
    const [read, publish] = [await keyWith('read'), await keyWith('publish')];
    const app = await start(GuardedController);
    const refused = await ask(app, 'GET', '/v1/numbers');
    expect(refused).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.any(String) as unknown },
    });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${read}`, `Bearer ${read}x`, read]) {
      expect((await ask(app, 'GET', '/v1/numbers', { authorization })).status).toBe(401);
    }
    expect(await ask(app, 'GET', '/v1/numbers', bearer(read))).toMatchObject({ status: 200 });
    expect((await ask(app, 'HEAD', '/v1/numbers', bearer(read))).status).toBe(200);
    expect((await ask(app, 'HEAD', '/v1/numbers')).status).toBe(401);
    expect((await ask(app, 'GET', '/v1/numbers', bearer(publish))).status).toBe(403);
    expect((await ask(app, 'GET', '/v1/me', bearer(publish))).status).toBe(200);
    expect((await ask(app, 'GET', '/v1/nothing')).status).toBe(404);
  });

  it('takes writes as JSON only', async () => {
    const publish = await keyWith('publish');
    const app = await start(GuardedController);
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'json',
    ];
    for (const type of types) {
      const answer = await ask(app, 'POST', '/v1/events', { ...bearer(publish), 'content-type': type });
      expect(answer.status).toBe(415);
    }
    expect((await ask(app, 'POST', '/v1/events', bearer(publish))).status).toBe(415);
    expect((await ask(app, 'POST', '/v1/events')).status).toBe(401);
  });

  it('lets a screen in where it is named, by its cookie too, and only to read', async () => {
    const { token } = await createScreenToken(store, actor, { name: 'Hall' });
    await keyWith('manage');
    const app = await start(GuardedController);
    const cookie = { cookie: `a=b; floorboard_screen=${token}` };
    for (const shown of [cookie, bearer(token)]) {
      expect((await ask(app, 'GET', '/v1/boards', shown)).status).toBe(200);
      expect((await ask(app, 'GET', '/v1/me', shown)).status).not.toBe(200);
      expect((await ask(app, 'GET', '/v1/numbers', shown)).status).not.toBe(200);
      expect((await ask(app, 'POST', '/v1/events', shown)).status).not.toBe(201);
    }
    expect((await ask(app, 'GET', '/v1/boards', { cookie: 'floorboard_screen=x' })).status).toBe(401);
  });

  it('does not take a key from a cookie that is for screens', async () => {
    const key = await keyWith('read');
    const app = await start(GuardedController);
    expect((await ask(app, 'GET', '/v1/boards', { cookie: `floorboard_screen=${key}` })).status).toBe(401);
  });

  it('lets a ticket in once, as its maker, and hides it from the route', async () => {
    const key = await keyWith('read');
    const app = await start(GuardedController);
    const caller = authority.byToken(key);
    const { url } = await createTicket(store, caller!, { path: '/v1/reports/x?format=csv' });
    expect((await ask(app, 'GET', `${url}x`)).status).toBe(401);
    expect((await ask(app, 'GET', url.replace('csv', 'json'))).status).toBe(401);
    expect(await ask(app, 'GET', url)).toMatchObject({ status: 200, body: '{"format":"csv"}' });
    expect((await ask(app, 'GET', url)).status).toBe(401);
  });

  it('answers an address that tries too many wrong keys 429, and lets right ones in all the same', async () => {
    const read = await keyWith('read');
    const app = await start(GuardedController, store, loadSettings({ AUTH_FAILURES_PER_MINUTE: '5' }));
    const wrong = bearer(`fb_${'0'.repeat(16)}_${'A'.repeat(43)}`);
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await ask(app, 'GET', '/v1/numbers', wrong)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const late = await ask(app, 'GET', '/v1/numbers', wrong);
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(app, 'GET', '/v1/numbers', bearer(read))).status).toBe(200);
    expect((await ask(app, 'GET', '/v1/numbers')).status).toBe(401);
    expect([await refused('wrong-key'), await refused('failures'), await refused('no-key')]).toEqual([
      9, 4, 1,
    ]);
  });

  it('counts refusals by their reason', async () => {
    const publish = await keyWith('publish');
    const app = await start(GuardedController);
    await ask(app, 'GET', '/v1/numbers', bearer(publish));
    await ask(app, 'GET', '/v1/numbers');
    await ask(app, 'GET', '/v1/numbers', bearer('x'));
    expect([await refused('role'), await refused('no-key'), await refused('wrong-key')]).toEqual([1, 1, 1]);
  });

  it('limits how often one key asks, not the others, and publishing apart', async () => {
    const [one, other] = [await keyWith('read', 'publish'), await keyWith('read')];
    const limits = { KEY_REQUESTS_PER_SECOND: '2', KEY_PUBLISHES_PER_SECOND: '3' };
    const app = await start(GuardedController, store, loadSettings(limits));
    const json = { 'content-type': 'application/json' };
    const tries = async (key: string, method: Method, url: string): Promise<number[]> => {
      const answers = Array.from({ length: 20 }, () => ask(app, method, url, { ...bearer(key), ...json }));
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const reads = await tries(one, 'GET', '/v1/numbers');
    expect(reads.slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(reads.filter((status) => status === 429).length).toBeGreaterThanOrEqual(10);
    expect((await tries(one, 'POST', '/v1/events')).slice(0, 6)).not.toContain(429);
    expect((await tries(other, 'GET', '/v1/numbers')).slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(await refused('rate')).toBeGreaterThanOrEqual(20);
  });

  it('is open for this machine until the first key is made, and never again', async () => {
    const app = await start(GuardedController);
    expect(await ask(app, 'GET', '/v1/numbers')).toMatchObject({ status: 200 });
    expect((await ask(app, 'GET', '/v1/numbers', { host: 'evil.example' })).status).toBe(403);
    expect((await ask(app, 'GET', '/v1/numbers', { 'x-forwarded-for': '::1' })).status).toBe(403);
    expect((await ask(app, 'GET', '/v1/numbers', { origin: 'http://evil.example' })).status).toBe(403);
    const { id } = await createKey(store, actor, { name: 'first', roles: ['manage'] });
    expect((await ask(app, 'GET', '/v1/numbers')).status).toBe(401);
    await revokeKey(store, actor, id);
    expect((await ask(app, 'GET', '/v1/numbers')).status).toBe(401);
  });
});
