/**
 * Speed of the counters alone: `node dist/test/bench/counters.js [redis://...]`, embedded without a URL.
 * Batches of 5,000 changes; ids of 36 characters, 100 employees, windows that are all live.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openCounters, type ApplyBatch, type BoardSpec, type Counters, type RecordChange } from '#counters';

const BATCH = 5_000;
const RECORDS = 60_000;
const EMPLOYEES = Array.from({ length: 100 }, () => randomUUID());
const TENANT = 'acme';
const TODAY = Math.floor(Date.now() / 86_400_000);
const BOARDS: BoardSpec[] = [
  { id: 'amount', kind: 'sum' },
  { id: 'number', kind: 'count' },
  { id: 'quantity', kind: 'sum' },
  { id: 'calls', kind: 'count' },
  { id: 'customers', kind: 'distinct' },
];

const versionOf = (sequence: number): string => sequence.toString(16).padStart(16, '0') + '0'.repeat(16);
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** One change in ten moves the contract to another employee. */
function contract(id: string, sequence: number): RecordChange {
  const first = EMPLOYEES[parseInt(id.slice(0, 4), 16) % EMPLOYEES.length] as string;
  const employee = sequence > 1 && Math.random() < 0.1 ? pick(EMPLOYEES) : first;
  const day = TODAY - Math.floor(Math.random() * 2);
  const value = Math.floor(Math.random() * 1e8);
  return {
    tenant: TENANT,
    entity: 'contract',
    id,
    version: versionOf(sequence),
    contributions: [
      { board: 'amount', employee, day, value },
      { board: 'number', employee, day, value: 1 },
      { board: 'quantity', employee, day, value: 300 },
    ],
  };
}

function activity(id: string): RecordChange {
  const employee = pick(EMPLOYEES);
  const day = TODAY - Math.floor(Math.random() * 2);
  return {
    tenant: TENANT,
    entity: 'activity',
    id,
    version: versionOf(1),
    contributions: [
      { board: 'calls', employee, day, value: 1 },
      { board: 'customers', employee, day, value: 1, item: randomUUID() },
    ],
  };
}

class Feeder {
  private at = 0;
  constructor(
    private readonly counters: Counters,
    private readonly serverCpu: () => Promise<number>,
  ) {}

  /** Applies batches one after another and prints records per second; making them is not timed. */
  async run(name: string, make: (index: number) => RecordChange): Promise<void> {
    let [ms, own, server] = [0, 0, 0];
    for (let first = 0; first < RECORDS; first += BATCH) {
      const changes = Array.from({ length: BATCH }, (_, index) => make(first + index));
      const [from, to] = [this.at, this.at + changes.length];
      const cpu = [process.cpuUsage(), await this.serverCpu()] as const;
      const started = performance.now();
      const batch: ApplyBatch = { partition: 0, from, to, changes, today: () => TODAY };
      const result = await this.counters.apply(batch);
      await this.counters.advance(0, to);
      ms += performance.now() - started;
      const { user, system } = process.cpuUsage(cpu[0]);
      own += user + system;
      server += (await this.serverCpu()) - cpu[1];
      if (result.outcome !== 'applied' || result.applied !== changes.length) {
        throw new Error(`${name}: ${JSON.stringify(result)}`);
      }
      this.at = to;
    }
    console.log(
      `${name}: ${Math.round(RECORDS / (ms / 1000))} records/s, processor time per record ` +
        `${(own / RECORDS).toFixed(1)} + ${(server / RECORDS).toFixed(1)} us (own + server)`,
    );
  }
}

/** The slowest calls that the server has seen, and its memory. */
async function inspect(url: string): Promise<{ memory: number; slowest: string }> {
  const client = new Redis(url);
  const memory = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const log = (await client.slowlog('GET', 100)) as [number, number, number, string[]][];
  const times = log.map(
    ([, , micros, [command, script]]) => `${micros} us ${command} ${script?.slice(0, 6)}`,
  );
  await client.quit();
  const slowest = times.sort((a, b) => parseInt(b) - parseInt(a)).slice(0, 3);
  return { memory, slowest: `${times.length} over threshold: ${slowest.join(', ')}` };
}

/** Processor time that the server has used, microseconds; what a busy machine does not distort. */
async function serverCpu(client: Redis): Promise<number> {
  const text = await client.info('cpu');
  const seconds = ['user', 'sys'].map((kind) =>
    Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(text)?.[1]),
  );
  return seconds.reduce((sum, each) => sum + each, 0) * 1e6;
}

async function main(redisUrl: string | undefined): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-counters-'));
  if (redisUrl) {
    const client = new Redis(redisUrl);
    await client.flushall();
    await client.config('SET', 'slowlog-log-slower-than', 3000);
    await client.slowlog('RESET');
    await client.quit();
  }
  const before = redisUrl ? (await inspect(redisUrl)).memory : 0;
  const counters = openCounters({ redisUrl, dataDir, boards: BOARDS });
  await counters.initialize(0, 0, true);
  const probe = redisUrl ? new Redis(redisUrl) : null;
  const feeder = new Feeder(counters, async () => (probe ? serverCpu(probe) : 0));
  const ids = Array.from({ length: RECORDS }, () => randomUUID());
  await feeder.run('new contracts', (index) => contract(ids[index] as string, 1));
  const contracts = redisUrl ? (await inspect(redisUrl)).memory : 0;
  await feeder.run('changed contracts', (index) => contract(ids[index] as string, 2));
  const changed = redisUrl ? (await inspect(redisUrl)).memory : 0;
  await feeder.run('activities', () => activity(randomUUID()));
  if (redisUrl) {
    const { memory, slowest } = await inspect(redisUrl);
    console.log(`bytes per contract ${Math.round((contracts - before) / ids.length)}`);
    console.log(`bytes per activity ${Math.round((memory - changed) / ids.length)}`);
    console.log(slowest);
  }
  const top = await counters.top({
    tenant: TENANT,
    board: 'number',
    window: `y${new Date().getUTCFullYear()}`,
  });
  if (top.reduce((sum, { value }) => sum + value, 0) !== ids.length) throw new Error('the sums are wrong');
  await probe?.quit();
  await counters.close();
  rmSync(dataDir, { recursive: true, force: true });
}

void main(process.argv[2]);
