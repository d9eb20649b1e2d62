/** Counters that were damaged on purpose: found, told and mended, exactly, on both sets of engines. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { open } from 'lmdb';
import { Checked } from '../support/checked';
import { ENGINE_SETS, type EngineSet } from '../support/floor';

interface Status {
  reconciliation: { at: string | null; compared: number; drift: number };
}

interface Verified {
  drift: number;
  tenants: {
    compared: number;
    records: number;
    differences: object[];
    wrongRecords: string[];
    remaining: number | null;
  }[];
}

/** Changes the store behind the counters' back. */
interface Damage {
  /** Adds 7 to every cell of a board. */
  cells(board: string): Promise<number>;
  /** Removes some entries: the next versions of these records would count twice. */
  entries(): Promise<number>;
}

const TENANT = 'default';
const REMOVED = 5;

function inRedis(url: string): Damage {
  const within = async <T>(work: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis(url);
    return work(redis).finally(() => redis.disconnect());
  };
  return {
    cells: (board) =>
      within(async (redis) => {
        const keys = await redis.keys(`{s*}:g*:b:${TENANT}:${board}:*`);
        for (const key of keys) {
          for (const employee of await redis.zrange(key, 0, -1)) await redis.zincrby(key, -7, employee);
        }
        return keys.length;
      }),
    entries: () =>
      within(async (redis) => {
        const keys = (await redis.keys(`{s*}:g*:v:${TENANT}:*`)).slice(0, REMOVED);
        return keys.length > 0 ? redis.del(keys) : 0;
      }),
  };
}

/** Of a folder that nobody has open. */
function inFolder(dataDir: string): Damage {
  const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;
  const within = async (
    kind: string,
    change: (keys: Buffer[], of: ReturnType<typeof databaseIn>) => Promise<number>,
  ): Promise<number> => {
    const root = open<Buffer, Buffer>({
      path: join(dataDir, 'counters'),
      noSubdir: false,
      maxDbs: 32,
      ...BINARY,
    });
    const meta = JSON.parse(
      root.openDB<Buffer, Buffer>('common', BINARY).getBinary(Buffer.from('meta'))?.toString() ?? '{}',
    ) as { current: number };
    const database = databaseIn(root, `${meta.current}/${kind}`);
    return change([...database.getKeys()], database).finally(() => root.close());
  };
  const databaseIn = (root: ReturnType<typeof open<Buffer, Buffer>>, name: string) =>
    root.openDB<Buffer, Buffer>(name, BINARY);
  return {
    cells: (board) =>
      within('cells', async (keys, cells) => {
        const wanted = keys.filter((key) => key.toString().split('/')[2] === board);
        for (const key of wanted) {
          const cell = Buffer.from(cells.getBinary(key) ?? Buffer.alloc(16));
          cell.writeDoubleLE(cell.readDoubleLE(0) + 7, 0);
          await cells.put(key, cell);
        }
        return wanted.length;
      }),
    entries: () =>
      within('records', async (keys, records) => {
        const some = keys.slice(0, REMOVED);
        for (const key of some) await records.remove(key);
        return some.length;
      }),
  };
}

describe.each(ENGINE_SETS)('reconciliation on %s engines', (set: EngineSet) => {
  let checked: Checked;

  beforeAll(async () => {
    checked = await Checked.start(set, { RECONCILIATION_SECONDS: '2' });
  }, 180_000);
  afterAll(() => checked?.floor.stop());

  /** Damages the store; an embedded one can only be reached while nothing runs on it. */
  async function damage(work: (damage: Damage) => Promise<number>): Promise<void> {
    const { floor } = checked;
    if (set === 'servers') {
      expect(await work(inRedis(floor.env['REDIS_URL'] ?? ''))).toBeGreaterThan(0);
      return;
    }
    await floor.stopApps();
    expect(await work(inFolder(floor.dataDir))).toBeGreaterThan(0);
    await floor.startApps();
  }

  async function statusWith(
    fits: (status: Status['reconciliation']) => boolean,
  ): Promise<Status['reconciliation']> {
    const until = Date.now() + 90_000;
    for (;;) {
      const { reconciliation } = await checked.floor.get<Status>('/v1/status');
      if (fits(reconciliation)) return reconciliation;
      if (Date.now() > until)
        throw new Error(`${JSON.stringify(reconciliation)}\n${checked.floor.output().slice(-3_000)}`);
      await sleep(100);
    }
  }

  const verify = async (...args: string[]): Promise<{ code: number | null; answer: Verified }> => {
    const { code, output } = await checked.floor.command(['verify', '--json', ...args]);
    const line = output.split('\n').find((text) => text.startsWith('{"drift"'));
    if (line === undefined) throw new Error(`verify ended with ${code}: ${output}`);
    return { code, answer: JSON.parse(line) as Verified };
  };

  it('finds nothing where nothing is wrong', async () => {
    await checked.publish(checked.next(1));
    await checked.floor.settle();
    const { code, answer } = await verify();
    expect({ code, answer }).toMatchObject({ code: 0, answer: { drift: 0 } });
    expect(answer.tenants[0]?.compared).toBeGreaterThan(50);
    expect(answer.tenants[0]?.records).toBeGreaterThan(100);
    const told = await statusWith(({ compared }) => compared > 50);
    expect(told.drift).toBe(0);
  }, 120_000);

  it('finds changed cells by itself, tells, and mends them', async () => {
    await damage((store) => store.cells('rank-contract-amount'));
    const found = await statusWith(({ drift }) => drift > 0);
    expect(found.at).not.toBeNull();
    await statusWith(({ at, drift }) => drift === 0 && at !== found.at);
    await checked.becomesExact();
  }, 180_000);

  it('finds entries that are gone before they count twice', async () => {
    // After its restart the embedded one would otherwise find them first.
    checked.floor.env['RECONCILIATION_SECONDS'] = '0';
    await damage((store) => store.entries());
    const seen = await verify('--no-repair');
    expect(seen.code).toBe(2);
    expect(seen.answer.tenants[0]).toMatchObject({ remaining: null });
    expect(seen.answer.tenants[0]?.wrongRecords.length).toBeGreaterThan(0);
    const mended = await verify();
    expect(mended.code).toBe(2);
    expect(mended.answer.tenants[0]?.remaining).toBe(0);
    expect(await verify()).toMatchObject({ code: 0, answer: { drift: 0 } });
    await checked.publish(checked.next(2));
    await checked.becomesExact();
  }, 240_000);
});

it('verifies a folder that no server has open', async () => {
  const checked = await Checked.start('embedded', { RECONCILIATION_SECONDS: '0' });
  try {
    await checked.publish(checked.next(3));
    await checked.floor.stopApps('SIGKILL');
    const { code, output } = await checked.floor.command(['verify']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^default: \d+ cells and \d+ records compared, 0 differ$/m);
  } finally {
    await checked.floor.stop();
  }
}, 120_000);
