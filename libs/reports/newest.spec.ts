import { FactsWriter, type Fact } from '#warehouse';
import { contract, deletion, upsert } from '../../test/support/facts';
import { testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { MainParts, mainPartsOf, newestOf, type MainPart } from './newest';
import { raw, sql, text, type Sql } from './sql';

const TENANT = 'acme';
const TAG = { report: 'test', tenant: TENANT };
const RECORDS = 400;
const ALWAYS = { leastRows: 1, mostOutside: 1, smallPart: 1, longTable: 0 };
const APPROVED = raw("status = 'approved'");

let held: TestWarehouse;

beforeAll(async () => {
  held = await testWarehouse('chdb');
});
afterEach(() => held.warehouse.command('SYSTEM START MERGES contract'));
afterAll(() => held.drop());

const idOf = (index: number): string => `c-${index}`;
const indexes = Array.from({ length: RECORDS }, (_, index) => index);

/** Count and sum of the approved contracts, by the main parts that are named. */
const approved = (parts: MainParts, more = ''): Promise<unknown> =>
  parts.reading(async () => {
    const from: Sql = newestOf('contract', text(TENANT), APPROVED, parts);
    const { statement, parameters } =
      sql`SELECT count() AS n, sum(amount) AS amount FROM ${from} ${raw(more)}`.compile();
    const [row] = await held.warehouse.query(statement, parameters, { tag: TAG });
    return row;
  });

const nothingNew = (): Promise<Map<string, MainPart>> => Promise.resolve(new Map<string, MainPart>());
const byFinal = new MainParts(new Map(), nothingNew);

/** A part that was there a moment ago, with versions up to `newest`. */
const gone = (newest: string, alone = false): MainParts =>
  new MainParts(
    new Map([
      ['contract', { names: ['all_9999_9999_0'], newest, holding: { rows: 1, newest, late: false }, alone }],
    ]),
    nothingNew,
  );

/** The parts as somebody sees them who has not looked before. */
const partsNow = (): Promise<MainParts> =>
  mainPartsOf({ query: held.warehouse.query.bind(held.warehouse) }, TAG, ALWAYS);

const merge = (): Promise<void> => held.warehouse.command('OPTIMIZE TABLE contract FINAL');

test('versions outside the main part win when they are newer, and only then', async () => {
  const writer = new FactsWriter(held.warehouse);
  await writer.write(
    indexes.map((index) => upsert('contract', contract(idOf(index), { amount: '1.00' }), 10)),
  );
  await merge();
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
  const parts = await partsNow();
  expect(parts.of('contract')).toBeDefined();
  expect(await approved(byFinal)).toEqual(expected);
  expect(await approved(parts)).toEqual(expected);
  expect(parts.of('contract')?.holding.late).toBe(true);
  expect(await approved(parts)).toEqual(expected);
  expect(await approved(gone('0'))).toEqual(expected);
  expect(await approved(gone((2n ** 127n).toString()))).toEqual(expected);
  expect(await approved(gone('0', true))).toEqual(expected);
});

test.each([
  ['another state', upsert('contract', contract('late', { status: 'approved' }), 9), 20],
  ['a deletion', deletion('contract', 'late', 9), 21],
])('a late version that is %s is met, and newer ones stop nothing', async (_, late, newer) => {
  const writer = new FactsWriter(held.warehouse);
  const status = late.change.kind === 'upsert' ? 'void' : 'approved';
  await writer.write([upsert('contract', contract('late', { status }), 10)]);
  await merge();
  await held.warehouse.command('SYSTEM STOP MERGES contract');
  await writer.write([upsert('contract', contract('new', { status: 'approved' }), newer)]);
  const parts = await partsNow();
  expect(await approved(parts)).toEqual(await approved(byFinal));
  expect(parts.of('contract')?.holding.late).toBe(false);
  await writer.write([late]);
  expect(await approved(parts)).toEqual(await approved(byFinal));
  expect(parts.of('contract')?.holding.late).toBe(true);
});

test('a part that was alone is not when a record comes', async () => {
  const writer = new FactsWriter(held.warehouse);
  const states = (status: 'approved' | 'void', version: number): Fact[] =>
    ['a', 'b'].map((id) => upsert('contract', contract(id, { status }), version));
  await writer.write(states('approved', 24));
  await merge();
  const parts = await partsNow();
  const before = (await approved(parts)) as { n: number };
  expect(parts.of('contract')?.alone).toBe(true);
  await held.warehouse.command('SYSTEM STOP MERGES contract');
  await writer.write([
    ...states('void', 25),
    upsert('contract', contract('one more', { status: 'approved' }), 25),
  ]);
  expect(await approved(parts)).toMatchObject({ n: before.n - 1 });
  expect(parts.of('contract')).toMatchObject({ alone: false, holding: { late: false } });
});

test('parts that come and go while a statement starts change nothing', async () => {
  const writer = new FactsWriter(held.warehouse);
  const expected = await approved(byFinal);
  let busy = true;
  const changing = (async (): Promise<void> => {
    for (let version = 30; busy; version++) {
      const some = indexes.filter((index) => index > 5 && index % 7 === version % 7);
      await writer.write(
        some.map((index) => upsert('contract', contract(idOf(index), { amount: '1.00' }), version)),
      );
      if (version % 2 === 0) await merge();
    }
  })();
  for (let round = 0; round < 25; round++) {
    const parts = await partsNow();
    // A pause between the looks of one statement at the parts of a table.
    expect(await approved(parts, 'SETTINGS merge_tree_storage_snapshot_sleep_ms = 15')).toEqual(expected);
  }
  busy = false;
  await changing;
});
