/** The worked examples of the metric catalogue, and the cases where a reading is easily lost. */
import type { Contract, EntityName, RecordOf } from '#crm';
import { epochOf } from './dates';
import { Forbidden, NotFound } from './errors';
import { naiveLeaderboard, naiveLiveLeaderboard, naiveRecords, naiveReport, World } from './index';
import type { ModelContext } from './question';
import type { PlainRecord } from './world';

const NOON = '2026-05-20T12:00:00+08:00';
const CTX: ModelContext = {
  timeZone: 'Asia/Shanghai',
  now: epochOf(NOON),
  caller: { permission: 'all', employeeId: null },
};

const record = <E extends EntityName>(entity: E, data: RecordOf<E>): PlainRecord =>
  ({ entity, data }) as PlainRecord;

const employee = (id: string, more: Partial<RecordOf<'employee'>> = {}): PlainRecord =>
  record('employee', { id, name: `员工${id}`, departmentId: 'd1', status: 'active', ...more });

const contract = (id: string, more: Partial<Contract> = {}): PlainRecord =>
  record('contract', {
    id,
    number: id,
    name: id,
    ownerId: 'u1',
    orderDate: '2026-05-10',
    amount: '100.00',
    status: 'approved',
    lines: [],
    ...more,
  });

const customer = (id: string, more: Partial<RecordOf<'customer'>> = {}): PlainRecord =>
  record('customer', {
    id,
    name: id,
    ownerId: 'u1',
    creatorId: 'u1',
    createdAt: NOON,
    dealStatus: 'not-deal',
    ...more,
  });

const receivable = (id: string, amount: string, more: Partial<RecordOf<'receivable'>> = {}): PlainRecord =>
  record('receivable', {
    id,
    contractId: 'c1',
    ownerId: 'u1',
    returnDate: '2026-05-11',
    amount,
    status: 'approved',
    ...more,
  });

const goal = (
  id: string,
  subjectType: 'department' | 'employee',
  subjectId: string,
  month: string,
): PlainRecord =>
  record('goal', {
    id,
    subjectType,
    subjectId,
    year: 2026,
    metric: 'contract-amount',
    months: Array.from({ length: 12 }, () => month),
  });

const D1 = record('department', { id: 'd1', name: '一部' });

describe('worked checks', () => {
  it('invoice-statistics: 100 invoiced, 30 + 20 received in one month', () => {
    const world = World.of([
      contract('c1'),
      record('invoice', {
        id: 'i1',
        contractId: 'c1',
        ownerId: 'u1',
        amount: '100',
        status: 'approved',
        issued: true,
        issueDate: '2026-05-09',
      }),
      receivable('r1', '30'),
      receivable('r2', '20'),
    ]);
    const { series, headline } = naiveReport(world, 'invoice-statistics', {}, CTX);
    expect(series?.[4]).toEqual({
      bucket: '2026-05',
      invoicedAmount: '100.00',
      receivedAmount: '50.00',
      invoicedNotReceived: '50.00',
      receivedNotInvoiced: '0.00',
    });
    expect(headline).toEqual({ invoicedAmount: '100.00', receivedAmount: '50.00' });
  });

  it('product-sales: 2 contracts, 4.50 pieces, 45.00', () => {
    const line = (quantity: string, subtotal: string) => ({ productId: 'p1', quantity, subtotal });
    const world = World.of([
      record('product', { id: 'p1', name: '产品', status: 'on-shelf' }),
      contract('A', { lines: [line('2.5', '25.00'), line('1', '10.00')] }),
      contract('B', { status: 'no-approval', lines: [line('1', '10.00')] }),
      contract('C', { status: 'void', lines: [line('5', '50.00')] }),
    ]);
    const answer = naiveReport(world, 'product-sales', {}, CTX);
    const sums = { contractCount: 2, quantity: '4.50', amount: '45.00' };
    expect(answer.rows).toEqual([
      { productId: 'p1', productName: '产品', categoryId: null, categoryName: '未分类', ...sums },
    ]);
    expect(answer.totals).toEqual(sums);
    expect(naiveRecords(world, 'product-sales', { column: 'contractCount', row: 'p1' }, CTX)).toEqual({
      entity: 'contract',
      ids: ['A', 'B'],
    });
  });

  it('ranks 1, 2, 2, 4 in order of id within a tie, with names of the unknown null', () => {
    const world = World.of([
      D1,
      ...['u1', 'u10', 'u2'].map((id) => employee(id)),
      contract('c1', { ownerId: 'u2', amount: '50' }),
      contract('c2', { ownerId: 'u10', amount: '50.00' }),
      contract('c3', { ownerId: 'nobody', amount: '70' }),
      contract('c4', { ownerId: 'u1', amount: '0' }),
      contract('c5', { ownerId: null, amount: '900' }),
    ]);
    const { rows } = naiveReport(world, 'rank-contract-amount', { preset: 'month' }, CTX);
    expect(rows?.map((row) => [row['rank'], row['employeeId'], row['value']])).toEqual([
      [1, 'nobody', '70.00'],
      [2, 'u10', '50.00'],
      [2, 'u2', '50.00'],
      [4, 'u1', '0.00'],
    ]);
    expect(rows?.[0]).toMatchObject({ employeeName: null, departmentId: null, departmentName: null });
    const { around } = naiveLeaderboard(world, 'rank-contract-amount', { around: 'u10', limit: 1 }, CTX);
    expect(around?.map((row) => row['employeeId'])).toEqual(['nobody', 'u10', 'u2', 'u1']);
    const inDepartment = naiveReport(world, 'rank-contract-amount', { departmentId: 'd1' }, CTX).rows;
    expect(inDepartment?.map((row) => row['rank'])).toEqual([1, 1, 3]);
  });

  it('a growth of −3.125 % is −3.13', () => {
    const world = World.of([
      contract('c1', { orderDate: '2026-04-10', amount: '32' }),
      contract('c2', { orderDate: '2026-05-10', amount: '31' }),
    ]);
    const { series } = naiveReport(world, 'contract-amount-trend', {}, CTX);
    expect(series?.[4]).toEqual({ bucket: '2026-05', value: '31.00', momGrowth: -3.13, yoyGrowth: null });
    expect(series?.[5]).toMatchObject({ value: '0.00', momGrowth: null });
    const inJune = naiveReport(world, 'contract-amount-trend', { today: '2026-06-01' }, CTX).series;
    expect(inJune?.[5]).toMatchObject({ value: '0.00', momGrowth: -100 });
  });
});

describe('boards', () => {
  const world = World.of([
    employee('u1'),
    employee('u2'),
    contract('c1', { ownerId: 'u1', amount: '10' }),
    contract('c2', { ownerId: 'u2', amount: '90', orderDate: '2026-05-20' }),
    contract('c3', { ownerId: 'u2', amount: '5' }),
  ]);

  it('shows the rank without what is dated today', () => {
    const ranks = (preset: 'month' | 'today') =>
      naiveLiveLeaderboard(world, 'rank-contract-amount', { preset }, CTX).rows.map((row) => [
        row['employeeId'],
        row['rank'],
        row['previousRank'],
      ]);
    expect(ranks('month')).toEqual([
      ['u2', 1, 2],
      ['u1', 2, 1],
    ]);
    expect(ranks('today')).toEqual([['u2', 1, null]]);
  });

  it('is for everybody, but the records behind it are not', () => {
    const ctx: ModelContext = { ...CTX, caller: { permission: 'self', employeeId: 'u1' } };
    expect(naiveReport(world, 'rank-contract-amount', {}, ctx).rows).toHaveLength(2);
    const cell = (row: string) => naiveRecords(world, 'rank-contract-amount', { column: 'value', row }, ctx);
    expect(cell('u1')).toEqual({ entity: 'contract', ids: ['c1'] });
    expect(() => cell('u2')).toThrow(Forbidden);
    const restricted: ModelContext = { ...ctx, boardVisibility: 'permission' };
    expect(naiveReport(world, 'rank-contract-amount', {}, restricted).rows).toHaveLength(1);
  });
});

describe('scope', () => {
  const world = World.of([
    D1,
    record('department', { id: 'd2', name: '二部', parentId: 'd1' }),
    employee('u1', { managerId: 'u3' }),
    employee('u2', { managerId: 'u1', departmentId: 'd2' }),
    employee('u3', { managerId: 'u2', departmentId: null, status: 'disabled' }),
    customer('k1'),
    customer('k2', { ownerId: 'u2' }),
    customer('k3', { ownerId: 'nobody' }),
    customer('k4', { ownerId: null }),
  ]);
  const total = (permission: ModelContext['caller']['permission'], employeeId: string | null, params = {}) =>
    naiveReport(world, 'customer-total', params, { ...CTX, caller: { permission, employeeId } }).totals?.[
      'newCustomers'
    ];

  it('widens with the permission and leaves out what nobody owns', () => {
    expect(total('all', null)).toBe(3);
    expect(total('self', 'u1')).toBe(1);
    expect(total('self-and-subordinates', 'u1')).toBe(2);
    expect(total('department', 'u1')).toBe(1);
    expect(total('department-tree', 'u1')).toBe(2);
    expect(total('department-tree', 'u1', { departmentId: 'd2' })).toBe(1);
  });

  it('fails closed', () => {
    expect(total('self', 'u3')).toBe(0);
    expect(total('department', 'nobody')).toBe(0);
    expect(total('self', null)).toBe(0);
  });

  it('misses an unknown id only for those who may see all', () => {
    expect(() => total('all', null, { employeeId: 'nobody' })).toThrow(NotFound);
    expect(total('department', 'u1', { departmentId: 'd9' })).toBe(0);
  });

  it('lists active people with zeros, others only with something to show', () => {
    const { rows } = naiveReport(world, 'customer-total', {}, CTX);
    expect(rows?.map((row) => row['employeeId'])).toEqual(['nobody', 'u1', 'u2']);
    const lastYear = naiveReport(world, 'customer-total', { preset: 'last-year' }, CTX).rows;
    expect(lastYear?.map((row) => row['employeeId'])).toEqual(['u1', 'u2']);
  });
});

describe('targets', () => {
  const world = World.of([
    D1,
    employee('u1'),
    goal('g1', 'department', 'd1', '100'),
    goal('g2', 'department', 'd1', '50'),
    goal('g3', 'employee', 'u1', '40'),
    contract('c1', { amount: '75' }),
  ]);
  const rate = (params: object) => naiveReport(world, 'goal-completion-rate', params, CTX).headline;
  const metric = 'contract-amount';

  it('add up over goals and months, and exist for whole months only', () => {
    expect(rate({ metric })).toEqual({ target: '150.00', done: '75.00', rate: 50 });
    expect(rate({ metric, preset: 'quarter', employeeId: 'u1' })).toMatchObject({
      target: '120.00',
      rate: 62.5,
    });
    expect(rate({ metric, preset: 'week' })).toEqual({ target: null, done: '0.00', rate: null });
    expect(rate({})).toEqual({ target: '0.00', done: '0.00', rate: null });
  });

  it('stand in twelve months ending now unless the period is longer', () => {
    const axis = (params: object) => naiveReport(world, 'contract-target-completion', params, CTX).period;
    expect(axis({})).toMatchObject({
      preset: 'month',
      from: '2025-06-01',
      to: '2026-05-31',
      bucket: 'month',
    });
    expect(axis({ preset: 'last-year' })).toMatchObject({ from: '2025-01-01', to: '2025-12-31' });
    expect(axis({ from: '2025-01-31', to: '2026-01-01' })).toMatchObject({
      from: '2025-01-01',
      to: '2026-01-31',
    });
  });

  it('make the rows of goal-completion', () => {
    const { rows, series } = naiveReport(world, 'goal-completion', {}, CTX);
    expect(rows).toHaveLength(1);
    expect(rows?.[0]).toMatchObject({
      subjectType: 'department',
      subjectId: 'd1',
      subjectName: '一部',
      year: { target: '1800.00', done: '75.00', rate: 4.17 },
    });
    expect((rows?.[0]?.['quarters'] as unknown[])[1]).toEqual({
      quarter: '2026-Q2',
      target: '450.00',
      done: '75.00',
      rate: 16.67,
    });
    expect(series?.[4]).toEqual({ bucket: '2026-05', target: '150.00', done: '75.00', rate: 50 });
  });
});

describe('customers', () => {
  it('are forgotten strictly after the limit', () => {
    const world = World.of([
      customer('k1', { createdAt: '2026-05-12T23:59:59+08:00' }),
      customer('k2', { createdAt: '2026-05-13T00:00:00+08:00' }),
      customer('k3', {
        createdAt: '2026-01-01T00:00:00+08:00',
        dealStatus: 'deal',
        nextContactAt: '2026-05-19T23:00:00+08:00',
      }),
    ]);
    expect(naiveReport(world, 'forgotten-customers', {}, CTX)).toEqual({
      report: 'forgotten-customers',
      headline: { over7: 1, over15: 0, over30: 0, over90: 0, over180: 0, overdueContact: 1 },
    });
  });

  it('take at least 0 days to a deal, and count without a date but not in the mean', () => {
    const deal = { dealStatus: 'deal' } as const;
    const world = World.of([
      employee('u1'),
      customer('k1', { ...deal, dealAt: '2026-05-01T00:00:00Z', province: '内蒙古自治区' }),
      customer('k2', { ...deal, dealAt: '2026-05-23T00:00:00+08:00', province: '内蒙古' }),
      customer('k3', { ...deal, province: ' ' }),
    ]);
    expect(naiveReport(world, 'deal-cycle-employee', {}, CTX).totals).toEqual({
      avgDays: 1.5,
      dealCustomers: 3,
    });
    const regions = naiveReport(world, 'deal-cycle-region', {}, CTX).rows;
    expect(regions).toHaveLength(35);
    expect(regions?.filter((row) => row['dealCustomers'] !== 0)).toEqual([
      { value: '内蒙古', avgDays: 1.5, dealCustomers: 2 },
      { value: '未知', avgDays: null, dealCustomers: 1 },
    ]);
  });
});
