import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { FactsWriter, WarehouseRefused, type Warehouse, type WriteCounts } from '#warehouse';
import { contract, deletion, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { areMutating } from './parts';
import { answeredFrom, KeptReadings, type Asked } from './kept';
import { raw, sql, text } from './sql';

const TENANT = 'acme';
const TAG = { report: 'test', tenant: TENANT };
const NAMES = sql`SELECT name FROM employee FINAL WHERE tenant = ${text(TENANT)} ORDER BY name`;

describe.each(TEST_ENGINES)('what is kept (%s)', (engine) => {
  let held: TestWarehouse;
  let writer: FactsWriter;
  let asked: Pick<Warehouse, 'query'>;
  /** Statements that read the employees. */
  let reads = 0;

  beforeAll(async () => {
    held = await testWarehouse(engine);
    writer = new FactsWriter(held.warehouse);
  });
  beforeEach(() => {
    reads = 0;
    asked = {
      query: (statement, ...rest) => {
        if (statement.includes('FROM employee')) reads++;
        return held.warehouse.query(statement, ...rest);
      },
    };
  });
  afterAll(() => held.drop());

  const employ = async (id: string, version: number, name = id): Promise<void> => {
    await writer.write([upsert('employee', { id, name, status: 'active' }, version)]);
  };
  /** What a new question is answered. */
  const names = (mostRows = 1000): Promise<string> =>
    new KeptReadings(asked, TAG, { mostRows }).of<{ name: string }, string>(['employee'], NAMES, (rows) =>
      rows.map(({ name }) => name).join(),
    );

  test('is read once while nothing changes, also by questions that come at once', async () => {
    await employ('ann', 1);
    expect(await Promise.all([names(), names(), names()])).toEqual(['ann', 'ann', 'ann']);
    expect(await names()).toBe('ann');
    expect(reads).toBe(1);
  });

  test('is what the table holds after every change', async () => {
    await employ('bob', 1);
    expect(await names()).toBe('ann,bob');
    await employ('bob', 2, 'rob');
    expect(await names()).toBe('ann,rob');
    await writer.write([deletion('employee', 'ann', 2)]);
    expect(await names()).toBe('rob');
    await held.warehouse.command(
      `DELETE FROM employee WHERE tenant = '${TENANT}' AND id = 'bob'`,
      {},
      { lightweight_deletes_sync: 2 },
    );
    expect(await names()).toBe('');
    await held.warehouse.command('TRUNCATE TABLE employee');
    await employ('cy', 1);
    expect(await names()).toBe('cy');
    expect(reads).toBe(5);
  });

  test('an answer made before the look has ended counts only if nothing has changed', async () => {
    const answered = (): Promise<{ answer: string; made: number }> => {
      let made = 0;
      return answeredFrom(asked, TAG, async (kept) => {
        made++;
        const answer = await kept.of<{ name: string }, string>(['employee'], NAMES, (rows) => {
          if (rows.length > 1) throw new Error('two employees');
          return rows.map(({ name }) => name).join();
        });
        return { answer, made };
      }).then(({ answer }) => ({ answer, made }));
    };
    expect(await answered()).toEqual({ answer: 'cy', made: 1 });
    expect(await answered()).toEqual({ answer: 'cy', made: 1 });
    expect(reads).toBe(1);
    await employ('cy', 2, 'my');
    expect(await answered()).toEqual({ answer: 'my', made: 2 });
    await employ('dan', 1);
    await expect(answered()).rejects.toThrow('two employees');
    await writer.write([deletion('employee', 'dan', 2)]);
    expect(await answered()).toEqual({ answer: 'my', made: 1 });
    await employ('cy', 3, 'cy');
    const { query } = asked;
    asked.query = (statement, ...rest) =>
      statement.includes('system.parts') ? Promise.reject(new Error('away')) : query(statement, ...rest);
    await expect(answered()).rejects.toThrow('away');
  });

  test('a table of the same name is another one', async () => {
    expect(await names()).toBe('cy');
    const [{ statement } = { statement: '' }] = await held.warehouse.query<{ statement: string }>(
      "SELECT create_table_query AS statement FROM system.tables WHERE database = currentDatabase() AND name = 'employee'",
      {},
      { tag: TAG },
    );
    await held.warehouse.command('DROP TABLE employee SYNC');
    await held.warehouse.command(statement);
    await employ('dan', 1);
    expect(await names()).toBe('dan');
  });

  test('is kept over merges', async () => {
    expect(await names()).toBe('dan');
    await held.warehouse.command('OPTIMIZE TABLE employee FINAL');
    expect(await names()).toBe('dan');
    expect(reads).toBe(1);
  });

  test('a failure is not kept, and who may not see the parts reads every time', async () => {
    const { query } = asked;
    asked.query = () => Promise.reject(new WarehouseRefused('no', 1));
    await expect(names()).rejects.toThrow('no');
    asked.query = (statement, ...rest) =>
      statement.includes('system.parts')
        ? Promise.reject(new WarehouseRefused('not yours', 497))
        : query(statement, ...rest);
    expect(await names()).toBe('dan');
    expect(await names()).toBe('dan');
    expect(reads).toBe(2);
  });

  test('goes when others take its room', async () => {
    await names(1);
    await new KeptReadings(asked, TAG).of(['employee'], sql`SELECT 1 FROM employee`, (rows) => rows);
    await names();
    expect(reads).toBe(3);
  });
});

describe.each(TEST_ENGINES)('a statement asked again (%s)', (engine) => {
  const SUM = sql`SELECT count() AS n, sum(amount) AS amount FROM contract FINAL WHERE tenant = ${text(TENANT)}`;
  let held: TestWarehouse;
  let writer: FactsWriter;
  let asked: { query: Warehouse['query']; writes?: Asked['writes'] };
  let reads = 0;

  beforeAll(async () => {
    held = await testWarehouse(engine);
    writer = new FactsWriter(held.warehouse);
  });
  beforeEach(() => {
    reads = 0;
    asked = { query: (...call) => held.warehouse.query(...call) };
  });
  afterAll(() => held.drop());

  const read = <T>(): Promise<T[]> => {
    reads++;
    const { statement, parameters } = SUM.compile();
    return held.warehouse.query<T>(statement, parameters, { tag: TAG });
  };
  /** What a new question is answered. */
  const sum = async (from: Asked = asked): Promise<unknown> =>
    (await new KeptReadings(from, TAG).repeated(SUM, read))[0];
  const signed = (id: string, amount: string, version = 1): Promise<unknown> =>
    writer.write([upsert('contract', contract(id, { amount }), version)]);
  const erase = (id: string): Promise<void> =>
    held.warehouse.command(
      'ALTER TABLE contract DELETE WHERE id = {id:String}',
      { id },
      { mutations_sync: 2 },
    );

  test('is read when something has arrived for its tables, and not when it has been merged', async () => {
    await signed('a', '1.00');
    expect(await sum()).toEqual({ n: 1, amount: '1.00' });
    reads = 0;
    expect(await sum()).toEqual({ n: 1, amount: '1.00' });
    await writer.write([upsert('employee', { id: 'ann', name: 'Ann', status: 'active' }, 1)]);
    expect(await sum()).toEqual({ n: 1, amount: '1.00' });
    expect(reads).toBe(0);
    await signed('b', '2.00');
    expect(await sum()).toEqual({ n: 2, amount: '3.00' });
    await signed('b', '5.00', 2);
    expect(await sum()).toEqual({ n: 2, amount: '6.00' });
    expect(reads).toBe(2);
    await held.warehouse.command('OPTIMIZE TABLE contract FINAL');
    expect(await sum()).toEqual({ n: 2, amount: '6.00' });
    expect(reads).toBe(2);
    await erase('a');
    expect(await sum()).toEqual({ n: 1, amount: '5.00' });
    expect(reads).toBe(3);
  });

  test('by many at once is read once', async () => {
    await signed('c', '1.00');
    const answers = await Promise.all(Array.from({ length: 5 }, () => sum()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(reads).toBe(1);
  });

  test.each([
    ['others can write to', false],
    ['this process alone writes to', true],
  ])('over an empty table that %s is not kept for when it is empty again', async (_, alone) => {
    if (alone) asked = { ...asked, writes: held.warehouse.writes };
    await held.warehouse.command('TRUNCATE TABLE invoice');
    const invoices = async (asking: string): Promise<unknown> => {
      const statement = sql`SELECT count() AS n FROM invoice FINAL WHERE tenant = ${text(TENANT)} ${raw(asking)}`;
      const counted = (): Promise<unknown[]> => {
        reads++;
        const { statement: sqlText, parameters } = statement.compile();
        return held.warehouse.query(sqlText, parameters, { tag: TAG });
      };
      return (await new KeptReadings(asked as Asked, TAG).repeated(statement, counted))[0];
    };
    await sum();
    reads = 0;
    for (let times = 0; times < 3; times++) expect(await invoices('AND 1')).toEqual({ n: 0 });
    // On a server nobody is alone.
    expect(reads).toBe(alone && engine === 'chdb' ? 1 : 3);
    const invoice = { number: 'N', amount: '1.00', status: 'approved', issued: false } as const;
    await writer.write([upsert('invoice', { id: 'i', contractId: 'c', ...invoice }, 1)]);
    // What was never asked before is kept as of the last look, which was before the invoice.
    expect(await invoices('AND 2')).toEqual({ n: 1 });
    expect(await invoices('AND 1')).toEqual({ n: 1 });
    await held.warehouse.command('TRUNCATE TABLE invoice');
    expect(await invoices('AND 2')).toEqual({ n: 0 });
  });

  test('what arrives while it is read is in the next answer', async () => {
    await signed('d', '1.00');
    const slow = async <T>(): Promise<T[]> => {
      const rows = await read<T>();
      await signed('d', '7.00', 2);
      return rows;
    };
    await new KeptReadings(asked, TAG).repeated(SUM, slow);
    const before = await read();
    expect(await sum()).toEqual(before[0]);
    await signed('d', '9.00', 3);
    expect(await sum()).toEqual((await read())[0]);
  });

  test('is read when the facts that this process is writing are all there', async () => {
    await signed('e', '1.00');
    await sum();
    await signed('e', '2.00', 2);
    reads = 0;
    const over = (): Promise<boolean> => signed('e', '3.00', 3).then(() => true);
    asked.writes = { alone: true, over, now: () => ({ underWay: 1, ended: 0, commands: 0, commanding: 0 }) };
    const answer = await sum();
    delete asked.writes;
    expect(answer).toEqual(await sum());
    expect(reads).toBe(1);
    expect(answer).toEqual((await read())[0]);
  });

  describe('while this process writes', () => {
    let writes: WriteCounts;
    let waited: number;

    /** What was there when nothing was under way; then a write begins, and comes so far that it is seen. */
    const begin = async (version: number, alone = true): Promise<unknown> => {
      waited = 0;
      writes = { underWay: 0, ended: 0, commands: 0, commanding: 0 };
      const over = (): Promise<boolean> => {
        waited++;
        return Promise.resolve(false);
      };
      asked = { ...asked, writes: { alone, now: () => writes, over } };
      await signed('f', `${version}.00`, version);
      const before = await sum();
      expect(await sum()).toEqual(before);
      writes = { underWay: 1, ended: 0, commands: 0, commanding: 0 };
      reads = waited = 0;
      await signed('g', `${version}.00`, version);
      return before;
    };
    const now = async (): Promise<unknown> => (await read())[0];

    test('is answered as before the write, and from it when it has ended', async () => {
      const before = await begin(10);
      expect(await sum()).toEqual(before);
      await held.warehouse.command('OPTIMIZE TABLE contract FINAL');
      expect(await sum()).toEqual(before);
      expect([reads, waited]).toEqual([0, 0]);
      writes = { underWay: 0, ended: 1, commands: 0, commanding: 0 };
      const after = await sum();
      expect(after).not.toEqual(before);
      expect(after).toEqual(await now());
    });

    test('is read when a write has ended meanwhile, though another is under way', async () => {
      await begin(20);
      writes = { underWay: 1, ended: 1, commands: 0, commanding: 0 };
      expect(await sum()).toEqual(await now());
      expect(waited).toBe(1);
    });

    test('is read when records have been taken out, too', async () => {
      await begin(30);
      await erase('g');
      expect(await sum()).toEqual(await now());
    });

    test('is read where another process may be the one that has written', async () => {
      await begin(40, false);
      expect(await sum()).toEqual(await now());
    });

    test('is read when a write has come to its end during the look', async () => {
      await begin(50);
      await sum();
      const { query } = asked;
      asked.query = async (statement, ...rest) => {
        const rows = await query<never>(statement, ...rest);
        if (statement.includes('system.parts') && writes.ended === 1) {
          await signed('g', '51.00', 51);
          writes = { underWay: 0, ended: 2, commands: 0, commanding: 0 };
        }
        return rows;
      };
      writes = { underWay: 0, ended: 1, commands: 0, commanding: 0 };
      await sum();
      writes = { underWay: 1, ended: 2, commands: 0, commanding: 0 };
      await signed('g', '52.00', 52);
      expect(await sum()).toEqual(await now());
    });

    test('needs no look at the parts from the second question on, until the next write', async () => {
      await begin(60);
      writes = { underWay: 0, ended: 1, commands: 0, commanding: 0 };
      await sum();
      await sum();
      const { query } = asked;
      asked.query = () => Promise.reject(new Error('not asked'));
      const before = await sum();
      asked.query = query;
      expect(before).toEqual(await now());
      await signed('g', '61.00', 61);
      writes = { underWay: 0, ended: 2, commands: 0, commanding: 0 };
      expect(await sum()).toEqual(await now());
      expect(await sum()).not.toEqual(before);
    });

    test('is looked for as long as rows are being taken out', async () => {
      await begin(70);
      writes = { underWay: 0, ended: 1, commands: 0, commanding: 0 };
      await held.warehouse.command('SYSTEM STOP MERGES contract');
      await held.warehouse.command("ALTER TABLE contract DELETE WHERE id = 'g'", {}, { mutations_sync: 0 });
      const before = await now();
      for (let times = 0; times < 3; times++) expect(await sum()).toEqual(before);
      await held.warehouse.command('SYSTEM START MERGES contract');
      while (await areMutating(held.warehouse, TAG)) await setTimeout(20);
      expect(await now()).not.toEqual(before);
      expect(await sum()).toEqual(await now());
    });
  });

  test('by who may not see the parts is read every time', async () => {
    const blind: Pick<Warehouse, 'query'> = {
      query: (statement, ...rest) =>
        statement.includes('system.parts')
          ? Promise.reject(new WarehouseRefused('not yours', 497))
          : held.warehouse.query(statement, ...rest),
    };
    for (let times = 0; times < 3; times++) await sum(blind);
    expect(reads).toBe(3);
  });

  test('equals what the table holds after whatever happens to it', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const version = fc.integer({ min: 10, max: 1_000_000_000 });
    const amount = fc.integer({ min: 1, max: 99 }).map((whole) => `${whole}.00`);
    const merge = (): Promise<unknown> => held.warehouse.command('OPTIMIZE TABLE contract FINAL');
    const step: fc.Arbitrary<() => Promise<unknown>> = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(id, amount, version).map((of) => () => signed(...of)) },
      {
        weight: 1,
        arbitrary: fc.tuple(id, version).map((of) => () => writer.write([deletion('contract', ...of)])),
      },
      { weight: 2, arbitrary: fc.constant(merge) },
      { weight: 1, arbitrary: id.map((of) => () => erase(of)) },
    );
    const steps = fc.array(step, { minLength: 40, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, async (happened) => {
        for (const happens of happened) {
          await happens();
          const answers = await Promise.all([sum(), sum()]);
          const [now] = await read();
          expect(answers).toEqual([now, now]);
        }
      }),
      { numRuns: 1 },
    );
  }, 60_000);
});
