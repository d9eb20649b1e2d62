/** The order by date of tables that reports read a period of: whatever changes a table, it holds what the table does. */
import { contract, deletion, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { eraseRecord } from './erase';
import { FactsWriter } from './facts';
import { migrate, readMigrations } from './migrate';

const TAG = { tag: { report: 'test', tenant: 'acme' } };
/** Contracts, one a day, and as many days over and over, so that a day is in every stretch of ids. */
const RECORDS = 50_000;
const DAYS = 1_000;
const DAY = '2024-01-11';
const JUST_BEFORE = 3;

const idOf = (index: number): string => String(100_000 + index);

describe.each(TEST_ENGINES)('by date (%s)', (engine) => {
  let on: TestWarehouse;
  let writer: FactsWriter;
  let version = 1_000;

  beforeAll(async () => {
    on = await testWarehouse(engine, { migrated: false });
    writer = new FactsWriter(on.warehouse);
    await migrate(
      on.warehouse,
      readMigrations().filter(({ number }) => number <= JUST_BEFORE),
    );
  });
  afterAll(() => on.drop());

  const onDay = (id: string, amount: string, orderDate = DAY): ReturnType<typeof upsert> =>
    upsert('contract', contract(id, { amount, orderDate, status: 'approved' }), ++version);
  const merge = (): Promise<void> => on.warehouse.command('OPTIMIZE TABLE contract FINAL');

  /** What one day holds, read by date and as the table lies, which is the same. */
  async function day(): Promise<{ n: number; amount: string }> {
    const of = `FROM contract WHERE tenant = 'acme' AND order_date = '${DAY}' AND deleted = 0`;
    const read = async (settings: string): Promise<{ n: number; amount: string } | undefined> => {
      const sums = `SELECT count() AS n, sum(amount) AS amount ${of} SETTINGS ${settings}`;
      const [row] = await on.warehouse.query<{ n: number; amount: string }>(sums, {}, TAG);
      return row;
    };
    const plan = await on.warehouse.query<{ explain: string }>(
      `EXPLAIN SELECT count(), sum(amount) ${of}`,
      {},
      TAG,
    );
    expect(plan.map(({ explain }) => explain).join('\n')).toContain('(by_date)');
    const byDate = await read('optimize_use_projections = 1');
    expect(byDate).toEqual(await read('optimize_use_projections = 0'));
    return byDate ?? { n: 0, amount: '' };
  }

  test('what an older release has written is in it, and not what that had hidden', async () => {
    await on.warehouse.command(
      `INSERT INTO contract (tenant, id, version, order_date, status, amount)
       SELECT 'acme', toString(100000 + number), 1, toDate32('2024-01-01') + number % ${DAYS}, 'approved', 1
       FROM numbers(${RECORDS})`,
    );
    await on.warehouse.command(`DELETE FROM contract WHERE id IN ('${idOf(10)}', '${idOf(DAYS + 10)}')`);
    expect(await migrate(on.warehouse)).toContain('0004_by_date.sql');
    // Mutations of a table go one after the other: this one ends after those of the migration.
    await on.warehouse.command('ALTER TABLE contract DELETE WHERE 0', {}, { mutations_sync: 2 });
    expect(await day()).toEqual({ n: RECORDS / DAYS - 2, amount: '48.00' });
    await merge();
    expect(await day()).toEqual({ n: 48, amount: '48.00' });
  });

  test('rows cannot be hidden', async () => {
    const hide = on.warehouse.command(`DELETE FROM contract WHERE id = '${idOf(2 * DAYS + 10)}'`);
    await expect(hide).rejects.toThrow(/lightweight_mutation_projection_mode/);
    expect(await day()).toEqual({ n: 48, amount: '48.00' });
  });

  test('superseded and deleted records leave it with the merge that drops them, and in a block', async () => {
    await writer.write([onDay('a', '1.00'), onDay('a', '2.00')]);
    expect(await day()).toEqual({ n: 49, amount: '50.00' });
    await writer.write([
      onDay('a', '4.00'),
      onDay(idOf(2 * DAYS + 10), '9.00', '2025-05-05'),
      onDay('b', '8.00'),
    ]);
    await merge();
    expect(await day()).toEqual({ n: 49, amount: '59.00' });
    await writer.write([deletion('contract', 'b', ++version), onDay(idOf(5), '10.00')]);
    await merge();
    expect(await day()).toEqual({ n: 49, amount: '61.00' });
    // Late: it is superseded already.
    await writer.write([upsert('contract', contract('a', { orderDate: DAY, amount: '32.00' }), 999)]);
    await merge();
    expect(await day()).toEqual({ n: 49, amount: '61.00' });
  });

  test('a refused fact is taken out of it', async () => {
    await on.warehouse.command("ALTER TABLE change_events ADD CONSTRAINT no_bad CHECK data NOT LIKE '%bad%'");
    const bad = upsert('contract', contract('bad', { orderDate: DAY, status: 'approved' }), ++version);
    const refused = await writer.write([onDay('good', '1.00'), bad]);
    expect(refused.map(({ index }) => index)).toEqual([1]);
    expect(await day()).toEqual({ n: 50, amount: '62.00' });
    await on.warehouse.command('ALTER TABLE change_events DROP CONSTRAINT no_bad');
  });

  test('an erased record is in no part of it', async () => {
    await eraseRecord(on.warehouse, { tenant: 'acme', entity: 'contract', id: 'a' });
    expect(await day()).toEqual({ n: 49, amount: '58.00' });
    await merge();
    expect(await day()).toEqual({ n: 49, amount: '58.00' });
  });
});
