/**
 * What an event may cost, without a clock: round trips, bytes, rows read and allocations stay under the ceilings of
 * ceilings.json. A higher ceiling is a commit of its own that says why.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { zoneNamed } from '#calendar';
import { openCounters, type Counters } from '#counters';
import { BOARDS } from '#metrics';
import { latestEvents, FactsGatherer, FactsWriter, type Warehouse } from '#warehouse';
import { ROOT } from '../support/children';
import { changeOf } from '../support/facts';
import { testWarehouse } from '../support/warehouse';
import { changesOf } from './changes';
import { Mix, TENANT, TIME_ZONE } from './mix';
import { Recorder } from './recorder';

interface Ceiling {
  most: number;
  unit: string;
  why: string;
}

const CEILINGS = JSON.parse(readFileSync(join(__dirname, 'ceilings.json'), 'utf8')) as Record<
  string,
  Ceiling
>;
const EVENTS = 5_000;
/** A database of its own: others may use the server at the same time. */
const DATABASE = 13;
const used = new Set<string>();

/** Under its ceiling; and not so far that the ceiling guards nothing. */
function expectUnder(name: string, value: number): void {
  used.add(name);
  const { most = NaN } = CEILINGS[name] ?? {};
  expect({ name, value, under: value <= most }).toEqual({ name, value, under: true });
  expect({ name, value, ceilingIsClose: value >= most / 2 }).toEqual({ name, value, ceilingIsClose: true });
}

const KINDS = {
  sum: 'sum',
  'sum-items': 'sum',
  count: 'count',
  'count-items': 'count',
  distinct: 'distinct',
} as const;
const specs = BOARDS.map(({ id, measure }) => ({ id, kind: KINDS[measure.kind] }));

describe('counters in Redis', () => {
  const url = URL.parse(process.env['REDIS_URL'] ?? '');
  const port = Number(url?.port);
  const admin = new Redis(port, url?.hostname ?? '', { db: DATABASE, lazyConnect: true });
  let recorder: Recorder;
  let counters: Counters;

  beforeAll(async () => {
    await admin.flushdb();
    recorder = new Recorder(port);
    const redisUrl = `redis://127.0.0.1:${await recorder.listen()}/${DATABASE}`;
    counters = openCounters({ redisUrl, dataDir: '', boards: specs });
    await counters.initialize(0, 0, true);
  });

  afterAll(async () => {
    await counters.close();
    recorder.close();
    await admin.flushdb();
    await admin.quit();
  });

  it('take few calls, few bytes and little memory an event', async () => {
    const mix = new Mix({ seed: 1 });
    const today = zoneNamed(TIME_ZONE).dayAt(Date.now());
    const apply = async (from: number, count: number): Promise<void> => {
      const changes = changesOf(mix.events(count));
      await counters.apply({ partition: 0, from, to: from + count, changes, today: () => today });
    };
    // The first batch brings the scripts to the server.
    await apply(0, 500);
    recorder.take();
    await apply(500, EVENTS);
    const sent = recorder.take();
    const calls = sent.toString('latin1').match(/\r\nevalsha\r\n/gi)?.length ?? 0;
    expectUnder('redis calls', calls / EVENTS);
    expectUnder('redis bytes sent', sent.length / EVENTS);
  });
});

describe('the embedded counters', () => {
  it('write few bytes an event', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ceilings-'));
    const counters = openCounters({ dataDir: folder, boards: specs });
    await counters.initialize(0, 0, true);
    const changes = changesOf(new Mix({ seed: 1 }).events(EVENTS));
    const today = zoneNamed(TIME_ZONE).dayAt(Date.now());
    await counters.apply({ partition: 0, from: 0, to: EVENTS, changes, today: () => today });
    await counters.close();
    const bytes = readFileSync(join(folder, 'counters', 'data.mdb')).length;
    rmSync(folder, { recursive: true });
    expectUnder('embedded counters bytes', bytes / EVENTS);
  });
});

describe('facts', () => {
  it('take one insert a table and few bytes an event, and are read back once', async () => {
    const test = await testWarehouse('chdb');
    let inserts = 0;
    let bytes = 0;
    const counting: Warehouse = Object.create(test.warehouse, {
      insert: {
        value: (...[table, columns, rows, format]: Parameters<Warehouse['insert']>): Promise<void> => {
          inserts += 1;
          bytes += rows.length;
          return test.warehouse.insert(table, columns, rows, format);
        },
      },
    }) as Warehouse;
    const gatherer = new FactsGatherer(new FactsWriter(counting));
    const facts = new Mix({ seed: 1 })
      .events(EVENTS)
      .map((event, offset) => ({ change: changeOf(event), appendedAt: Date.now(), partition: 0, offset }));
    const parts = Array.from({ length: 10 }, (_, part) => facts.filter(({ offset }) => offset % 10 === part));
    await Promise.all(parts.map((part) => gatherer.write(part)));
    expectUnder('warehouse inserts of one gathering', inserts);
    expectUnder('warehouse bytes of rows', bytes / EVENTS);
    const before = await selectedRows(test.warehouse);
    const { records } = await latestEvents(
      test.warehouse,
      { tenant: TENANT, entities: ['activity'] },
      async () => {},
    );
    expectUnder(
      'warehouse rows read for a rebuild',
      ((await selectedRows(test.warehouse)) - before) / records,
    );
    await test.drop();
  });
});

async function selectedRows(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query<{ value: number }>(
    "SELECT value FROM system.events WHERE event = 'SelectedRows'",
    {},
    { tag: { report: 'ceilings', tenant: '' } },
  );
  return row?.value ?? 0;
}

describe('allocations', () => {
  it('of the hot paths stay few', () => {
    // A young generation in which all of it has room: nothing is collected, so the heap's growth is what was allocated.
    const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
    const program = [join(ROOT, 'test', 'bench', 'run.mjs'), 'allocations'];
    const output = execFileSync(process.execPath, [...flags, ...program], { cwd: ROOT, encoding: 'utf8' });
    for (const [path, bytes] of Object.entries(JSON.parse(output) as Record<string, number>)) {
      expectUnder(`allocated by ${path}`, bytes);
    }
  });
});

it('has no ceiling that nobody measures', () => {
  expect(Object.keys(CEILINGS).sort()).toEqual([...used].sort());
});
