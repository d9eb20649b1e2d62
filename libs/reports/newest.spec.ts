import { FactsWriter } from '#warehouse';
import { contract, deletion, upsert } from '../../test/support/facts';
import { testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { mainPartsOf, newestOf, type MainPart } from './newest';
import { raw, sql, text, type Sql } from './sql';

const TENANT = 'acme';
const TAG = { report: 'test', tenant: TENANT };
const RECORDS = 400;
const ALWAYS = { leastRows: 1, mostOutside: 1, smallPart: 1, granule: Infinity };
const APPROVED = raw("status = 'approved'");

let held: TestWarehouse;

beforeAll(async () => {
  held = await testWarehouse('chdb');
});
afterAll(() => held.drop());

const idOf = (index: number): string => `c-${index}`;
const indexes = Array.from({ length: RECORDS }, (_, index) => index);

/** Count and sum of the approved contracts, by the main part that is named. */
async function approved(main: MainPart | undefined, more = ''): Promise<unknown> {
  const from: Sql = newestOf('contract', text(TENANT), APPROVED, main);
  const { statement, parameters } =
    sql`SELECT count() AS n, sum(amount) AS amount FROM ${from} ${raw(more)}`.compile();
  const [row] = await held.warehouse.query(statement, parameters, { tag: TAG });
  return row;
}

const mainNow = async (): Promise<MainPart | undefined> =>
  (await mainPartsOf({ query: held.warehouse.query.bind(held.warehouse) }, TAG, ALWAYS)).get('contract');

test('versions outside the main part win when they are newer, and only then', async () => {
  const writer = new FactsWriter(held.warehouse);
  await writer.write(
    indexes.map((index) => upsert('contract', contract(idOf(index), { amount: '1.00' }), 10)),
  );
  await held.warehouse.command('OPTIMIZE TABLE contract FINAL');
  await held.warehouse.command('SYSTEM STOP MERGES contract');
  await writer.write([
    upsert('contract', contract(idOf(0), { status: 'void' }), 11),
    upsert('contract', contract(idOf(1), { amount: '5.00' }), 11),
    deletion('contract', idOf(2), 11),
    // Late: what the main part holds is newer.
    upsert('contract', contract(idOf(3), { status: 'void' }), 9),
    upsert('contract', contract(idOf(4), { amount: '7.00' }), 9),
    deletion('contract', idOf(5), 9),
  ]);
  await writer.write([
    upsert('contract', contract(idOf(1), { amount: '6.00' }), 12),
    upsert('contract', contract('other', { amount: '100.00' }), 1),
    upsert('contract', contract('gone', { amount: '100.00' }), 1),
  ]);
  await writer.write([deletion('contract', 'gone', 2)]);
  const expected = { n: RECORDS - 2 + 1, amount: `${RECORDS - 3 + 6 + 100}.00` };
  const main = await mainNow();
  expect(main).toBeDefined();
  expect(await approved(undefined)).toEqual(expected);
  expect(await approved(main)).toEqual(expected);
  expect(await approved({ name: 'all_9999_9999_0', newest: '0' })).toEqual(expected);
  await held.warehouse.command('SYSTEM START MERGES contract');
});

test('parts that come and go while a statement starts change nothing', async () => {
  const writer = new FactsWriter(held.warehouse);
  const expected = await approved(undefined);
  let busy = true;
  const changing = (async (): Promise<void> => {
    for (let version = 20; busy; version++) {
      const some = indexes.filter((index) => index > 5 && index % 7 === version % 7);
      await writer.write(
        some.map((index) => upsert('contract', contract(idOf(index), { amount: '1.00' }), version)),
      );
      if (version % 2 === 0) await held.warehouse.command('OPTIMIZE TABLE contract FINAL');
    }
  })();
  for (let round = 0; round < 25; round++) {
    const main = await mainNow();
    // A pause between the looks of one statement at the parts of a table.
    expect(await approved(main, 'SETTINGS merge_tree_storage_snapshot_sleep_ms = 15')).toEqual(expected);
  }
  busy = false;
  await changing;
});
