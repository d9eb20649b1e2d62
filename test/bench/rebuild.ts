/**
 * Rebuild of the counters from a warehouse of a million records while boards are asked; and, on the folder that
 * this leaves, how soon `npm start` is ready and what it costs when nothing happens.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCounterStore } from '#engines';
import { zoneNamed, windowsOf } from '#calendar';
import type { Counters } from '#counters';
import { migrate, openWarehouse, type Warehouse } from '#warehouse';
import { ROOT, startChild } from '../support/children';
import { residentBytes } from '../support/processes';
import { bytesOf, cpuMicrosOf, Ground } from './engines';
import { below, figureOf, percentile, shown, type Context, type Figure } from './figures';
import { TENANT, TIME_ZONE } from './mix';
import { Worker } from './worker';

type Engines = 'embedded' | 'servers';

const RECORDS = 1_000_000;
/** In a quick run only the first; the last one has the bar. */
const SIZES = [RECORDS / 10, (3 * RECORDS) / 10, RECORDS] as const;
const REBUILD_S = 90;
const BOARD = '/v1/leaderboards/rank-contract-amount?preset=year';
/** Ten records: two contracts, five activities, three customers. */
const ENTITY =
  "['contract','contract','activity','activity','activity','activity','activity','customer','customer','customer'][1 + number % 10]";

export const rebuildEmbedded = (context: Context): Promise<Figure[]> => rebuild('embedded', context);
export const rebuildServers = (context: Context): Promise<Figure[]> => rebuild('servers', context);

async function rebuild(engines: Engines, context: Context): Promise<Figure[]> {
  const wanted = context.quick ? SIZES.slice(0, 1) : SIZES;
  const figures: Figure[] = [];
  for (const records of wanted) figures.push(...(await rebuildOf(engines, records, context)));
  return figures;
}

async function rebuildOf(engines: Engines, records: number, { quick, say }: Context): Promise<Figure[]> {
  const ground = await Ground.of(engines === 'servers' ? ['redis', 'clickhouse'] : []);
  const isLast = quick || records === RECORDS;
  try {
    const expected = await fillWarehouse(ground, records);
    say(`${records} records in the warehouse`);
    const { seconds, answers, names } = await rebuildNow(ground, say);
    const counters = openCounterStore(ground.settings);
    await checkBoard(counters, expected);
    await counters.close();
    const figures = [
      figureOf(`rebuild: counters of ${records / 1e6} M records, ${names}`, 's', [seconds], {
        ...(isLast && { bar: below((REBUILD_S * records) / RECORDS) }),
        note: `${answers.length} boards asked meanwhile, all answered, the slowest in ${shown(Math.max(0, ...answers))} ms, p99 ${shown(percentile(answers, 0.99))} ms`,
      }),
    ];
    if (engines === 'embedded' && isLast)
      figures.push(...(await startAgain(ground, quick)), ...sizes(ground, records));
    return figures;
  } finally {
    await ground.stop();
  }
}

/** What the amounts of the contracts come to this year, per employee: minor units. */
type Expected = Map<string, number>;

/** Writes events in SQL, and asks SQL what their JSON adds up to. */
async function fillWarehouse(ground: Ground, records: number): Promise<Expected> {
  const warehouse = await openWarehouse({ url: ground.env['CLICKHOUSE_URL'], dataDir: ground.folder });
  await migrate(warehouse);
  await warehouse.command(fillStatement(records));
  const expected = await expectedAmounts(warehouse);
  await warehouse.close();
  return expected;
}

function fillStatement(records: number): string {
  const uuid = (what: string): string => `toString(reinterpretAsUUID(sipHash128('${what}', number)))`;
  const employee = "concat('employee-', toString(sipHash64(number) % 1000))";
  const today = zoneNamed(TIME_ZONE).dayAt(Date.now());
  const day = `toString(toDate(${today} - if(number % 5 = 0, number % 30, 0)))`;
  const instant = `concat(${day}, 'T02:00:00.000Z')`;
  const line = `concat('{"productId":"p', toString(number % 200), '","quantity":"', toString(1 + number % 9), '","subtotal":"10.00"}')`;
  const data: Record<string, string> = {
    contract: `concat('{"id":"', ${uuid('r')}, '","number":"HT-1","name":"合同","ownerId":"', ${employee}, '","orderDate":"', ${day}, '","amount":"', toString(1 + number % 90000), '.25","status":"', if(number % 20 = 0, 'void', 'approved'), '","lines":[', ${line}, ',', ${line}, ',', ${line}, ']}')`,
    activity: `concat('{"id":"', ${uuid('r')}, '","kind":"follow-up","targetType":"customer","targetId":"', ${uuid('c')}, '","customerId":"', ${uuid('c')}, '","authorId":"', ${employee}, '","createdAt":"', ${instant}, '"}')`,
    customer: `concat('{"id":"', ${uuid('r')}, '","name":"客户","ownerId":"', ${employee}, '","creatorId":"', ${employee}, '","createdAt":"', ${instant}, '","dealStatus":"not-deal"}')`,
  };
  return `INSERT INTO change_events
      (tenant, entity, id, version, verb, deleted, event_id, source, time, data, extensions, appended_at, partition, offset)
    SELECT '${TENANT}', ${ENTITY} AS entity, ${uuid('r')}, toUInt128(1), 'created', 0, ${uuid('e')}, 'https://crm.example/bench',
      now64(6), multiIf(entity = 'contract', ${data['contract']}, entity = 'activity', ${data['activity']}, ${data['customer']}),
      '{"sequence":"0","datacontenttype":"application/json"}', now64(3), 0, number
    FROM numbers(${records})`;
}

async function expectedAmounts(warehouse: Warehouse): Promise<Expected> {
  const rows = await warehouse.query<{ employee: string; amount: number }>(
    `SELECT JSONExtractString(data, 'ownerId') AS employee,
       sum(toInt64(toDecimal64(JSONExtractString(data, 'amount'), 2) * 100)) AS amount
     FROM change_events
     WHERE entity = 'contract' AND JSONExtractString(data, 'status') = 'approved'
       AND toYear(toDate(JSONExtractString(data, 'orderDate'))) = toYear(toDate(${zoneNamed(TIME_ZONE).dayAt(Date.now())}))
     GROUP BY employee`,
    {},
    { tag: { report: 'bench', tenant: TENANT }, timeoutMs: 60_000 },
  );
  return new Map(rows.map(({ employee, amount }) => [employee, amount]));
}

async function checkBoard(counters: Counters, expected: Expected): Promise<void> {
  const window = windowsOf(zoneNamed(TIME_ZONE).dayAt(Date.now())).at(-1)?.key ?? '';
  const cells = await counters.cells({ tenant: TENANT, board: 'rank-contract-amount', window });
  const wrong = cells.filter(({ employee, value }) => expected.get(employee) !== value);
  if (wrong.length > 0 || cells.length !== expected.size) {
    throw new Error(
      `${wrong.length} of ${cells.length} cells are wrong, ${expected.size} expected: ${JSON.stringify(wrong[0])}`,
    );
  }
}

interface Rebuilt {
  seconds: number;
  /** Milliseconds per board asked meanwhile. */
  answers: number[];
  names: string;
}

interface Progress {
  state: string;
  request?: string;
  records?: number;
  error?: string;
}

async function rebuildNow(ground: Ground, say: (text: string) => void): Promise<Rebuilt> {
  const app = Worker.start('app', ['facts,leaderboards,query,ingest'], ground.env);
  const url = await app.ask<string>('start');
  const names = ground.env['REDIS_URL'] ? 'Redis and ClickHouse' : 'embedded';
  const started = performance.now();
  const asking = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  const wanted = await fetch(`${url}/v1/rebuild`, asking);
  if (wanted.status !== 202) throw new Error(`POST /v1/rebuild: ${wanted.status}`);
  const { id } = (await wanted.json()) as { id: string };
  const answers: number[] = [];
  let told = 0;
  for (;;) {
    const asked = performance.now();
    const board = await fetch(url + BOARD);
    await board.arrayBuffer();
    if (board.status !== 200)
      throw new Error(`a board was answered ${board.status} while the counters were rebuilt`);
    answers.push(performance.now() - asked);
    const progress = (await (await fetch(`${url}/v1/rebuild`)).json()) as Progress;
    if (progress.state === 'failed') throw new Error(progress.error);
    if (progress.state === 'done' && progress.request === id) break;
    if ((progress.records ?? 0) >= told + 100_000) say(`${(told = progress.records ?? 0)} records`);
    await sleep(50);
  }
  const seconds = (performance.now() - started) / 1000;
  await app.stop();
  return { seconds, answers, names };
}

const READY_S = 3;
/** As long before it is looked at: merges and the runtime's own work after a start are not idleness. */
const IDLE_S = { quick: 5, whole: 20 };

/** `npm start` on what is there, as its users run it. */
async function startAgain(ground: Ground, quick: boolean): Promise<Figure[]> {
  const times: number[] = [];
  let idle = { share: NaN, bytes: NaN };
  const rounds = quick ? 2 : 4;
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const child = startChild('node', ['dist/apps/floorboard/main.js', 'start'], ground.env);
    await child.line((line) => (line.startsWith('Floorboard is ready') ? line : undefined));
    // The first one warms the disk's cache up.
    if (round > 0) times.push((performance.now() - started) / 1000);
    if (round === rounds) idle = await idleCost(child.pid, quick ? IDLE_S.quick : IDLE_S.whole);
    await child.stop();
  }
  return [
    figureOf('start: on an existing data folder, ready', 's', times, { bar: below(READY_S) }),
    figureOf('start: idle, share of a core', '%', [idle.share * 100], { bar: below(2) }),
    figureOf('start: idle, memory', 'MB', [idle.bytes / 1e6], { bar: below(700) }),
  ];
}

async function idleCost(pid: number, seconds: number): Promise<{ share: number; bytes: number }> {
  await sleep(seconds * 1000);
  const before = cpuMicrosOf(pid);
  await sleep(seconds * 1000);
  return { share: (cpuMicrosOf(pid) - before) / (seconds * 1e6), bytes: residentBytes(pid) };
}

/** Bytes on disk per record, and of what goes into a server's image. */
function sizes(ground: Ground, records: number): Figure[] {
  const folder = (name: string): number => bytesOf(join(ground.folder, name)) / records;
  return [
    figureOf('cost: embedded counters, on disk', 'bytes/record', [folder('counters')]),
    figureOf('cost: an image without the embedded engine', 'MB', [imageBytes() / 1e6], {
      note: 'dist and what it depends on in production, unpacked, without Node itself',
    }),
  ];
}

function imageBytes(): number {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  const kept = Object.entries(lock.packages).filter(
    ([path, { dev }]) =>
      path !== '' && !dev && !/node_modules\/@?chdb/.test(path) && existsSync(join(ROOT, path)),
  );
  // Packages inside packages are counted with those that hold them.
  const outer = kept.filter(([path]) => path.lastIndexOf('node_modules/') === 0);
  return outer.reduce((sum, [path]) => sum + bytesOf(join(ROOT, path)), bytesOf(join(ROOT, 'dist')));
}
