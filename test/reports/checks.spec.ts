/** The worked checks of the metric catalogue, bad questions, and that no answer crosses a tenant. */
import type { Caller } from '#access';
import { dayOf, zoneNamed } from '#calendar';
import type { EntityName, RecordOf } from '#crm';
import { BOARDS } from '#metrics';
import {
  BadParameters,
  Forbidden,
  leaderboardRows,
  NotFound,
  REPORTS,
  runRecords,
  runReport,
  UnknownReport,
  type RawQuery,
  type ReportContext,
} from '#reports';
import { FactsWriter } from '#warehouse';
import { contract, eventOf, factOf } from '../support/facts';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';

let held: TestWarehouse;
let sequence = 0;

type Stored = { [E in EntityName]: readonly [E, RecordOf<E>] }[EntityName];

async function store(tenant: string, records: readonly Stored[]): Promise<void> {
  const facts = records.map(([entity, data]) =>
    factOf(
      eventOf(entity, data as Record<string, unknown> & { id: string }, ++sequence, { tenantid: tenant }),
    ),
  );
  expect(await new FactsWriter(held.warehouse).write(facts)).toEqual([]);
}

function context(tenant: string, caller: Partial<Caller> = {}): ReportContext {
  return {
    warehouse: held.warehouse,
    tenant: { id: tenant, zone: zoneNamed('Asia/Shanghai') },
    caller: { tenant, roles: ['read'], permission: 'all', employeeId: null, ...caller },
    now: Date.parse('2026-05-20T02:00:00Z'),
  };
}

const line = (quantity: string, subtotal: string) => ({ productId: 'p1', quantity, subtotal });
const employee = (id: string, departmentId: string) =>
  ['employee', { id, name: `Name of ${id}`, departmentId, managerId: null, status: 'active' }] as const;

beforeAll(async () => {
  held = await testWarehouse('chdb');
  await store('acme', [
    ['department', { id: 'd1', name: 'Sales' }],
    employee('ann', 'd1'),
    employee('bob', 'd1'),
    ['product', { id: 'p1', name: 'Pump', status: 'on-shelf' }],
    ['contract', contract('a', { lines: [line('2.5', '25.00'), line('1', '10.00')] })],
    ['contract', contract('b', { status: 'no-approval', lines: [line('1', '10.00')], ownerId: 'bob' })],
    ['contract', contract('c', { status: 'void', lines: [line('5', '50.00')] })],
    [
      'invoice',
      {
        id: 'i',
        contractId: 'a',
        ownerId: 'ann',
        amount: '100',
        status: 'approved',
        issued: true,
        issueDate: '2026-05-31',
      },
    ],
    [
      'receivable',
      {
        id: 'r1',
        contractId: 'a',
        ownerId: 'ann',
        returnDate: '2026-05-01',
        amount: '30',
        status: 'approved',
      },
    ],
    [
      'receivable',
      {
        id: 'r2',
        contractId: 'a',
        ownerId: 'bob',
        returnDate: '2026-05-20',
        amount: '20',
        status: 'approved',
      },
    ],
  ]);
  // The same ids with other content in another tenant.
  await store('rival', [
    ['contract', contract('a', { amount: '777.00', lines: [line('7', '777.00')] })],
    ['contract', contract('b', { amount: '777.00', lines: [line('7', '777.00')], ownerId: 'bob' })],
    [
      'customer',
      {
        id: 'x',
        name: 'Rival',
        ownerId: 'ann',
        creatorId: 'ann',
        createdAt: '2026-05-20T10:00:00Z',
        dealStatus: 'deal',
      },
    ],
  ]);
});
afterAll(() => held.drop());

test('product sales: two contracts, 4.50 pieces, 45.00', async () => {
  const { rows, totals } = await runReport('product-sales', { preset: 'month' }, context('acme'));
  const sums = { contractCount: 2, quantity: '4.50', amount: '45.00' };
  expect(rows).toEqual([
    { productId: 'p1', productName: 'Pump', categoryId: null, categoryName: '未分类', ...sums },
  ]);
  expect(totals).toEqual(sums);
});

test('invoices and payments of one contract in one month', async () => {
  const { series } = await runReport('invoice-statistics', {}, context('acme'));
  expect(series?.[4]).toEqual({
    bucket: '2026-05',
    receivedAmount: '50.00',
    invoicedAmount: '100.00',
    invoicedNotReceived: '50.00',
    receivedNotInvoiced: '0.00',
  });
});

test('a voided contract comes back, and is gone again', async () => {
  const amount = async (): Promise<unknown> =>
    ((await runReport('sales-briefing', {}, context('acme'))).headline as Record<string, { value: string }>)[
      'contractAmount'
    ]?.value;
  expect(await amount()).toBe('200.00');
  await store('acme', [['contract', contract('c', { amount: '0.05' })]]);
  expect(await amount()).toBe('200.05');
  await store('acme', [['contract', contract('c', { status: 'void' })]]);
  expect(await amount()).toBe('200.00');
});

test('a stage that is listed twice is one, by one name in the funnel and in its records', async () => {
  const stage = (id: string, name: string, order: number) => ({ id, name, order });
  await store('twice', [
    employee('ann', 'd1'),
    [
      'pipeline',
      {
        id: 'p',
        name: 'P',
        enabled: true,
        stages: [
          stage('s', 'third', 3),
          stage('s', 'first', 1),
          stage('s', 'again', 1),
          stage('t', 'two', 2),
        ],
      },
    ],
    [
      'opportunity',
      {
        id: 'o',
        name: 'O',
        ownerId: 'ann',
        creatorId: 'ann',
        createdAt: '2026-05-20T01:00:00Z',
        pipelineId: 'p',
        stageId: 's',
        endState: 'open',
        amount: '1.00',
      },
    ],
  ]);
  const { rows, totals } = await runReport('sales-funnel', {}, context('twice'));
  expect(rows).toEqual([
    { stageId: 's', stageName: 'first', count: 1, amount: '1.00' },
    { stageId: 't', stageName: 'two', count: 0, amount: '0.00' },
  ]);
  expect(totals).toMatchObject({ count: 1, amount: '1.00' });
  const list = await runRecords('sales-funnel', { column: 'count', row: 's' }, context('twice'));
  expect(list.rows.map(({ id, stageName }) => [id, stageName])).toEqual([['o', 'first']]);
});

test('a customer followed by two people counts twice in the totals, and their list says so', async () => {
  const follow = (id: string, authorId: string, customerId: string) =>
    [
      'activity',
      {
        id,
        kind: 'follow-up',
        targetType: 'customer',
        targetId: customerId,
        customerId,
        authorId,
        createdAt: '2026-05-20T01:00:00Z',
      },
    ] as const;
  await store('follow', [
    employee('ann', 'd1'),
    employee('bob', 'd1'),
    follow('1', 'ann', 'both'),
    follow('2', 'bob', 'both'),
    follow('3', 'bob', 'both'),
    follow('4', 'bob', 'one'),
  ]);
  const { totals } = await runReport('customer-follow-up', {}, context('follow'));
  expect(totals).toEqual({ followUps: 4, followedCustomers: 3 });
  const listed = async (cell: RawQuery): Promise<unknown[]> => {
    const list = await runRecords(
      'customer-follow-up',
      { column: 'followedCustomers', ...cell },
      context('follow'),
    );
    return [list.totals, list.rows.map(({ id, followers }) => [id, followers])];
  };
  expect(await listed({})).toEqual([
    { count: 2, followers: 3 },
    expect.arrayContaining([
      ['both', 2],
      ['one', 1],
    ]),
  ]);
  expect(await listed({ row: 'bob' })).toEqual([{ count: 2 }, expect.arrayContaining([['both', undefined]])]);
  expect(await listed({ bucket: '2026-05' })).toEqual([{ count: 2 }, expect.anything()]);
});

test.each(BOARDS.map((board) => [board.id, board] as const))(
  '%s by days is the report',
  async (id, board) => {
    const period = { from: dayOf('2026-05-01'), to: dayOf('2026-05-31') };
    const rows = await leaderboardRows(context('acme'), board, period);
    expect(rows).toEqual((await runReport(id, { preset: 'month' }, context('acme'))).rows);
  },
);

test('a board without what is dated on a day', async () => {
  const [board] = BOARDS;
  const period = { from: dayOf('2026-05-01'), to: dayOf('2026-05-31') };
  expect(await leaderboardRows(context('acme'), board, { ...period, without: dayOf('2026-05-20') })).toEqual(
    [],
  );
});

test.each(REPORTS.map(({ id }) => id))('%s shows nothing of another tenant', async (id) => {
  const foreign = JSON.stringify([
    await runReport(id, {}, context('acme')),
    await runReport(id, {}, context('nobody-yet')),
    await runRecords(id, { ...(id === 'satisfaction-product' ? { row: 'p1' } : {}) }, context('acme')),
  ]);
  expect(foreign).not.toMatch(/777|Rival/);
});

describe('bad questions', () => {
  const wrong = async (
    id: string,
    query: RawQuery,
    of = runReport as (...args: Parameters<typeof runReport>) => Promise<unknown>,
  ) => {
    try {
      await of(id, query, context('acme'));
      return [];
    } catch (error) {
      if (error instanceof BadParameters) return error.errors.map(({ parameter }) => parameter);
      if (error instanceof NotFound) return [`404 ${error.parameter}`];
      throw error;
    }
  };

  test.each<[string, RawQuery, string[]]>([
    ['customer-total', { preset: 'month', from: '2026-01-01' }, ['preset', 'from']],
    ['customer-total', { preset: 'month', from: '2026-01-01', to: '2026-02-01' }, ['preset', 'from', 'to']],
    ['customer-total', { from: '2026-01-01' }, ['to']],
    ['customer-total', { to: '2026-01-01' }, ['from']],
    ['customer-total', { from: '2026-02-01', to: '2026-01-31' }, ['from']],
    ['customer-total', { from: '2016-01-01', to: '2026-05-20' }, ['to']],
    ['customer-total', { from: '2016-05-21', to: '2026-05-20' }, []],
    ['customer-total', { departmentId: 'd1', employeeId: 'ann' }, ['departmentId', 'employeeId']],
    ['customer-total', { departmentId: 'd1', scope: 'self' }, ['departmentId', 'scope']],
    ['customer-total', { departmentId: 'gone' }, ['404 departmentId']],
    ['customer-total', { employeeId: 'gone' }, ['404 employeeId']],
    ['sales-funnel', { pipelineId: 'gone' }, ['404 pipelineId']],
    ['product-sales', { categoryId: 'gone' }, ['404 categoryId']],
    ['product-category-sales', { categoryId: 'gone' }, ['404 categoryId']],
    ['contract-summary', { year: '2027' }, ['year']],
    ['contract-summary', { year: '2026' }, []],
    ['contract-summary', { year: '2026', today: '2025-12-31' }, ['year']],
    ['goal-completion', { subjectType: 'department', employeeId: 'ann' }, ['subjectType']],
    ['goal-completion-rate', { metric: 'profit' }, ['metric']],
    ['dashboard-leaderboard', { metric: 'contract-amount' }, ['metric']],
    ['rank-contract-amount', { departmentId: 'gone' }, ['404 departmentId']],
    ['rank-contract-amount', { scope: 'self' }, ['scope']],
    ['forgotten-customers', { preset: 'month' }, ['preset']],
  ])('%s %j', async (id, query, parameters) => {
    expect(await wrong(id, query)).toEqual(parameters);
  });

  test.each<[string, RawQuery, string[]]>([
    ['customer-total', { column: 'employeeName' }, ['column']],
    ['customer-total', { column: 'constructor' }, ['column']],
    ['customer-total', { column: 'newCustomers', bucket: '2025-12' }, ['bucket']],
    ['customer-total', { column: 'newCustomers', bucket: '2026-05-20' }, ['bucket']],
    ['data-summary', { column: 'newCustomers', bucket: '2026-05' }, ['bucket']],
    ['data-summary', { column: 'newCustomers', row: 'ann' }, ['row']],
    ['sales-briefing', { column: 'newCustomers', row: 'lead' }, ['row']],
    ['sales-briefing', { column: 'followUps', row: 'lead' }, []],
    ['data-summary', { column: 'signedContracts', search: 'x' }, ['search']],
    ['data-summary', { column: 'newCustomers', search: 'x' }, []],
    ['satisfaction-employee', { column: '没有这样的选项' }, ['column']],
  ])('records of %s %j', async (id, query, parameters) => {
    expect(await wrong(id, query, runRecords)).toEqual(parameters);
  });

  test.each(REPORTS.map((report) => [report.id, report] as const))(
    'any cell of %s is a list, empty or refused',
    async (id, { columns: { headline = [], series = [], rows = [] } }) => {
      for (const { key: column } of [...headline, ...series, ...rows]) {
        for (const cell of [
          {},
          { row: "o'\\" },
          { bucket: '2026-05' },
          { bucket: '2026-05-20', row: '未知' },
        ]) {
          expect(['column', 'row', 'bucket', 'none']).toContain(
            (await wrong(id, { column, ...cell }, runRecords))[0] ?? 'none',
          );
        }
      }
    },
  );

  test('a report that does not exist', async () => {
    await expect(runReport('profit', {}, context('acme'))).rejects.toThrow(UnknownReport);
    await expect(runRecords('__proto__', {}, context('acme'))).rejects.toThrow(UnknownReport);
  });

  test('unknown ids are told only to those who may see everything', async () => {
    const limited = context('acme', { permission: 'department-tree', employeeId: 'ann' });
    expect((await runReport('customer-total', { departmentId: 'gone' }, limited)).rows).toEqual([]);
    expect((await runReport('rank-contract-amount', { departmentId: 'gone' }, limited)).rows).toEqual([]);
    expect((await runReport('product-sales', { categoryId: 'gone' }, limited)).rows).toEqual([]);
    expect((await runReport('sales-funnel', { pipelineId: 'gone' }, limited)).rows).toEqual([]);
  });

  test('a board shows everybody, the records behind it only whom the caller may see', async () => {
    const self = context('acme', { permission: 'self', employeeId: 'ann' });
    expect((await runReport('rank-contract-amount', { preset: 'month' }, self)).rows).toHaveLength(2);
    const own = await runRecords('rank-contract-amount', { preset: 'month', row: 'ann' }, self);
    expect(own.rows.map(({ id }) => id)).toEqual(['a']);
    const all = await runRecords('rank-contract-amount', { preset: 'month' }, self);
    expect(all.rows.map(({ id }) => id)).toEqual(['a']);
    await expect(runRecords('rank-contract-amount', { preset: 'month', row: 'bob' }, self)).rejects.toThrow(
      Forbidden,
    );
    const hidden = { ...self, boardVisibility: 'permission' as const };
    expect((await runReport('rank-contract-amount', { preset: 'month' }, hidden)).rows).toHaveLength(1);
  });
});

test('a record in a list has the fields of its event and the names of what it refers to', async () => {
  const { rows, totals, page } = await runRecords(
    'contract-summary',
    { column: 'contractAmount', bucket: '2026-05', limit: '1' },
    context('acme'),
  );
  expect(rows).toEqual([
    {
      entity: 'contract',
      id: 'b',
      number: 'N-b',
      name: 'Contract',
      customerId: null,
      customerName: null,
      opportunityId: null,
      opportunityName: null,
      ownerId: 'bob',
      ownerName: 'Name of bob',
      departmentName: 'Sales',
      orderDate: '2026-05-20',
      endDate: null,
      amount: '100.00',
      status: 'no-approval',
      lines: [{ productId: 'p1', quantity: '1.00', subtotal: '10.00' }],
    },
  ]);
  expect(totals).toEqual({ count: 2, amount: '200.00' });
  expect(page).toEqual({ offset: 0, limit: 1, total: 2 });
});
