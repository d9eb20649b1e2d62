import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { openWarehouse } from './client';
import { WarehouseRefused, WarehouseTimeout, WarehouseUnavailable } from './errors';

const TAG = { tag: { report: "te'st\\", tenant: 'acme' } };

describe.each(TEST_ENGINES)('warehouse (%s)', (engine) => {
  let on: TestWarehouse;

  beforeAll(async () => {
    on = await testWarehouse(engine);
    await on.warehouse.command('CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n');
    const rows = Array.from({ length: 50_000 }, (_, n) => `${n}\tx${n}\n`).join('');
    await on.warehouse.insert('t', ['n', 's'], rows);
  });
  afterAll(() => on.drop());

  test('gives decimals exactly, 64-bit integers as numbers, nulls where a join finds nothing', async () => {
    const rows = await on.warehouse.query(
      `SELECT toDecimal64('9999999999999.50', 2) AS d, sum(toDecimal64('1', 2)) AS s, count() AS n,
              toDate32('2299-12-31') AS day, toDateTime64('1900-01-01 00:00:00.000001', 6, 'UTC') AS at,
              any(missing.s) AS none
       FROM t LEFT JOIN (SELECT 999999 AS n, 'y' AS s) AS missing ON missing.n = t.n`,
      {},
      TAG,
    );
    const at = '1900-01-01 00:00:00.000001';
    expect(rows).toEqual([
      { d: '9999999999999.50', s: '50000.00', n: 50_000, day: '2299-12-31', at, none: null },
    ]);
  });

  test('parameters are data, whatever they hold', async () => {
    const texts = ["'; DROP TABLE t; --", 'a\tb\nc\rd\\n\\', '{n:UInt8}', '客户 😀', '\\N', "\\'", ''];
    for (const text of texts) {
      const rows = await on.warehouse.query(
        'SELECT {text:String} AS text, {list:Array(String)} AS list, {none:Nullable(String)} AS none, {yes:Bool} AS yes, {n:Int64} AS n',
        { text, list: texts, none: null, yes: true, n: -5n },
        TAG,
      );
      expect(rows).toEqual([{ text, list: texts, none: null, yes: true, n: -5 }]);
    }
    expect(await on.warehouse.query('SELECT count() AS n FROM t', {}, TAG)).toEqual([{ n: 50_000 }]);
  });

  test('says how many statements run and wait, and what was waited', async () => {
    const { pool } = on.warehouse;
    const waits: number[] = [];
    pool.onWait((access, seconds) => access === 'read' && waits.push(seconds));
    const of = (what: 'running' | 'waiting'): Record<string, number> =>
      Object.fromEntries(pool.use().map((use) => [use.access, use[what]]));
    const asked = Array.from({ length: pool.connections + 3 }, () =>
      on.warehouse.query('SELECT sleep(0.2) AS slept', {}, TAG),
    );
    const streamed = on.warehouse.stream('SELECT n FROM t', {}, TAG)[Symbol.asyncIterator]();
    const first = streamed.next();
    await Promise.resolve();
    // Reads have all connections of a server, and their own share of the embedded engine's.
    const running = of('running')['read'] ?? 0;
    expect(running).toBe(engine === 'server' ? pool.connections : pool.connections - 1);
    expect(of('waiting')).toEqual({ read: asked.length + 1 - running, write: 0 });
    await Promise.all([...asked, first]);
    await streamed.return?.();
    expect(pool.use()).toEqual([
      { access: 'read', running: 0, waiting: 0 },
      { access: 'write', running: 0, waiting: 0 },
    ]);
    expect(waits).toHaveLength(asked.length + 1);
    expect(waits.filter((seconds) => seconds > 0.1).length).toBeGreaterThanOrEqual(1);
  });

  test('parameters longer than any URL', async () => {
    const odd = ["it's", 'a\r\n--b', '客户\t😀', ''];
    const list = [
      ...odd,
      ...Array.from({ length: 2_000 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`),
    ];
    const [row] = await on.warehouse.query<{ list: string[]; found: number }>(
      'SELECT {list:Array(String)} AS list, {text:String} IN {list:Array(String)} AS found',
      { list, text: 'a\r\n--b' },
      TAG,
    );
    expect(row).toEqual({ list, found: 1 });
  });

  test('statements that run at once keep their own parameters', async () => {
    const ask = async (i: number): Promise<boolean> => {
      const sql = 'SELECT {i:UInt32} AS i, count() AS found FROM t WHERE n < {i:UInt32}';
      const [row] = await on.warehouse.query<{ i: number; found: number }>(sql, { i }, TAG);
      return row?.i === i && row.found === i;
    };
    const right = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i)));
    expect(right.every(Boolean)).toBe(true);
    await expect(on.warehouse.query('SELECT {i:UInt32}', {}, TAG)).rejects.toThrow(WarehouseRefused);
  });

  test('streams rows in groups', async () => {
    let rows = 0;
    let groups = 0;
    const sql = 'SELECT n, s FROM t WHERE n >= {from:UInt64} ORDER BY n SETTINGS max_block_size = 8192';
    for await (const group of on.warehouse.stream<{ n: number; s: string }>(sql, { from: 10 }, TAG)) {
      expect(group[0]).toEqual({ n: rows + 10, s: `x${rows + 10}` });
      rows += group.length;
      groups++;
    }
    expect(rows).toBe(49_990);
    expect(groups).toBeGreaterThan(1);
  });

  test('a stream may be left early or hold nothing', async () => {
    for await (const group of on.warehouse.stream('SELECT n FROM t', {}, TAG)) {
      expect(group.length).toBeGreaterThan(0);
      break;
    }
    for await (const group of on.warehouse.stream('SELECT n FROM t WHERE n > 1e9', {}, TAG)) {
      expect(group).toEqual([]);
    }
  });

  test('time and memory are limited, and a failed statement leaves nothing to the next', async () => {
    const slow = 'SELECT sleepEachRow(0.2) AS leftover FROM numbers(30) SETTINGS max_block_size = 1';
    await expect(on.warehouse.query(slow, {}, { ...TAG, timeoutMs: 700 })).rejects.toThrow(WarehouseTimeout);
    const large = 'SELECT groupArray(number) FROM numbers(100000000)';
    const small = { ...TAG, maxMemoryBytes: 30_000_000 };
    await expect(on.warehouse.query(large, {}, small)).rejects.toThrow(WarehouseTimeout);
    for (let i = 0; i < 3; i++) {
      expect(await on.warehouse.query('SELECT 1 AS one', {}, TAG)).toEqual([{ one: 1 }]);
    }
  });

  // The engine without its server keeps no query log; what a server writes there is this setting.
  test('a statement carries who asks, and limits of its own', async () => {
    const limits = { timeoutMs: 4_000, maxMemoryBytes: 300_000_000 };
    const rows = await on.warehouse.query(
      `SELECT Settings['log_comment'] AS tag, Settings['max_execution_time'] AS seconds,
              Settings['max_memory_usage'] AS bytes
       FROM system.processes WHERE query LIKE '%who asks%'`,
      {},
      { ...TAG, ...limits },
    );
    expect(rows).toEqual([{ tag: JSON.stringify(TAG.tag), seconds: '4', bytes: '300000000' }]);
    for await (const [row] of on.warehouse.stream("SELECT getSetting('log_comment') AS tag", {}, TAG)) {
      expect(row).toEqual({ tag: JSON.stringify(TAG.tag) });
    }
  });

  test('a statement has nothing of the one before', async () => {
    const limits = "SELECT getSetting('max_execution_time') AS seconds, getSetting('log_comment') AS tag";
    const other = { tag: { report: 'other', tenant: 'other' }, timeoutMs: 4_000 };
    for (const options of [TAG, other, TAG]) {
      const [row] = await on.warehouse.query<{ seconds: number; tag: string }>(limits, {}, options);
      expect(row).toEqual({ seconds: options === other ? 4 : 10, tag: JSON.stringify(options.tag) });
    }
    expect(await on.warehouse.query('SELECT {a:String} AS a', { a: 'x' }, TAG)).toEqual([{ a: 'x' }]);
    await expect(on.warehouse.query('SELECT {a:String} AS a', { b: 'y' }, TAG)).rejects.toThrow(
      WarehouseRefused,
    );
    await on.warehouse.command('CREATE TABLE other (n UInt64) ENGINE = Memory');
    await on.warehouse.command('DROP TABLE other');
  });

  test('a wrong statement or wrong data is refused; a missing table keeps the data', async () => {
    await expect(on.warehouse.query('SELEC 1', {}, TAG)).rejects.toThrow(WarehouseRefused);
    await expect(on.warehouse.insert('t', ['n', 's'], '1\tok\nno\tx\n')).rejects.toThrow(WarehouseRefused);
    await expect(on.warehouse.insert('absent', ['n'], '1\n')).rejects.toThrow(WarehouseUnavailable);
    await on.warehouse.insert('t', ['n', 's'], '');
    expect(await on.warehouse.query('SELECT count() AS n FROM t', {}, TAG)).toEqual([{ n: 50_000 }]);
  });

  test('a query cannot write, and a read-only warehouse does not', async () => {
    for (const sql of ["INSERT INTO t VALUES (1, 'x')", 'DROP TABLE t']) {
      await expect(on.warehouse.query(sql, {}, TAG)).rejects.toThrow(WarehouseRefused);
    }
    const reader = await on.reopen({ readOnly: true });
    expect(await reader.query('SELECT count() AS n FROM t', {}, TAG)).toEqual([{ n: 50_000 }]);
    await expect(reader.insert('t', ['n', 's'], '1\tx\n')).rejects.toThrow(/reading only/);
    await expect(reader.command('DROP TABLE t')).rejects.toThrow(/reading only/);
    await reader.close();
  });

  test('answers a ping with its version', async () => {
    await on.warehouse.ping();
    expect(await on.warehouse.version()).toMatch(/^\d+\.\d+/);
    expect(on.warehouse.engine).toBe(engine === 'chdb' ? 'embedded' : 'clickhouse');
  });
});

test('the embedded engine starts with the options that no statement can set', async () => {
  const on = await testWarehouse('chdb');
  const rows = await on.warehouse.query(
    "SELECT value FROM system.server_settings WHERE name = 'memory_worker_period_ms'",
    {},
    TAG,
  );
  expect(rows).toEqual([{ value: '500' }]);
  await on.drop();
});

test('a server that is not there is unavailable', async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  const warehouse = await openWarehouse({ url: `http://127.0.0.1:${port}/crm`, dataDir: '' });
  expect(warehouse.database).toBe('crm');
  await expect(warehouse.ping()).rejects.toThrow(WarehouseUnavailable);
  await expect(warehouse.insert('t', ['n'], '1\n')).rejects.toThrow(WarehouseUnavailable);
  await warehouse.close();
});

test('a name that is no database name is refused', async () => {
  await expect(openWarehouse({ dataDir: '', database: 'a`b' })).rejects.toThrow(/a`b/);
});
