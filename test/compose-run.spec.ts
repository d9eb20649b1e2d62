/**
 * What docker compose runs, without Docker: the command of each image, the variables of each service and the files
 * it mounts, on real servers, whose addresses stand where compose has its own. With IMAGES=DIR the programs
 * are those of the images that `npm run check:images` has made there, else those of this folder; with PODS=FILE
 * arguments and variables are those of a rendered chart (`npm run check:deploy`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, startChild, type Child } from './support/children';
import { readCompose, readImages, withVariables, type Image } from './support/compose';
import { upsert } from './support/events';
import { contract } from './support/facts';
import { Floor } from './support/floor';
import { freePort } from './support/ports';

const compose = readCompose();
const images = readImages();

/** What a person writes into `.env`. */
const DOT_ENV = {
  ADMIN_KEY: 'the-first-key-of-a-test-0123456789',
  CLICKHOUSE_PASSWORD: 'writer1',
  CLICKHOUSE_READER_PASSWORD: 'reader1',
};

let servers: Floor;
let redis: Child;
let redisPort: number;
let folder: string;
const running: Child[] = [];
const ports = new Map<string, { PORT: string; METRICS_PORT: string }>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
  servers = await Floor.startEngines();
  // By the very file that compose mounts; only where it listens and writes differs.
  redisPort = await freePort();
  const conf = compose.services['redis']?.volumes?.find((volume) => volume.includes('redis.conf')) ?? '';
  const args = [
    conf.split(':')[0] ?? '',
    '--port',
    String(redisPort),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
  ];
  redis = startChild('redis-server', args, {});
  await redis.line((line) => line.includes('Ready to accept connections') || undefined);
}, 120_000);
afterAll(async () => {
  await Promise.all(running.map((child) => child.stop()));
  await redis?.stop();
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Pod {
  /** In place of the image's own arguments. */
  args?: string[];
  variables: Record<string, string>;
}

const pods: Record<string, Pod> | null = process.env['PODS']
  ? (JSON.parse(readFileSync(process.env['PODS'], 'utf8')) as Record<string, Pod>)
  : null;

/** What compose, or the chart, says of a service. */
function podOf(service: string): Pod {
  const { command, environment = {} } = compose.services[service] ?? {};
  return pods?.[service] ?? { args: command, variables: withVariables(environment, DOT_ENV) };
}

const imageOf = (service: string): { target: string; image: Image } => {
  const target = compose.services[service]?.build?.target ?? '';
  const image = images[target];
  if (!image) throw new Error(`${service} has no target in the Dockerfile`);
  return { target, image };
};

/** A service's variables: the image's, then compose's, with our servers' addresses in place of its own. */
async function environment(service: string): Promise<Record<string, string>> {
  const given = { ...imageOf(service).image.variables, ...podOf(service).variables };
  const clickhouse = new URL(servers.env['CLICKHOUSE_URL'] ?? '').host;
  const mapped = Object.entries(given).map(([name, value]) => [
    name,
    value
      .replace('kafka:9092', servers.env['KAFKA_BROKERS'] ?? '')
      .replace('redis:6379', `127.0.0.1:${redisPort}`)
      .replace('clickhouse:8123', clickhouse),
  ]);
  const own = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
  ports.set(service, own);
  return { ...(Object.fromEntries(mapped) as Record<string, string>), ...own };
}

/** Starts a service's container as far as that is a process. */
async function start(service: string): Promise<Child> {
  const { target, image } = imageOf(service);
  const [program = '', ...args] = [...image.entrypoint, ...(podOf(service).args ?? image.command)];
  const app = process.env['IMAGES'] ? join(process.env['IMAGES'], target) : ROOT;
  const paths = args.map((arg) => (arg.startsWith('dist/') ? join(app, arg) : arg));
  const child = startChild(program, paths, await environment(service));
  running.push(child);
  return child;
}

/** The image's health check, asked until it is satisfied. */
async function becomesHealthy(service: string, child: Child): Promise<void> {
  const app = process.env['IMAGES'] ? join(process.env['IMAGES'], service) : join(ROOT, 'deploy/docker');
  const { PORT } = ports.get(service) as { PORT: string };
  for (const until = Date.now() + 60_000; ; await sleep(200)) {
    const check = startChild('node', [join(app, 'health.mjs')], { HOST: '0.0.0.0', PORT });
    if ((await check.exited) === 0) return;
    if (Date.now() > until) throw new Error(`${service} is not healthy:\n${child.output()}`);
  }
}

const urlOf = (service: string): string => `http://127.0.0.1:${ports.get(service)?.PORT}`;

it('takes an event from the ingest container to the board of the query container', async () => {
  const migrate = await start('migrate');
  expect({ code: await migrate.exited, output: migrate.output() }).toMatchObject({ code: 0 });
  for (const service of ['facts', 'leaderboards', 'ingest', 'query']) {
    await becomesHealthy(service, await start(service));
  }
  const authorization = `Bearer ${DOT_ENV.ADMIN_KEY}`;
  const events = [
    upsert('employee', { id: 'e1', name: 'Ann Lee', status: 'active' }),
    upsert('contract', contract('k1', { ownerId: 'e1', amount: '1200.00', orderDate: '2026-05-20' })),
  ];
  const published = await fetch(`${urlOf('ingest')}/v1/events`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect([published.status, await published.json()]).toMatchObject([202, { accepted: 2 }]);
  const board = `${urlOf('query')}/v1/leaderboards/rank-contract-amount?from=2026-01-01&to=2026-12-31`;
  expect((await fetch(board)).status).toBe(401);
  // The contract may come before the name of whose it is: partitions do not wait for each other.
  let rows: { employeeName: string | null }[] = [];
  for (const until = Date.now() + 60_000; !rows[0]?.employeeName && Date.now() < until; await sleep(100)) {
    ({ rows } = (await (await fetch(board, { headers: { authorization } })).json()) as { rows: typeof rows });
  }
  expect(rows).toMatchObject([{ rank: 1, employeeId: 'e1', employeeName: 'Ann Lee' }]);
  const metrics = await fetch(`http://127.0.0.1:${ports.get('facts')?.METRICS_PORT}/metrics`);
  expect(await metrics.text()).toContain('floorboard_');
}, 240_000);
