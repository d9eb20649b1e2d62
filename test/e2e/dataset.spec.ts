/**
 * The practice dataset imported with its true dates, by the command people use: reports and boards of
 * 2017 against a plain computation over the CSV, the same answers byte for byte on both sets of
 * engines, and no change when everything is published again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import { Importer, loadMapping, runImport } from '#import';
import { Random } from '../model';
import { ROOT } from '../support/children';
import { ENGINE_SETS, Floor, type EngineSet, type Report, type Row } from '../support/floor';

const DATA = 'apps/floorboard/demo/data';
const MAPPING = 'apps/floorboard/demo/crm-sales-opportunities.yaml';
const PERIOD = 'from=2017-01-01&to=2017-12-31';

interface PipelineRow {
  opportunity_id: string;
  sales_agent: string;
  product: string;
  account: string;
  deal_stage: 'Won' | 'Lost' | 'Engaging' | 'Prospecting';
  engage_date: string;
  close_date: string;
  close_value: string;
}

const csv = <T>(file: string): T[] =>
  parse<T>(readFileSync(join(ROOT, DATA, file), 'utf8'), { columns: true });
const rows = csv<PipelineRow>('sales_pipeline.csv');
const newest = rows.flatMap((row) => [row.engage_date, row.close_date]).reduce((a, b) => (a > b ? a : b));
const created = (row: PipelineRow): string => row.engage_date || newest;
const in2017 = (date: string): boolean => date.startsWith('2017-');
const isWonIn2017 = (row: PipelineRow): boolean => row.deal_stage === 'Won' && in2017(row.close_date);
const sum = (values: string[]): string => `${values.reduce((total, value) => total + Number(value), 0)}.00`;
const months = Array.from({ length: 12 }, (_, index) => `2017-${String(index + 1).padStart(2, '0')}`);
const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 100;

/** Won value by agent of 2017, best first. */
const wonByAgent = [...new Set(rows.map((row) => row.sales_agent))]
  .map((agent) => ({ agent, won: rows.filter((row) => row.sales_agent === agent && isWonIn2017(row)) }))
  .filter(({ won }) => won.length > 0)
  .map(({ agent, won }) => ({ agent, value: sum(won.map((row) => row.close_value)) }))
  .sort((a, b) => Number(b.value) - Number(a.value));

/** Growth in percent; none on nothing. */
const growth = (current: number, base: number): number | null =>
  base === 0 ? null : percent(current - base, base);

const valueOf = (of: PipelineRow[]): number => of.reduce((total, row) => total + Number(row.close_value), 0);
const wonInMonth = (month: string): PipelineRow[] =>
  rows.filter((row) => row.deal_stage === 'Won' && row.close_date.startsWith(month));

/** `2016-12` for `2017-01`. */
function monthBefore(month: string): string {
  const [year = 0, nth = 0] = month.split('-').map(Number);
  return nth === 1 ? `${year - 1}-12` : `${year}-${String(nth - 1).padStart(2, '0')}`;
}

interface AccountRow {
  account: string;
  sector: string;
}

/** The one with the least or greatest key; of equals the first of the least, the last of the greatest. */
const least = <T>(items: T[], key: (item: T) => string): T =>
  items.reduce((best, item) => (key(item) < key(best) ? item : best));
const greatest = <T>(items: T[], key: (item: T) => string): T =>
  items.reduce((best, item) => (key(item) >= key(best) ? item : best));

const DAY_MS = 86_400_000;

/** What the import makes of an account: created by its first opportunity, owned by the newest one's agent. */
const customers = csv<AccountRow>('accounts.csv').map(({ account, sector }) => {
  const own = rows.filter((row) => row.account === account);
  const createdOn = least(
    own.map((row) => row.engage_date).filter((date) => date !== ''),
    (date) => date,
  );
  const deals = own.filter((row) => row.deal_stage === 'Won').map((row) => row.close_date);
  const days =
    deals.length === 0 ? null : (Date.parse(least(deals, (date) => date)) - Date.parse(createdOn)) / DAY_MS;
  return { sector, createdOn, agent: greatest(own, created).sales_agent, days };
});
/** Every day in the files. */
const SPAN = `from=${least(rows.map(created), (date) => date)}&to=${newest}`;
const mean = (days: number[]): number | null =>
  days.length === 0 ? null : Math.round((days.reduce((a, b) => a + b, 0) / days.length) * 10) / 10;
const dealDays = (of: typeof customers): number[] =>
  of.map(({ days }) => days).filter((days) => days !== null);

const answers = new Map<EngineSet, Record<string, unknown>>();
const QUESTIONS = [
  `/v1/reports/rank-contract-amount?${PERIOD}&limit=100`,
  `/v1/leaderboards/rank-contract-amount?${PERIOD}&limit=100`,
  `/v1/leaderboards/rank-contract-count?${PERIOD}&limit=100&around=nobody`,
  `/v1/leaderboards/rank-new-customers?${PERIOD}`,
  `/v1/leaderboards/rank-product-quantity?${PERIOD}`,
  `/v1/reports/sales-funnel?${PERIOD}`,
  `/v1/reports/dashboard-funnel?${PERIOD}`,
  `/v1/reports/opportunity-conversion?${PERIOD}`,
  `/v1/reports/customer-conversion?${PERIOD}`,
  `/v1/reports/customer-conversion?preset=year&today=2016-12-31`,
  '/v1/reports/goal-completion?year=2017&subjectType=employee',
  `/v1/reports/goal-completion-rate?${PERIOD}&metric=contract-amount`,
  `/v1/reports/contract-target-completion?${PERIOD}`,
  '/v1/reports/contract-amount-trend?year=2017',
  `/v1/reports/product-sales?${PERIOD}`,
  `/v1/reports/deal-cycle-employee?${SPAN}`,
  `/v1/reports/customer-industry?${SPAN}`,
];

describe.each(ENGINE_SETS)('the dataset on %s engines', (set) => {
  let floor: Floor;

  beforeAll(async () => {
    floor = await Floor.start(set);
    await importDataset();
  }, 240_000);
  afterAll(() => floor?.stop());

  async function importDataset(): Promise<string> {
    const { code, output } = await floor.command(['import', '--mapping', MAPPING, DATA]);
    expect({ code, output }).toMatchObject({ code: 0 });
    await floor.settle();
    return output;
  }

  /** Everything asked, without freshness. */
  async function answerAll(): Promise<Record<string, unknown>> {
    const all: Record<string, unknown> = {};
    for (const question of QUESTIONS) {
      const { freshness: _, ...answer } = await floor.get(question);
      all[question] = answer;
    }
    return all;
  }

  it('ranks by won value, to the cent, in the report and on the board', async () => {
    const report = await floor.get(`/v1/reports/rank-contract-amount?${PERIOD}&limit=100`);
    expect(report.rows.map((row) => [row['employeeName'], row['value']])).toEqual(
      wonByAgent.map(({ agent, value }) => [agent, value]),
    );
    const won = rows.filter(isWonIn2017);
    expect(sum(report.rows.map((row) => String(row['value'])))).toBe(sum(won.map((row) => row.close_value)));
    const board = await floor.get(`/v1/leaderboards/rank-contract-amount?${PERIOD}&limit=100`);
    expect(board.source).toBe('warehouse');
    expect(board.rows).toEqual(report.rows);
  });

  it('shows the open opportunities created in 2017 by stage', async () => {
    const report = await floor.get(`/v1/reports/sales-funnel?${PERIOD}`);
    const open = (stage: string): number =>
      rows.filter((row) => row.deal_stage === stage && in2017(created(row))).length;
    expect(report.rows.map((row) => [row['stageName'], row['count']])).toEqual([
      ['Prospecting', open('Prospecting')],
      ['Engaging', open('Engaging')],
    ]);
  });

  it('converts opportunities by the month of their creation', async () => {
    const report = await floor.get(`/v1/reports/opportunity-conversion?${PERIOD}`);
    const expected = months.map((bucket): Row => {
      const of = rows.filter((row) => created(row).startsWith(bucket));
      const won = of.filter((row) => row.deal_stage === 'Won').length;
      return { bucket, newOpportunities: of.length, wonOpportunities: won, winRate: percent(won, of.length) };
    });
    expect(report.series).toEqual(expected);
  });

  it('sums the won value by month, with its growth', async () => {
    const report = await floor.get('/v1/reports/contract-amount-trend?year=2017');
    expect(report.series).toEqual(
      months.map((bucket): Row => {
        const value = valueOf(wonInMonth(bucket));
        const before = valueOf(wonInMonth(monthBefore(bucket)));
        const yearBefore = valueOf(wonInMonth(bucket.replace('2017', '2016')));
        return {
          bucket,
          value: `${value}.00`,
          momGrowth: growth(value, before),
          yoyGrowth: growth(value, yearBefore),
        };
      }),
    );
  });

  it('sums the won rows by product', async () => {
    const report = await floor.get(`/v1/reports/product-sales?${PERIOD}`);
    const won = rows.filter(isWonIn2017);
    const products = csv<{ product: string; series: string }>('products.csv').flatMap(
      ({ product, series }) => {
        const of = won.filter((row) => row.product === product);
        return of.length === 0 ? [] : [{ product, series, count: of.length, value: valueOf(of) }];
      },
    );
    products.sort((a, b) => b.value - a.value);
    expect(
      report.rows.map((row) =>
        ['productName', 'categoryName', 'contractCount', 'quantity', 'amount'].map((key) => row[key]),
      ),
    ).toEqual(
      products.map(({ product, series, count, value }) => [
        product,
        series,
        count,
        `${count}.00`,
        `${value}.00`,
      ]),
    );
    expect(report.totals).toEqual({
      contractCount: won.length,
      quantity: `${won.length}.00`,
      amount: `${valueOf(won)}.00`,
    });
  });

  it('takes the days from an account to its first deal, by agent and month', async () => {
    const report = await floor.get(`/v1/reports/deal-cycle-employee?${SPAN}`);
    const deals = customers.filter(({ days }) => days !== null);
    const team = csv<{ sales_agent: string; manager: string }>('sales_teams.csv');
    const people = new Set(team.flatMap((row) => [row.sales_agent, row.manager]));
    expect(
      new Map(report.rows.map((row) => [row['employeeName'], [row['avgDays'], row['dealCustomers']]])),
    ).toEqual(
      new Map(
        [...people].map((name) => {
          const own = deals.filter(({ agent }) => agent === name);
          return [name, [mean(dealDays(own)), own.length]];
        }),
      ),
    );
    expect(report.series).toEqual(
      report.series.map(({ bucket }): Row => {
        const of = deals.filter(({ createdOn }) => createdOn.startsWith(String(bucket)));
        return { bucket: bucket ?? null, avgDays: mean(dealDays(of)), dealCustomers: of.length };
      }),
    );
    expect(report.totals).toEqual({ avgDays: mean(dealDays(deals)), dealCustomers: deals.length });
  });

  it('counts accounts by sector', async () => {
    const report = await floor.get(`/v1/reports/customer-industry?${SPAN}`);
    const sectors = [...new Set(customers.map(({ sector }) => sector))].map((value) => {
      const of = customers.filter(({ sector }) => sector === value);
      return { value, customers: of.length, dealCustomers: of.filter(({ days }) => days !== null).length };
    });
    sectors.sort((a, b) => b.customers - a.customers || (a.value < b.value ? -1 : 1));
    expect(report.rows).toEqual(sectors);
  });

  it('compares goals of 2017 with what was won by each agent', async () => {
    const target = Array<string>(12).fill('50000.00');
    const board = await floor.get(`/v1/reports/rank-contract-amount?${PERIOD}&limit=100`);
    const agents = board.rows.slice(0, 3);
    for (const { employeeId } of agents) {
      const goal = {
        subjectType: 'employee',
        subjectId: employeeId,
        year: 2017,
        metric: 'contract-amount',
        months: target,
      };
      const answer = await floor.request('PUT', `/v1/goals/goal-${employeeId}`, goal);
      expect(answer.status).toBe(200);
    }
    await floor.settle();
    const report = await floor.get<Report & { rows: Goals[] }>(
      '/v1/reports/goal-completion?year=2017&subjectType=employee',
    );
    expect(report.rows.map((row) => row.subjectName).sort()).toEqual(
      agents.map((row) => row['employeeName']).sort(),
    );
    for (const row of report.rows) {
      const won = rows.filter((r) => r.deal_stage === 'Won' && r.sales_agent === row.subjectName);
      const done = (prefix: string): string =>
        sum(won.filter((r) => r.close_date.startsWith(prefix)).map((r) => r.close_value));
      expect(row.months).toEqual(
        months.map((bucket) => ({
          bucket,
          target: '50000.00',
          done: done(bucket),
          rate: percent(Number(done(bucket)), 50_000),
        })),
      );
      expect(row.year).toEqual({
        target: '600000.00',
        done: done('2017'),
        rate: percent(Number(done('2017')), 600_000),
      });
    }
  });

  it('answers the same when the dataset is published again, and once more in random order', async () => {
    const before = await answerAll();
    await importDataset();
    expect(await answerAll()).toEqual(before);
    await floor.publish(new Random(2017).shuffled(await datasetEvents()));
    await floor.settle();
    expect(await answerAll()).toEqual(before);
    answers.set(set, before);
  }, 120_000);
});

/** The events that the import publishes. */
async function datasetEvents(): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  const publish = async (batch: readonly CloudEvent[]): Promise<{ rejected: [] }> => {
    events.push(...batch);
    return { rejected: [] };
  };
  const importer = new Importer(loadMapping(join(ROOT, MAPPING)), join(ROOT, DATA));
  await runImport(importer, { publish }, { zone: zoneNamed('Asia/Shanghai') });
  return events;
}

interface Goals {
  subjectName: string;
  months: Row[];
  year: Row;
}

it('gives identical answers on both sets of engines', () => {
  const [embedded, servers] = ENGINE_SETS.map((set) => JSON.stringify(answers.get(set)));
  expect(embedded).toBeDefined();
  expect(servers).toBe(embedded);
});
