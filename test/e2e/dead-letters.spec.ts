/** What could not be taken: listed, looked at, mended, sent again, by HTTP and by the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChangeLog, TOPICS } from '#change-log';
import type { CloudEvent } from '#crm';
import { contractEvent } from '../support/events';
import { ENGINE_SETS, Floor, type Row } from '../support/floor';
import { bearer, makeKey, makeKeyByCommand } from '../support/keys';

interface Letter {
  id: string;
  receivedAt: string;
  reason: string;
  errors: { pointer: string; detail: string }[];
  event: unknown;
  source: string | null;
}

interface Letters {
  rows: Letter[];
  page: { offset: number; limit: number; total: number };
}

const tenants = (...ids: string[]): string => `tenants:\n${ids.map((id) => `  - { id: ${id} }\n`).join('')}`;

const contract = (id: string, amount: string, sequence: string): CloudEvent =>
  contractEvent(id, { amount, orderDate: '2026-05-20', sequence });

describe.each(ENGINE_SETS)('dead letters on %s engines', (set) => {
  let folder: string;
  let floor: Floor;
  let alpha: string;
  let beta: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'letters-'));
    writeFileSync(join(folder, 'tenants.yaml'), tenants('alpha', 'beta'));
    floor = await Floor.start(set, { TENANTS_FILE: join(folder, 'tenants.yaml') });
    alpha = (await makeKeyByCommand(floor, 'alpha')).key;
    await floor.stopApps();
    await floor.startApps();
    beta = (await makeKeyByCommand(floor, 'beta')).key;
    floor.key = alpha;
  }, 180_000);
  afterAll(async () => {
    await floor?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const list = (key = alpha, query = ''): Promise<Letters> =>
    floor
      .request<Letters>('GET', `/v1/dead-letters${query}`, undefined, bearer(key))
      .then(({ status, body }) => {
        expect(status).toBe(200);
        return body;
      });
  const count = async (key = alpha): Promise<number> =>
    (await floor.request<{ deadLetters: number }>('GET', '/v1/status', undefined, bearer(key))).body
      .deadLetters;
  const send = (events: unknown[], key = alpha): Promise<unknown> =>
    floor.request('POST', '/v1/events', events, {
      'content-type': 'application/cloudevents-batch+json',
      ...bearer(key),
    });
  const board = async (): Promise<Row[]> => {
    await floor.settle();
    return (await floor.get('/v1/leaderboards/rank-contract-amount?from=2026-05-01&to=2026-05-31')).rows;
  };
  /** Writes to the log as writers do that are not ours. */
  async function produce(records: { key: string; value: string }[]): Promise<void> {
    const { KAFKA_BROKERS: brokers } = floor.env;
    if (!brokers) await floor.stopApps();
    const log = await openChangeLog({ kafkaBrokers: brokers?.split(','), dataDir: floor.dataDir });
    await log.append(
      TOPICS.events,
      records.map(({ key, value }) => ({ key, value: Buffer.from(value) })),
    );
    await log.close();
    if (!brokers) await floor.startApps();
  }
  async function untilCounted(holds: (letters: Letters) => boolean): Promise<Letters> {
    for (const until = Date.now() + 30_000; ; await sleep(100)) {
      const letters = await list();
      if (holds(letters) || Date.now() > until) return letters;
    }
  }

  it('lists what was refused, with its reason, to its own tenant alone', async () => {
    const bad = contract('k1', 'a lot', '1');
    await send([bad, contract('k2', '5.00', '1')]);
    const { rows, page } = await list();
    expect(page).toEqual({ offset: 0, limit: 50, total: 1 });
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^\d+$/) as unknown,
        receivedAt: expect.stringMatching(/^20\d\d-.*Z$/) as unknown,
        reason: 'invalid',
        errors: [{ pointer: '/data/amount', detail: expect.any(String) as unknown }],
        event: bad,
        source: bad.source,
      },
    ]);
    expect([await count(), await count(beta)]).toEqual([1, 0]);
    expect((await list(beta)).rows).toEqual([]);
    const path = `/v1/dead-letters/${rows[0]?.id}`;
    expect((await floor.request('GET', path)).body).toEqual(rows[0]);
    for (const [method, of] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/replay`],
    ] as const) {
      expect((await floor.request(method, of, method === 'POST' ? {} : undefined, bearer(beta))).status).toBe(
        404,
      );
    }
    const reader = await makeKey(floor, alpha, { roles: ['read'], permission: 'all' });
    expect((await floor.request('GET', path, undefined, bearer(reader.key))).status).toBe(403);
  }, 60_000);

  it('replays a corrected event, once, and keeps what is still wrong', async () => {
    const [letter] = (await list()).rows;
    const path = `/v1/dead-letters/${letter?.id}/replay`;
    for (const body of [{}, { event: contract('k1', 'much', '1') }]) {
      const answer = await floor.request<{ errors: object[] }>('POST', path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ pointer: '/data/amount' }]);
    }
    expect((await floor.request('POST', path, { evnt: 1 })).status).toBe(400);
    expect(
      (await floor.request('POST', path, { event: { ...contract('k1', '7.00', '1'), tenantid: 'beta' } }))
        .status,
    ).toBe(400);
    expect(await count()).toBe(1);
    expect((await floor.request('POST', path, { event: contract('k1', '7.00', '1') })).status).toBe(202);
    expect(await board()).toMatchObject([{ employeeId: 'e1', value: '12.00' }]);
    expect([await count(), (await list()).rows]).toEqual([0, []]);
    expect((await floor.request('POST', path, {})).status).toBe(404);
    const audit = await floor.get<{ rows: Row[] }>('/v1/audit');
    expect(audit.rows[0]).toMatchObject({ action: 'dead-letter.replayed', target: letter?.id });
  }, 60_000);

  it('deletes for good, and pages', async () => {
    await send(['x', 'y', 'z', 'w'].map((amount, index) => contract(`b${index}`, amount, '1')));
    const all = await list();
    expect(all.page.total).toBe(4);
    const [newest, second] = all.rows;
    expect((await list(alpha, '?limit=1&offset=1')).rows).toEqual([second]);
    expect((await floor.request('GET', '/v1/dead-letters?limit=0')).status).toBe(400);
    expect((await floor.request('DELETE', `/v1/dead-letters/${newest?.id}`)).status).toBe(204);
    expect((await floor.request('DELETE', `/v1/dead-letters/${newest?.id}`)).status).toBe(404);
    await floor.stopApps();
    await floor.startApps();
    expect((await list()).rows).toEqual(all.rows.slice(1));
    const deleted = await floor.command(['dead-letters', 'delete', '--all', '--tenant', 'alpha']);
    expect(deleted).toMatchObject({ code: 0, output: '3 deleted' });
    expect(await untilCounted(({ page }) => page.total === 0)).toMatchObject({ rows: [] });
  }, 120_000);

  it('is for the command line across tenants, and what was early can be sent again in order', async () => {
    const early = [contract('g1', '1.00', '1'), contract('g1', '3.00', '3'), contract('g1', '2.00', '2')];
    await produce([
      { key: 'gamma/contract/g0', value: 'no JSON at all' },
      ...early.map((event) => ({
        key: 'gamma/contract/g1',
        value: JSON.stringify({ ...event, tenantid: 'gamma' }),
      })),
    ]);
    await floor.settle();
    await send([contract('k9', 'bad', '1')], beta);
    const listed = await floor.command(['dead-letters', 'list', '--json']);
    const letters = listed.output
      .split('\n')
      .filter((line) => line.startsWith('{"id"'))
      .map((line) => JSON.parse(line) as Letter & { tenant: string | null });
    expect(letters.map(({ tenant, reason }) => [tenant, reason])).toEqual([
      ['beta', 'invalid'],
      [null, 'invalid'],
      [null, 'invalid'],
      [null, 'invalid'],
      [null, 'malformed'],
    ]);
    const shown = await floor.command(['dead-letters', 'show', letters[4]?.id ?? '']);
    expect(JSON.parse(shown.output)).toMatchObject({
      event: 'no JSON at all',
      reason: 'malformed',
      source: null,
    });
    expect(await floor.command(['dead-letters', 'show', '999999'])).toMatchObject({ code: 78 });
    // Now there is such a tenant.
    await floor.stopApps();
    writeFileSync(join(folder, 'tenants.yaml'), tenants('alpha', 'beta', 'gamma'));
    await floor.startApps();
    const replayed = await floor.command(['dead-letters', 'replay', '--all']);
    expect(replayed.code).toBe(2);
    expect(replayed.output).toContain('3 replayed');
    const file = join(folder, 'event.json');
    writeFileSync(file, JSON.stringify({ ...contract('k9', '4.00', '1') }));
    expect(
      await floor.command(['dead-letters', 'replay', letters[0]?.id ?? '', '--event', file]),
    ).toMatchObject({
      code: 0,
    });
    floor.key = (await makeKeyByCommand(floor, 'gamma')).key;
    expect(await board()).toMatchObject([{ value: '3.00' }]);
    floor.key = beta;
    expect(await board()).toMatchObject([{ value: '4.00' }]);
  }, 180_000);
});
