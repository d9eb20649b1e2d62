/** The dataset as records, compared with a plain reading of its CSV files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zoneNamed } from '#calendar';
import type { CloudEvent, Contract, Customer, Employee, Opportunity } from '#crm';
import { Importer, loadMapping, runImport, type ImportSummary } from '#import';

type Plain = Record<string, string>;

/** None of these files quotes anything. */
function plain(file: string): Plain[] {
  const [header = '', ...lines] = readFileSync(join(__dirname, 'data', file), 'utf8')
    .trim()
    .split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value])));
}

const rows = plain('sales_pipeline.csv');
const won = rows.filter((row) => row['deal_stage'] === 'Won');
const teams = plain('sales_teams.csv');
const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

let summary: ImportSummary;
const records = new Map<string, CloudEvent>();
const all = <T>(entity: string): T[] =>
  [...records].filter(([key]) => key.startsWith(`${entity}/`)).map(([, event]) => event.data as T);
const one = <T>(entity: string, id: string): T => records.get(`${entity}/${id}`)!.data as T;

beforeAll(async () => {
  const importer = new Importer(
    loadMapping(join(__dirname, 'crm-sales-opportunities.yaml')),
    join(__dirname, 'data'),
  );
  const publish = async (events: readonly CloudEvent[]): Promise<{ rejected: [] }> => {
    for (const event of events) records.set(`${event.type.split('.')[1]}/${event.subject}`, event);
    return { rejected: [] };
  };
  summary = await runImport(importer, { publish }, { zone: zoneNamed('Asia/Shanghai') });
});

it('gives every row as a record', () => {
  expect(summary.refused).toEqual([]);
  expect(summary.entities.map(({ entity, published }) => [entity, published])).toEqual([
    ['department', 4],
    ['employee', 41],
    ['product-category', 3],
    ['product', 7],
    ['pipeline', 1],
    ['customer', 85],
    ['opportunity', 8800],
    ['contract', 4238],
  ]);
});

it('puts agents below their managers and offices', () => {
  for (const team of teams) {
    const agent = one<Employee>('employee', slug(team['sales_agent']!));
    expect(agent).toMatchObject({
      name: team['sales_agent'],
      managerId: slug(team['manager']!),
      departmentId: `office-${slug(team['regional_office']!)}`,
    });
    expect(one<Employee>('employee', agent.managerId!)).toMatchObject({
      managerId: null,
      departmentId: agent.departmentId,
    });
    expect(one('department', agent.departmentId!)).toMatchObject({ parentId: 'company' });
  }
});

it('signs contracts for exactly the won value, per agent and per day', () => {
  const contracts = all<Contract>('contract');
  const sums = (entries: [string, number][]): Map<string, number> =>
    entries.reduce(
      (map, [key, value]) => map.set(key, (map.get(key) ?? 0) + value),
      new Map<string, number>(),
    );
  const total = won.reduce((sum, row) => sum + Number(row['close_value']), 0);
  const in2017 = contracts.filter(({ orderDate }) => orderDate?.startsWith('2017'));
  expect(in2017.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(total);
  expect(total).toBe(10_005_534);
  expect(sums(contracts.map((c) => [`${c.ownerId} ${c.orderDate}`, Number(c.amount)]))).toEqual(
    sums(won.map((row) => [`${slug(row['sales_agent']!)} ${row['close_date']}`, Number(row['close_value'])])),
  );
  const wrong = contracts.filter(({ status, number, opportunityId, amount, lines, customerId }) => {
    const [line, ...more] = lines;
    const asRow = status === 'approved' && number === opportunityId && records.has(`customer/${customerId}`);
    const oneLine = more.length === 0 && line?.quantity === '1' && line.subtotal === amount;
    return !asRow || !oneLine || !records.has(`product/${line.productId}`);
  });
  expect(wrong).toEqual([]);
});

it('keeps stage, end and dates of every opportunity', () => {
  const expected = rows.map((row) => {
    const stage = row['deal_stage']!;
    const open = stage === 'Prospecting' || stage === 'Engaging';
    return [
      row['opportunity_id'],
      row['account'] ? slug(row['account']) : null,
      slug(row['sales_agent']!),
      `${row['engage_date'] || '2017-12-31'}T02:00:00.000Z`,
      stage === 'Prospecting' ? 'prospecting' : 'engaging',
      open ? 'open' : stage.toLowerCase(),
      row['close_date'] ? `${row['close_date']}T02:00:00.000Z` : null,
      row['close_value'] || '0.00',
    ];
  });
  const found = all<Opportunity>('opportunity').map((o) => [
    o.id,
    o.customerId,
    o.ownerId,
    o.createdAt,
    o.stageId,
    o.endState,
    o.closedAt,
    o.amount,
  ]);
  expect(found).toEqual(expected);
  expect(all<Opportunity>('opportunity').filter(({ customerId }) => customerId === null)).toHaveLength(1425);
});

it('knows accounts by their first engagement, first deal and newest opportunity', () => {
  for (const account of plain('accounts.csv')) {
    const its = rows.filter((row) => row['account'] === account['account']);
    const first = (dates: (string | undefined)[]): string => dates.filter((date) => date).sort()[0]!;
    const created = (row: Plain): string => row['engage_date'] || '2017-12-31';
    const newest = its.reduce((best, row) => (created(row) >= created(best) ? row : best));
    const dealt = first(its.filter((row) => row['deal_stage'] === 'Won').map((row) => row['close_date']));
    expect(one<Customer>('customer', slug(account['account']!))).toMatchObject({
      name: account['account'],
      industry: account['sector'],
      createdAt: `${first(its.map((row) => row['engage_date']))}T02:00:00.000Z`,
      ownerId: slug(newest['sales_agent']!),
      dealStatus: 'deal',
      dealAt: `${dealt}T02:00:00.000Z`,
    });
  }
});

it('has versions that nothing done today can fall behind', () => {
  const events = [...records.values()];
  expect(events.filter(({ sequence }) => sequence !== undefined)).toEqual([]);
  expect(events.filter(({ time }) => time > '2017-12-31T02:00:00.000Z')).toEqual([]);
});
