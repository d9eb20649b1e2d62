/** `floorboard doctor` on whole set-ups and on broken ones: it names what is wrong, and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ConfigResourceTypes, Kafka } from 'kafkajs';
import { openWarehouse } from '#warehouse';
import { Floor } from '../support/floor';
import { runCommand } from '../support/processes';

interface Report {
  ok: boolean;
  problems: number;
  warnings: number;
  findings: { area: string; outcome: string; found: string; todo?: string }[];
}

async function doctor(env: Record<string, string | undefined>): Promise<Report & { code: number | null }> {
  const { code, output } = await runCommand(['doctor', '--json'], env);
  const line = output.split('\n').find((text) => text.startsWith('{"ok"'));
  if (line === undefined) throw new Error(`no report: ${output}`);
  return { ...(JSON.parse(line) as Report), code };
}

/** What is not fine, without what to do. */
const complaints = ({ findings }: Report): string[] =>
  findings
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ area, outcome, found }) => `${area} ${outcome}: ${found}`);

describe('doctor without servers', () => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.start('embedded');
  }, 60_000);
  afterAll(() => floor?.stop());

  it('finds a running folder and a stopped one healthy', async () => {
    const running = await doctor(floor.env);
    expect(complaints(running)).toEqual([]);
    expect(running).toMatchObject({ ok: true, code: 0 });
    expect(running.findings.map(({ found }) => found)).toContain(
      `a server runs on ${floor.dataDir} and is ready`,
    );
    await floor.stopApps();
    const stopped = await doctor(floor.env);
    expect(complaints(stopped)).toEqual([]);
    expect(stopped.findings.map(({ found }) => found)).toEqual(
      expect.arrayContaining(['counters open', 'its tables are those of this release']),
    );
    await floor.startApps();
  }, 60_000);

  it('names a setting that is wrong and one that is misspelt', async () => {
    const report = await doctor({ ...floor.env, PORT: 'http', KAFKA_BROKER: '127.0.0.1:9092' });
    expect(report).toMatchObject({ ok: false, code: 2 });
    expect(complaints(report)).toEqual([
      'settings warning: KAFKA_BROKER is set, but is no setting',
      expect.stringMatching(/^settings problem: PORT .*must be an integer/),
    ]);
  });

  it('names a folder that is none, a port that is taken and a disk with too little room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const stranger = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const { port } = stranger.address() as AddressInfo;
    writeFileSync(join(folder, 'file'), '');
    try {
      const file = await doctor({ DATA_DIR: join(folder, 'file'), PORT: String(port) });
      expect(file).toMatchObject({ ok: false, code: 2 });
      expect(complaints(file)).toEqual([
        `machine problem: port ${port} of 127.0.0.1 is taken by another program`,
        `folder problem: ${join(folder, 'file')} cannot be written to`,
      ]);
      const full = await doctor({ DATA_DIR: folder, PORT: '0', INTAKE_MIN_FREE_BYTES: '900000000000000' });
      expect(complaints(full)).toEqual([
        expect.stringMatching(/^folder problem: [\d.]+ GiB are free, less than INTAKE_MIN_FREE_BYTES/),
      ]);
    } finally {
      stranger.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('doctor with servers', () => {
  let floor: Floor;
  let redis: Redis;
  beforeAll(async () => {
    floor = await Floor.start('servers');
    redis = new Redis(floor.env['REDIS_URL'] ?? '');
  }, 180_000);
  afterAll(async () => {
    redis?.disconnect();
    await floor?.stop();
  });

  it('finds them healthy while the apps run, and says when none does', async () => {
    const report = await doctor(floor.env);
    expect(complaints(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, code: 0 });
    expect(report.findings.filter(({ found }) => /: 1 consumer \(Stable\)/.test(found))).toHaveLength(2);
    await floor.stopApps();
    expect(complaints(await doctor(floor.env))).toEqual([
      expect.stringMatching(/^kafka warning: no facts consumer runs/),
      expect.stringMatching(/^kafka warning: no leaderboards consumer runs/),
    ]);
    await floor.startApps();
  }, 120_000);

  it('names servers that do not answer', async () => {
    const report = await doctor({
      ...floor.env,
      KAFKA_BROKERS: '127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
      CLICKHOUSE_URL: 'http://127.0.0.1:1/default',
    });
    expect(report).toMatchObject({ ok: false, problems: 3, code: 2 });
    expect(report.findings.filter(({ outcome }) => outcome === 'problem').map(({ area }) => area)).toEqual([
      'kafka',
      'redis',
      'clickhouse',
    ]);
  }, 60_000);

  it('names a Redis that would drop counters, and a user who may not do enough', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.config('SET', 'appendonly', 'no');
    await redis.call('ACL', [
      'SETUSER',
      'weak',
      'on',
      '>weak',
      '~*',
      '+@read',
      '+@connection',
      '+info',
      '+time',
    ]);
    try {
      expect(complaints(await doctor(floor.env))).toEqual([
        expect.stringMatching(/^redis problem: maxmemory-policy is allkeys-lru/),
        expect.stringMatching(/^redis warning: appendonly is off/),
      ]);
      const url = (floor.env['REDIS_URL'] ?? '').replace('redis://', 'redis://weak:weak@');
      const found = complaints(await doctor({ ...floor.env, REDIS_URL: url }));
      expect(found).toEqual(
        expect.arrayContaining([expect.stringMatching(/^redis problem: the user may not write: NOPERM/)]),
      );
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'appendonly', 'yes');
      await redis.call('ACL', ['DELUSER', 'weak']);
    }
  }, 60_000);

  it('names topics whose settings would lose events', async () => {
    const kafka = new Kafka({ brokers: [floor.env['KAFKA_BROKERS'] ?? ''], logLevel: 0 });
    const admin = kafka.admin();
    await admin.connect();
    const configure = (configEntries: { name: string; value: string }[]): Promise<unknown> =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: 'crm.events.v1', configEntries }],
      });
    try {
      await configure([
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'retention.ms', value: '3600000' },
        { name: 'max.message.bytes', value: '1000' },
      ]);
      const found = complaints(await doctor(floor.env));
      expect(found).toEqual([
        expect.stringMatching(/^kafka problem: crm\.events\.v1 has cleanup\.policy=compact/),
        expect.stringMatching(/^kafka warning: crm\.events\.v1 has message\.timestamp\.type=CreateTime/),
        expect.stringMatching(/^kafka warning: crm\.events\.v1 keeps events for 0\.0 days/),
        expect.stringMatching(/^kafka problem: crm\.events\.v1 takes 1000 bytes at most/),
      ]);
    } finally {
      await configure([
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
        { name: 'retention.ms', value: String(14 * 86_400_000) },
      ]);
      await admin.disconnect();
    }
  }, 60_000);

  it('names tables of a newer release, and a database without tables', async () => {
    const url = floor.env['CLICKHOUSE_URL'] ?? '';
    const empty = new URL(url);
    empty.pathname = '/doctor_empty';
    const warehouse = await openWarehouse({ url: empty.href, dataDir: '' });
    try {
      await warehouse.createDatabase();
      expect(complaints(await doctor({ ...floor.env, CLICKHOUSE_URL: empty.href }))).toEqual([
        expect.stringMatching(/^clickhouse warning: migrations wait: 0001_/),
      ]);
      await warehouse.command(
        'CREATE TABLE schema_migrations (number UInt32, name String, checksum String) ENGINE = ReplacingMergeTree ORDER BY number',
      );
      await warehouse.insert(
        'schema_migrations',
        ['number', 'name', 'checksum'],
        '9999\t9999_later.sql\tx\n',
      );
      expect(complaints(await doctor({ ...floor.env, CLICKHOUSE_URL: empty.href }))).toEqual([
        expect.stringMatching(/^clickhouse problem: .*9999_later\.sql/),
      ]);
    } finally {
      await warehouse.command('DROP DATABASE doctor_empty');
      await warehouse.close();
    }
  }, 60_000);
});
