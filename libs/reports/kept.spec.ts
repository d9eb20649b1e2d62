import { FactsWriter, WarehouseRefused, type Warehouse } from '#warehouse';
import { deletion, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { answeredFrom, KeptReadings } from './kept';
import { sql, text } from './sql';

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
