/** Control data on a real log, as several processes see it: each store stands for one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCaller, type Caller } from '#access';
import { openChangeLog, TOPICS, type ChangeLog } from '#change-log';
import { createLogger, loadSettings, Tenants } from '#platform';
import { zoneNamed } from '#calendar';
import {
  Authority,
  changeLayout,
  changeSettings,
  ControlStore,
  createKey,
  createScreenToken,
  createTicket,
  layoutOf,
  listKeys,
  listScreenTokens,
  revokeKey,
  revokeScreenToken,
  settingsOf,
  ticketIn,
  type Actor,
} from '.';

const logger = createLogger('spec', 'silent');
const tenant = (id: string) => ({
  id,
  name: id,
  zone: zoneNamed('Asia/Shanghai'),
  locale: 'zh-CN' as const,
  currency: 'CNY',
});
const tenants = new Tenants([tenant('default'), tenant('other')]);
const local = { HOST: '127.0.0.1' };
const actor = (caller: Caller = openCaller('default')): Actor => ({ caller, requestId: 'r' });
const all = { name: 'all', roles: ['publish', 'read', 'manage'], permission: 'all' };

let folder: string;
let log: ChangeLog;
let stores: ControlStore[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorboard-control-'));
  log = await openChangeLog({ dataDir: folder });
  await log.ensureTopics([{ name: TOPICS.control, partitions: 1, compacted: true }]);
  stores = [];
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.stop()));
  await log.close();
  await rm(folder, { recursive: true });
});

async function started(): Promise<ControlStore> {
  const store = new ControlStore(log, logger);
  stores.push(store);
  await store.start();
  return store;
}

/** Waits until something holds; a second is what every process has. */
async function within(ms: number, holds: () => boolean): Promise<void> {
  const until = Date.now() + ms;
  while (!holds() && Date.now() < until) await sleep(10);
  expect(holds()).toBe(true);
}

describe('a key', () => {
  it('opens in every process within a second, and after a restart', async () => {
    const [here, there] = [await started(), await started()];
    const { key, id } = await createKey(here, actor(), all);
    const authority = new Authority(here, tenants, local);
    expect(authority.byToken(key)).toMatchObject({ tenant: 'default', identity: { kind: 'key', id } });
    const other = new Authority(there, tenants, local);
    await within(1_000, () => other.byToken(key) !== null);
    const again = new Authority(await started(), tenants, local);
    expect(again.byToken(key)?.roles).toEqual(['publish', 'read', 'manage']);
  });

  it('opens nothing when it is wrong, ended or revoked, anywhere', async () => {
    const [here, there] = [await started(), await started()];
    const { key, id } = await createKey(here, actor(), all);
    const soon = new Date(Date.now() + 400).toISOString();
    const ending = await createKey(here, actor(), { ...all, expiresAt: soon });
    const authority = new Authority(there, tenants, local);
    await within(1_000, () => authority.byToken(key) !== null);
    const changed = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    for (const wrong of [changed, key.slice(0, -1), `${key} `, id, '']) {
      expect(authority.byToken(wrong)).toBeNull();
    }
    const caller = authority.byToken(ending.key) as Caller;
    await within(1_000, () => authority.byToken(ending.key) === null);
    expect(authority.stillValid(caller)).toBe(false);
    await revokeKey(here, actor(), id);
    await within(1_000, () => authority.byToken(key) === null);
  });

  it('is kept as a digest, is listed without it, and belongs to one tenant', async () => {
    const store = await started();
    const { key, id } = await createKey(store, actor(), all);
    const stored = await log.read(TOPICS.control, 0, 0, 100);
    const secret = key.slice(`fb_${id}_`.length);
    expect(stored.map(({ value }) => value.toString()).join()).not.toContain(secret);
    expect(JSON.stringify(listKeys(store, 'default'))).not.toMatch(/digest|key":/);
    expect(listKeys(store, 'other')).toEqual([]);
    await expect(revokeKey(store, actor(openCaller('other')), id)).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [{ name: 'x', roles: [] }, '/roles'],
    [{ name: 'x', roles: ['admin'] }, '/roles'],
    [{ roles: ['read'] }, '/name'],
    [{ name: 'a\nb', roles: ['read'] }, '/name'],
    [{ name: 'x', roles: ['publish'], permission: 'all' }, '/permission'],
    [{ name: 'x', roles: ['read'], permission: 'everything' }, '/permission'],
    [{ name: 'x', roles: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ name: 'x', roles: ['read'], expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ name: 'x', roles: ['read'], tenant: 'other' }, '/tenant'],
  ])('is refused: %j', async (body, pointer) => {
    const store = await started();
    await expect(createKey(store, actor(), body)).rejects.toMatchObject({
      status: 400,
      extra: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown },
    });
    expect(store.keys.size).toBe(0);
  });
});

describe('the open server', () => {
  it('is closed by the first key everywhere and stays closed when it is revoked', async () => {
    const [here, there] = [await started(), await started()];
    const [a, b] = [new Authority(here, tenants, local), new Authority(there, tenants, local)];
    expect([a.open, b.open]).toEqual([true, true]);
    const { id } = await createKey(here, actor(), all);
    expect(a.open).toBe(false);
    await within(1_000, () => !b.open);
    expect(b.stillValid(openCaller('default'))).toBe(false);
    await revokeKey(here, actor(), id);
    expect(a.open).toBe(false);
    expect(new Authority(await started(), tenants, local).open).toBe(false);
  });

  it('is not open before the keys are read, nor with a key from the environment', async () => {
    expect(new Authority(new ControlStore(log, logger), tenants, local)).toMatchObject({
      open: false,
      ready: false,
    });
    const given = 'x'.repeat(32);
    const authority = new Authority(await started(), tenants, { ...local, ADMIN_KEY: given });
    expect(authority.open).toBe(false);
    expect(authority.byToken(given)).toMatchObject({ tenant: 'default', permission: 'all' });
    expect(authority.byToken('y'.repeat(32))).toBeNull();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'floor.example'])('does not start on %s', async (HOST) => {
    const store = await started();
    expect(() => new Authority(store, tenants, { HOST })).toThrow(/HOST/);
    expect(() => new Authority(store, tenants, { HOST, ADMIN_KEY: 'x'.repeat(32) })).not.toThrow();
  });
});

describe('a ticket', () => {
  const path = '/v1/reports/customer-total?format=csv';
  const link = async (store: ControlStore, key: string): Promise<{ token: string; path: string }> => {
    const caller = new Authority(store, tenants, local).byToken(key) as Caller;
    const { url } = await createTicket(store, caller, { path });
    return ticketIn(url) as { token: string; path: string };
  };

  it('is used once, whichever process is first', async () => {
    const [here, there] = [await started(), await started()];
    const { key } = await createKey(here, actor(), all);
    const authorities = [here, there].map((store) => new Authority(store, tenants, local));
    for (let round = 0; round < 8; round += 1) {
      const ticket = await link(here, key);
      await within(1_000, () => there.tickets.size > round);
      const answers = await Promise.all(authorities.map((authority) => authority.byTicket(ticket)));
      expect(answers.filter((caller) => caller !== null)).toHaveLength(1);
      expect(await authorities[0]?.byTicket(ticket)).toBeNull();
    }
  });

  it('is for its own path only, and ends with the key that made it', async () => {
    const store = await started();
    const { key, id } = await createKey(store, actor(), all);
    const authority = new Authority(store, tenants, local);
    const ticket = await link(store, key);
    expect(await authority.byTicket({ ...ticket, path: '/v1/reports/customer-total' })).toBeNull();
    expect(await authority.byTicket({ ...ticket, token: key })).toBeNull();
    await revokeKey(store, actor(), id);
    expect(await authority.byTicket(ticket)).toBeNull();
  });

  it.each(['/v1/keys', 'https://evil.example/v1/reports/x', '/v1/reports/', '/v1/reports/x#y', '/v1/live'])(
    'is not made for %s',
    async (wrong) => {
      const store = await started();
      await expect(createTicket(store, openCaller('default'), { path: wrong })).rejects.toMatchObject({
        status: 400,
      });
    },
  );
});

describe('a screen token', () => {
  it('reads as a screen until it is revoked, and needs a maker who sees everything', async () => {
    const store = await started();
    const authority = new Authority(store, tenants, local);
    const { token, id } = await createScreenToken(store, actor(), { name: 'Hall', scenes: ['boards'] });
    expect(authority.byToken(token)).toMatchObject({
      roles: ['read'],
      identity: { kind: 'screen', scenes: ['boards'] },
    });
    const narrow: Caller = { ...openCaller('default'), permission: 'department', employeeId: 'e' };
    await expect(createScreenToken(store, actor(narrow), { name: 'x' })).rejects.toMatchObject({
      status: 403,
    });
    await revokeScreenToken(store, actor(), id);
    expect(authority.byToken(token)).toBeNull();
  });

  it('tells when a screen was last there, in every process, with few writes', async () => {
    const [store, other] = [await started(), await started()];
    const authority = new Authority(store, tenants, local);
    const { token, id } = await createScreenToken(store, actor(), { name: 'Hall' });
    const lastSeen = (of: ControlStore): string | null | undefined =>
      listScreenTokens(of, 'default').find((screen) => screen.id === id)?.lastSeenAt;
    expect(lastSeen(store)).toBeNull();
    const before = Date.now();
    for (let times = 0; times < 50; times++) expect(authority.byToken(token)).not.toBeNull();
    await within(1_000, () => typeof lastSeen(other) === 'string');
    expect(Date.parse(lastSeen(other) ?? '')).toBeGreaterThanOrEqual(before);
    const { identity } = authority.byToken(token) as Caller;
    expect(authority.stillValid({ ...openCaller('default'), identity })).toBe(true);
    const records = await log.read(TOPICS.control, 0, 0, 1_000);
    expect(records.filter(({ value }) => value.includes('screen-seen'))).toHaveLength(1);
    await revokeScreenToken(store, actor(), id);
    expect(authority.stillValid({ ...openCaller('default'), identity })).toBe(false);
  });
});

describe('settings and layouts', () => {
  const settings = loadSettings({ BOARD_VISIBILITY: 'permission' });
  const shown = tenant('default');

  it('hold per tenant, over the environment, until they are left out again', async () => {
    const store = await started();
    expect(settingsOf(store, shown, settings)).toMatchObject({ boardVisibility: 'permission' });
    const change = { boardVisibility: 'everyone', quietHours: { from: '22:00', to: '07:30' } };
    await changeSettings(store, actor(), shown, settings, change);
    expect(settingsOf(await started(), shown, settings)).toMatchObject({ ...change, risingColour: 'red' });
    expect(settingsOf(store, tenant('other'), settings).boardVisibility).toBe('permission');
    await changeSettings(store, actor(), shown, settings, {});
    expect(settingsOf(store, shown, settings)).toMatchObject({
      boardVisibility: 'permission',
      quietHours: null,
    });
  });

  it.each([
    [{ boardVisibility: 'nobody' }, '/boardVisibility'],
    [{ quietHours: { from: '24:00', to: '07:00' } }, '/quietHours/from'],
    [{ quietHours: 'always' }, '/quietHours'],
    [{ imageHosts: ['https://x.example/'] }, '/imageHosts'],
    [{ privacyTopN: 0 }, '/privacyTopN'],
    [{ celebrationMinimum: -1 }, '/celebrationMinimum'],
    [{ unknown: 1 }, '/unknown'],
  ])('are refused: %j', async (body, pointer) => {
    const store = await started();
    await expect(changeSettings(store, actor(), shown, settings, body)).rejects.toMatchObject({
      extra: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown },
    });
  });

  it('a layout belongs to a person, not to a key', async () => {
    const store = await started();
    const ann = (id: string): Caller => ({
      ...openCaller('default'),
      employeeId: 'ann',
      identity: { kind: 'key', id, name: id, expiresAt: null },
    });
    const layout = { home: [{ panel: 'sales-briefing' }, { panel: 'leaderboard', hidden: true, width: 2 }] };
    await changeLayout(store, ann('k1'), layout);
    expect(layoutOf(store, ann('k2'))).toEqual(layout);
    expect(layoutOf(store, openCaller('default'))).toEqual({});
    expect(layoutOf(store, { ...ann('k1'), tenant: 'other' })).toEqual({});
    for (const wrong of [[], { home: {} }, { home: [{}] }, { home: [{ panel: 'x', y: 1 }] }, { 'A!': [] }]) {
      await expect(changeLayout(store, ann('k1'), wrong)).rejects.toMatchObject({ status: 400 });
    }
    const large = { home: Array.from({ length: 3_000 }, () => ({ panel: 'x' })) };
    await expect(changeLayout(store, ann('k1'), large)).rejects.toMatchObject({ status: 413 });
  });
});

describe('the audit log', () => {
  it('has who did what, newest first, per tenant', async () => {
    const store = await started();
    const { id } = await createKey(store, actor(), all);
    await revokeKey(store, actor(), id);
    expect(store.auditOf('default')).toMatchObject([
      { action: 'key.revoked', target: id, actor: { kind: 'open' }, requestId: 'r' },
      { action: 'key.created', target: id },
    ]);
    expect((await started()).auditOf('other')).toEqual([]);
  });
});

describe('the topic', () => {
  it('may hold what a later release wrote, and is compacted without losing anything in force', async () => {
    await log.append(TOPICS.control, [
      { key: 'x', value: Buffer.from('no json') },
      { key: 'y', value: Buffer.from('{"kind":"of tomorrow"}') },
    ]);
    const store = await started();
    const { key, id } = await createKey(store, actor(), all);
    for (let i = 0; i < 20; i += 1)
      await changeLayout(store, openCaller('default'), { home: [{ panel: `${i}` }] });
    await (log as unknown as { sweep(): Promise<void> }).sweep();
    const fresh = await started();
    expect(new Authority(fresh, tenants, local).byToken(key)?.identity?.id).toBe(id);
    expect(layoutOf(fresh, openCaller('default'))).toEqual({ home: [{ panel: '19' }] });
  });
});
