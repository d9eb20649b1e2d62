/** Reports over a period read that period: their statements are taken from the tables' order by date. */
import { openCaller } from '#access';
import { zoneNamed } from '#calendar';
import { testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { runReport } from './answer';
import { mainPartsOf, newestOf } from './newest';
import { REPORTS } from './registry';
import type { ReportContext } from './run';
import { raw, sql, text } from './sql';

const TENANT = 'acme';
const TAG = { report: 'test', tenant: TENANT };
const ALWAYS = { leastRows: 1, mostOutside: 1, smallPart: 1, granule: Infinity, longTable: 0 };
const RECORDS = 40_000;

/** Tables with an order by date, and values of the columns that decide what counts; the others are empty. */
const DATED = {
  activity: { date: 'created_at', kind: "'follow-up'", author_id: "'ann'", customer_id: "'c'" },
  customer: { date: 'created_at', deal_status: "'deal'", owner_id: "'ann'" },
  contact: { date: 'created_at', owner_id: "'ann'", creator_id: "'ann'" },
  contract: { date: 'order_date', status: "'approved'", owner_id: "'ann'" },
  receivable: { date: 'return_date', status: "'approved'", owner_id: "'ann'" },
  invoice: { date: 'issue_date', status: "'approved'", owner_id: "'ann'", issued: 'true' },
  opportunity: { date: 'created_at', end_state: "'won'", owner_id: "'ann'" },
} as const;
const TABLES = Object.keys(DATED) as (keyof typeof DATED)[];

/** Reports that read records of any date, or columns that the order by date does without. */
const OTHERWISE = new Set([
  'amount-ratio-detail',
  'contract-summary',
  'data-summary',
  'deal-cycle-product',
  'forgotten-customers',
  'invoice-statistics',
  'satisfaction-product',
]);

let held: TestWarehouse;

async function fill(table: keyof typeof DATED): Promise<void> {
  const { date, ...values } = DATED[table];
  const names = ['tenant', 'id', 'version', 'deleted', date, ...Object.keys(values)].join(', ');
  const instant = "toDateTime64('2024-01-01', 6, 'UTC') + number * 2400";
  await held.warehouse.command(
    `INSERT INTO ${table} (${names})
     SELECT '${TENANT}', toString(cityHash64(number)), number + 1, 0, ${instant}, ${Object.values(values).join(', ')}
     FROM numbers(${RECORDS})`,
  );
}

beforeAll(async () => {
  held = await testWarehouse('chdb');
  for (const table of TABLES) await fill(table);
}, 60_000);
afterAll(() => held.drop());

type Asked = Parameters<ReportContext['warehouse']['query']>[1];

/** What a statement reads: tables, or `by_date`, and how much of each. */
async function readsOf(statement: string, parameters: Asked): Promise<{ name: string; granules: number }[]> {
  const plan = await held.warehouse.query<{ explain: string }>(
    `EXPLAIN projections = 1, indexes = 1 ${statement}`,
    parameters,
    { tag: TAG },
  );
  const steps = plan
    .map(({ explain }) => explain)
    .join('\n')
    .split('ReadFromMergeTree (')
    .slice(1);
  return steps
    .map((step) => ({
      name: /^(?:\w+\.)?(\w+)\)/.exec(step)?.[1] ?? '',
      granules: Number(/^.*\n.*\n.*Granules: (\d+)/.exec(step)?.[1] ?? 0),
    }))
    .filter(({ granules }) => granules > 0);
}

test.each(TABLES)('a month of %s is read without the other years', async (table) => {
  const { date } = DATED[table];
  const month = raw(`${date} >= '2026-01-01' AND ${date} < '2026-02-01'`);
  const parts = await mainPartsOf({ query: held.warehouse.query.bind(held.warehouse) }, TAG, ALWAYS);
  const asked = sql`SELECT count() AS n FROM ${newestOf(table, text(TENANT), month, parts)}`;
  const { statement, parameters } = asked.compile();
  expect(await held.warehouse.query(statement, parameters, { tag: TAG })).toEqual([{ n: 31 * 36 }]);
  const [read] = await readsOf(statement, parameters);
  expect(read?.name).toBe('by_date');
  expect(read?.granules).toBeLessThanOrEqual(2);
});

/** The dated tables of which the report reads more than the period, in one statement or the other. */
async function readOtherwise(report: string, query: Record<string, string>): Promise<string[]> {
  const found = new Set<string>();
  const { warehouse } = held;
  await runReport(report, query, {
    warehouse: {
      stream: warehouse.stream.bind(warehouse),
      query: async (statement, parameters, options) => {
        const reads = statement.includes('PREWHERE') ? await readsOf(statement, parameters) : [];
        for (const { name } of reads) if (Object.hasOwn(DATED, name)) found.add(name);
        return warehouse.query(statement, parameters, options);
      },
    },
    tenant: { id: TENANT, zone: zoneNamed('Asia/Shanghai') },
    caller: openCaller(TENANT),
    now: Date.parse('2026-11-20T10:00:00+08:00'),
    reading: ALWAYS,
  });
  return [...found].sort();
}

test('reports read dated tables by date, but for those that ask for more', async () => {
  for (const { id, period } of REPORTS.filter(({ id }) => !OTHERWISE.has(id))) {
    const tables = await readOtherwise(id, period.kind === 'period' ? { preset: 'month' } : {});
    expect({ id, tables }).toEqual({ id, tables: [] });
  }
}, 60_000);
