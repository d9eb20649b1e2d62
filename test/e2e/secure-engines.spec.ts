/**
 * The four apps on servers as a careful installation runs them: Kafka by TLS and SCRAM, Redis by TLS with a
 * user whose ACL is the one in deploy/redis, ClickHouse's HTTP protocol by TLS with a user that writes and,
 * for the query app, one that only reads. And what happens when a password or a certificate is wrong.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isoOf, zoneNamed } from '#calendar';
import { REPORTS } from '#reports';
import { startChild, type Child } from '../support/children';
import { upsert } from '../support/events';
import { Floor } from '../support/floor';
import { LiveClient } from '../support/sse';

interface Secure {
  env: Record<string, string>;
  /** CLICKHOUSE_URL of the user that only reads. */
  reader: string;
  /** A certificate of an authority that signed nothing here. */
  otherCa: string;
  passwords: string[];
}

const ADMIN = 'an-admin-key-for-the-secure-engines-spec';
const today = isoOf(zoneNamed('Asia/Shanghai').dayAt(Date.now()));

let engines: Child;
let secure: Secure;
let floor: Floor;

beforeAll(async () => {
  engines = startChild('node', ['deploy/local/secure.mjs', 'up'], {});
  secure = await engines.line(
    (line) => (line.startsWith('{"env"') ? (JSON.parse(line) as Secure) : undefined),
    150_000,
  );
  const query = { CLICKHOUSE_URL: secure.reader };
  floor = await Floor.start('servers', { ...secure.env, ADMIN_KEY: ADMIN }, { 'apps/query': query });
  floor.key = ADMIN;
}, 300_000);

afterAll(async () => {
  await floor?.stop();
  await engines?.stop();
});

it('takes events, counts them and answers', async () => {
  await floor.publish([
    upsert('department', { id: 'd1', name: 'East' }),
    upsert('employee', { id: 'a', name: 'Ann', departmentId: 'd1', status: 'active' }),
    ...Array.from({ length: 500 }, (_, i) =>
      upsert('contract', {
        id: `k${i}`,
        number: `K${i}`,
        name: 'Desks',
        ownerId: 'a',
        orderDate: today,
        amount: '10.00',
        status: 'approved',
        lines: [],
      }),
    ),
  ]);
  await floor.settle();
  const board = await floor.get('/v1/leaderboards/rank-contract-amount?preset=month');
  expect([board.source, board.rows[0]?.['value']]).toEqual(['live', '5000.00']);
  const client = await LiveClient.open(floor.queryUrl, ['leaderboards/rank-contract-amount?preset=month'], {
    authorization: `Bearer ${ADMIN}`,
  });
  expect((await client.until(({ event }) => event === 'leaderboards')).data.rows[0]?.['value']).toBe(
    '5000.00',
  );
  client.close();
}, 120_000);

it('answers everything with a warehouse user that only reads', async () => {
  for (const { id, drill } of REPORTS) {
    await floor.get(`/v1/reports/${id}`);
    const [column] = Object.keys(drill.records);
    if (column) await floor.get(`/v1/reports/${id}/records?column=${column}`);
  }
  const file = await floor.request('GET', '/v1/reports/amount-ratio-detail?format=xlsx');
  expect(file.status).toBe(200);
  for (const path of [
    'departments',
    'employees',
    'pipelines',
    'product-categories',
    'goals',
    'status',
    'audit',
  ]) {
    await floor.get(`/v1/${path}`);
  }
  const goal = {
    subjectType: 'employee',
    subjectId: 'a',
    year: 2026,
    metric: 'contract-amount',
    months: Array(12).fill('1.00'),
  };
  for (const body of [goal, { ...goal, year: 2025 }]) {
    expect((await floor.request('PUT', '/v1/goals/g1', body)).status).toBe(200);
  }
  await floor.settle();
  expect(await floor.get('/v1/goals')).toMatchObject({ rows: [{ id: 'g1', year: 2025 }] });
}, 120_000);

it('rebuilds its counters with what the ACL allows', async () => {
  expect((await floor.request('POST', '/v1/rebuild', {})).status).toBe(202);
  const state = async (): Promise<string> => (await floor.get<{ state: string }>('/v1/rebuild')).state;
  for (const until = Date.now() + 60_000; (await state()) !== 'done' && Date.now() < until;) await sleep(100);
  expect(await floor.get('/v1/rebuild')).toMatchObject({ state: 'done' });
  const board = await floor.get('/v1/leaderboards/rank-contract-amount?preset=month');
  expect([board.source, board.rows[0]?.['value']]).toEqual(['live', '5000.00']);
}, 120_000);

it('speaks to the brokers by PLAIN too', async () => {
  const env = {
    ...secure.env,
    KAFKA_SASL_MECHANISM: 'plain',
    PORT: '0',
    DATA_DIR: floor.dataDir,
    ADMIN_KEY: ADMIN,
  };
  const app = startChild('node', ['dist/apps/ingest/main.js'], env);
  const url = await app.line((line) => /"url":"([^"]+)","msg":"listening"/.exec(line)?.[1]);
  const { status } = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(upsert('department', { id: 'd2', name: 'West' })),
  });
  expect(status).toBe(202);
  expect(await app.stop()).toBe(0);
}, 60_000);

describe('does not start, and says which engine, with', () => {
  it.each<[string, string, (secure: Secure) => Record<string, string>]>([
    ['a wrong password of the brokers', 'change log', () => ({ KAFKA_PASSWORD: 'wrong-secret' })],
    ['brokers of an unknown authority', 'change log', ({ otherCa }) => ({ KAFKA_CA_FILE: otherCa })],
    ['brokers without TLS', 'change log', () => ({ KAFKA_TLS: 'false', KAFKA_CA_FILE: '' })],
    [
      'a wrong password of the warehouse',
      'warehouse',
      ({ env }) => ({ CLICKHOUSE_URL: (env['CLICKHOUSE_URL'] ?? '').replace('writer-', 'wrong-') }),
    ],
    ['a warehouse of an unknown authority', 'warehouse', ({ otherCa }) => ({ CLICKHOUSE_CA_FILE: otherCa })],
    [
      'a warehouse user that only reads, where it is written',
      'warehouse',
      ({ reader }) => ({ CLICKHOUSE_URL: reader }),
    ],
  ])(
    '%s',
    async (_, engine, change) => {
      const env = { ...secure.env, ...change(secure), PORT: '0', DATA_DIR: floor.dataDir, ADMIN_KEY: ADMIN };
      const app = startChild('node', ['dist/apps/facts/main.js'], env);
      expect(await app.exited).toBe(1);
      expect(app.output()).toContain(`${engine}: `);
      expect(app.output()).not.toMatch(/-secret/);
    },
    60_000,
  );

  it.each<[string, (secure: Secure) => Record<string, string>]>([
    [
      'a wrong password of the counters',
      ({ env }) => ({ REDIS_URL: (env['REDIS_URL'] ?? '').replace('redis-secret', 'wrong-secret') }),
    ],
    ['counters of an unknown authority', ({ otherCa }) => ({ REDIS_CA_FILE: otherCa })],
  ])(
    'is never ready with %s',
    async (_, change) => {
      const env = { ...secure.env, ...change(secure), PORT: '0', DATA_DIR: floor.dataDir, ADMIN_KEY: ADMIN };
      const app = startChild('node', ['dist/apps/ingest/main.js'], env);
      const url = await app.line((line) => /"url":"([^"]+)","msg":"listening"/.exec(line)?.[1]);
      expect((await fetch(`${url}/health/ready`)).status).toBe(503);
      await app.stop();
      expect(app.output()).not.toMatch(/-secret/);
    },
    60_000,
  );
});

it('has written no password into its logs', () => {
  const printed = floor.output();
  for (const password of secure.passwords) expect(printed).not.toContain(password);
});
