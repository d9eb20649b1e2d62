/** Tables and lists longer than what a file reads at a time: every row once, in the order of the screen. */
import { openCaller } from '#access';
import { zoneNamed } from '#calendar';
import {
  runRecords,
  runReport,
  runWholeRecords,
  runWholeReport,
  type RawQuery,
  type ReportContext,
} from '#reports';
import { FILE_PAGE } from '../../libs/reports/keyset';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';

/** Two whole stretches and a row, so that one ends with the list and one holds a single row. */
const ROWS = 2 * FILE_PAGE + 1;
const SCREEN = 1000;
const PERIOD = { from: '2026-05-01', to: '2026-05-31' };

let held: TestWarehouse;
let context: ReportContext;

beforeAll(async () => {
  held = await testWarehouse('chdb');
  context = {
    warehouse: held.warehouse,
    tenant: { id: 'acme', zone: zoneNamed('Asia/Shanghai') },
    caller: openCaller('acme'),
    now: Date.parse('2026-05-20T10:00:00+08:00'),
  };
  // Few days, so that stretches end between contracts of one day; ids in another order than numbers.
  await held.warehouse.command(`
    INSERT INTO contract
      (tenant, id, version, deleted, number, name, customer_id, owner_id, order_date, amount, status)
    SELECT 'acme', hex(cityHash64(number)), 1, 0, toString(number), 'Contract', toString(number % 100), 'ann',
           toDate32('2026-05-01') + number % 3, number % 1000, 'approved' FROM numbers(${ROWS})`);
  await held.warehouse.command(`
    INSERT INTO receivable (tenant, id, version, deleted, number, contract_id, owner_id, return_date, amount, status)
    SELECT 'acme', toString(number), 1, 0, 'R', hex(cityHash64(intDiv(number, 2))), 'ann',
           toDate32('2026-05-01'), 1.25, 'approved' FROM numbers(${ROWS})`);
  // Half of the customers followed are unknown: those have no date.
  await held.warehouse.command(`
    INSERT INTO customer (tenant, id, version, deleted, name, owner_id, creator_id, created_at, deal_status)
    SELECT 'acme', toString(number), 1, 0, 'Customer', 'ann', 'ann',
           toDateTime64('2026-05-01 00:00:00.000001', 6, 'UTC') + number % 3, 'deal' FROM numbers(${FILE_PAGE + 5})`);
  await held.warehouse.command(`
    INSERT INTO activity
      (tenant, id, version, deleted, kind, target_type, target_id, customer_id, author_id, created_at)
    SELECT 'acme', toString(number), 1, 0, 'follow-up', 'customer', toString(number), toString(number), 'ann',
           toDateTime64('2026-05-02 00:00:00', 6, 'UTC') FROM numbers(${2 * FILE_PAGE + 10})`);
}, 120_000);
afterAll(() => held.drop());

type Fields = Record<string, unknown>;

async function all(groups: AsyncIterable<readonly object[]> | null): Promise<Fields[]> {
  const rows: object[] = [];
  for await (const group of groups ?? []) rows.push(...group);
  return rows as Fields[];
}

/** The rows of all pages that a screen shows. */
async function screens(
  ask: (page: RawQuery) => Promise<{ rows?: readonly object[]; page?: { total: number } }>,
): Promise<Fields[]> {
  const rows: object[] = [];
  for (let offset = 0; ; offset += SCREEN) {
    const answer = await ask({ limit: String(SCREEN), offset: String(offset) });
    rows.push(...(answer.rows ?? []));
    if (rows.length >= (answer.page?.total ?? 0)) return rows as Fields[];
  }
}

test('a long report', async () => {
  const whole = await runWholeReport('amount-ratio-detail', PERIOD, context);
  const rows = await all(whole.rows);
  expect(rows).toHaveLength(ROWS);
  const shown = await screens((page) => runReport('amount-ratio-detail', { ...PERIOD, ...page }, context));
  expect(rows).toEqual(shown);
  expect(rows.filter(({ receivedAmount }) => receivedAmount !== '0.00')).toHaveLength(FILE_PAGE + 1);
  const { totals } = await runReport('amount-ratio-detail', PERIOD, context);
  expect(whole.body.totals).toEqual(totals);
}, 120_000);

test.each<[string, string, number]>([
  ['contracts by day', 'contractAmount', ROWS],
  ['payments by day, and of any contract', 'receivedAmount', ROWS],
])(
  'a long list of records: %s',
  async (_, column, count) => {
    const question = { ...PERIOD, column };
    const whole = await runWholeRecords('customer-total', question, context);
    const rows = await all(whole.rows);
    expect(rows).toHaveLength(count);
    const shown = await screens((page) => runRecords('customer-total', { ...question, ...page }, context));
    expect(rows.map(withoutLists)).toEqual(shown.map(withoutLists));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
  },
  120_000,
);

test('a long list whose records have no date', async () => {
  const question = { ...PERIOD, column: 'value' };
  const whole = await runWholeRecords('rank-followed-customers', question, context);
  const rows = await all(whole.rows);
  expect(rows).toHaveLength(2 * FILE_PAGE + 10);
  const shown = await screens((page) =>
    runRecords('rank-followed-customers', { ...question, ...page }, context),
  );
  expect(rows).toEqual(shown);
  expect(rows.filter(({ createdAt }) => createdAt === null)).toHaveLength(FILE_PAGE + 5);
}, 120_000);

/** Lists of items are in no file. */
const withoutLists = ({ lines: _, ...record }: Fields): Fields => record;
