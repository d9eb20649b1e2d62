/**
 * The table "What a change does" of the event contract, end to end: published over HTTP, read from
 * the live boards and the reports, on both sets of engines. After every case each board is compared
 * with its warehouse twin for every window.
 */
import type { Activity, Contract, Customer, Goal, Opportunity, Receivable } from '#crm';
import { BOARDS } from '#metrics';
import { dayOf, isoOf, zoneNamed } from '#calendar';
import { ENGINE_SETS, Floor, type Report, type Row } from '../support/floor';
import { remove, upsert } from '../support/events';

const ZONE = zoneNamed('Asia/Shanghai');
const TODAY = ZONE.dayAt(Date.now());
const today = isoOf(TODAY);
const lastYear = `${Number(today.slice(0, 4)) - 1}-06-15`;
const year = today.slice(0, 4);
/** Ten in the morning, local time, of a day. */
const at = (iso: string): string => `${iso}T10:00:00+08:00`;
const PRESETS = [
  'today',
  'yesterday',
  'week',
  'last-week',
  'month',
  'last-month',
  'quarter',
  'last-quarter',
  'year',
  'last-year',
];

const customer = (id: string, over: Partial<Customer> = {}): Customer => ({
  id,
  name: `Customer ${id}`,
  ownerId: 'a',
  creatorId: 'a',
  createdAt: at(today),
  dealStatus: 'not-deal',
  ...over,
});
const contract = (id: string, over: Partial<Contract> = {}): Contract => ({
  id,
  number: `C-${id}`,
  name: `Contract ${id}`,
  customerId: 'c1',
  ownerId: 'a',
  orderDate: today,
  amount: '100.00',
  status: 'approved',
  lines: [{ productId: 'p1', quantity: '2', subtotal: '100.00' }],
  ...over,
});
const receivable = (id: string, over: Partial<Receivable> = {}): Receivable => ({
  id,
  contractId: 'k1',
  ownerId: 'a',
  returnDate: today,
  amount: '40.00',
  status: 'approved',
  ...over,
});
const opportunity = (id: string, over: Partial<Opportunity> = {}): Opportunity => ({
  id,
  name: `Opportunity ${id}`,
  customerId: 'c1',
  ownerId: 'a',
  creatorId: 'a',
  createdAt: at(today),
  pipelineId: 'main',
  stageId: 's1',
  endState: 'open',
  amount: '10.00',
  ...over,
});
const followUp = (id: string, over: Partial<Activity> = {}): Activity => ({
  id,
  kind: 'follow-up',
  targetType: 'customer',
  targetId: 'c1',
  customerId: 'c1',
  authorId: 'a',
  createdAt: at(today),
  ...over,
});
const goal = (over: Partial<Goal> = {}): Goal => ({
  id: 'g1',
  subjectType: 'department',
  subjectId: 'east',
  year: Number(year),
  metric: 'contract-amount',
  months: Array<string>(12).fill('1000.00'),
  ...over,
});

describe.each(ENGINE_SETS)('what a change does, on %s engines', (set) => {
  let floor: Floor;

  beforeAll(async () => {
    floor = await Floor.start(set);
    await floor.publish([
      upsert('department', { id: 'root', name: 'Sales' }),
      upsert('department', { id: 'east', name: 'East', parentId: 'root' }),
      upsert('department', { id: 'west', name: 'West', parentId: 'root' }),
      upsert('employee', { id: 'a', name: 'Ann', departmentId: 'east', status: 'active' }),
      upsert('employee', { id: 'b', name: 'Bo', departmentId: 'west', managerId: 'a', status: 'active' }),
      upsert('pipeline', {
        id: 'main',
        name: 'Main',
        enabled: true,
        stages: [
          { id: 's1', name: 'Prospecting', order: 1 },
          { id: 's2', name: 'Engaging', order: 2 },
        ],
      }),
      upsert('product', { id: 'p1', name: 'Desk', status: 'on-shelf' }),
    ]);
    await floor.settle();
  }, 180_000);

  afterAll(() => floor?.stop());

  /** Value of each employee on a live board; the windows must be live and equal to the warehouse. */
  async function board(id: string, preset = 'year', query = ''): Promise<Row> {
    const live = await floor.get(`/v1/leaderboards/${id}?preset=${preset}&limit=1000${query}`);
    const report = await floor.get(`/v1/reports/${id}?preset=${preset}${query}`);
    expect(live.source).toBe('live');
    expect(live.rows).toEqual(report.rows);
    return Object.fromEntries(live.rows.map((row) => [row['employeeId'], row['value']])) as Row;
  }

  async function everyBoardAgrees(): Promise<void> {
    for (const { id } of BOARDS) for (const preset of PRESETS) await board(id, preset);
  }

  async function publish(...events: Parameters<Floor['publish']>[0]): Promise<void> {
    await floor.publish(events);
    await floor.settle();
  }

  it('moves a customer with its owner, for its original creation date, and leaves its contracts', async () => {
    await publish(upsert('customer', customer('c1')), upsert('contract', contract('k1')));
    expect(await board('rank-new-customers', 'today')).toEqual({ a: 1 });
    await publish(upsert('customer', customer('c1', { ownerId: 'b' }), { verb: 'owner-changed' }));
    expect(await board('rank-new-customers', 'today')).toEqual({ b: 1 });
    expect(await board('rank-contract-amount')).toEqual({ a: '100.00' });
  });

  it('takes a customer in the pool out of the owner-based boards until it is taken', async () => {
    await publish(upsert('customer', customer('c1', { ownerId: null })));
    expect(await board('rank-new-customers')).toEqual({});
    await publish(upsert('customer', customer('c1', { ownerId: 'a' })));
    expect(await board('rank-new-customers')).toEqual({ a: 1 });
  });

  it('changes the conversion of the creation bucket with the deal status', async () => {
    const before = await floor.get(`/v1/reports/customer-conversion?preset=year`);
    await publish(upsert('customer', customer('c1', { dealStatus: 'deal', dealAt: at(today) })));
    const after = await floor.get(`/v1/reports/customer-conversion?preset=year`);
    const bucket = (answer: Report): Row | undefined =>
      answer.series.find((item) => item['bucket'] === today.slice(0, 7));
    expect(bucket(before)).toMatchObject({ newCustomers: 1, dealCustomers: 0, conversionRate: 0 });
    expect(bucket(after)).toMatchObject({ newCustomers: 1, dealCustomers: 1, conversionRate: 100 });
  });

  it('counts a contract from when it is effective, on its order date', async () => {
    const draft = contract('k2', { status: 'pending', orderDate: lastYear, amount: '50.00' });
    await publish(upsert('contract', draft));
    expect(await board('rank-contract-amount', 'last-year')).toEqual({});
    await publish(upsert('contract', { ...draft, status: 'approved' }, { verb: 'approved' }));
    expect(await board('rank-contract-amount', 'last-year')).toEqual({ a: '50.00' });
    expect(await board('rank-product-quantity', 'last-year')).toEqual({ a: '2.00' });
    expect(await board('rank-contract-amount', 'today')).toEqual({ a: '100.00' });
  });

  it('retracts a contract that is no longer effective, and keeps its receivables', async () => {
    await publish(upsert('receivable', receivable('r1')));
    await publish(upsert('contract', contract('k1', { status: 'void' }), { verb: 'voided' }));
    expect(await board('rank-contract-amount')).toEqual({});
    expect(await board('rank-contract-count')).toEqual({});
    expect(await board('rank-product-quantity')).toEqual({});
    expect(await board('rank-receivable-amount')).toEqual({ a: '40.00' });
  });

  it('moves an edited contract between amounts, dates, lines and owners exactly', async () => {
    await publish(upsert('contract', contract('k1', { amount: '0.10' })));
    expect(await board('rank-contract-amount')).toEqual({ a: '0.10' });
    const lines = [
      { productId: 'p1', quantity: '0.25', subtotal: '1.00' },
      { productId: 'p1', quantity: '1.50', subtotal: '2.00' },
    ];
    await publish(
      upsert('contract', contract('k1', { amount: '-7.35', ownerId: 'b', lines, orderDate: lastYear })),
    );
    expect(await board('rank-contract-amount')).toEqual({});
    expect(await board('rank-contract-amount', 'last-year')).toEqual({ a: '50.00', b: '-7.35' });
    expect(await board('rank-product-quantity', 'last-year')).toEqual({ a: '2.00', b: '1.75' });
  });

  it('does the same for receivables on their return date', async () => {
    await publish(upsert('receivable', receivable('r1', { amount: '41.01', ownerId: 'b' })));
    expect(await board('rank-receivable-amount')).toEqual({ b: '41.01' });
    await publish(upsert('receivable', receivable('r1', { status: 'withdrawn' })));
    expect(await board('rank-receivable-amount')).toEqual({});
    await publish(upsert('receivable', receivable('r1', { returnDate: null })));
    expect(await board('rank-receivable-amount')).toEqual({});
  });

  it('moves opportunities between the funnel and the won and lost sums', async () => {
    await publish(
      upsert('opportunity', opportunity('o1')),
      upsert('opportunity', opportunity('o2', { stageId: 's2', amount: '5.50' })),
    );
    const funnel = async (): Promise<Report> => floor.get('/v1/reports/dashboard-funnel?preset=year');
    expect((await funnel()).rows).toEqual([
      expect.objectContaining({ stageId: 's1', stageName: 'Prospecting', count: 1, amount: '10.00' }),
      expect.objectContaining({ stageId: 's2', stageName: 'Engaging', count: 1, amount: '5.50' }),
    ]);
    await publish(upsert('opportunity', opportunity('o1', { stageId: 's2', amount: '12.00' })));
    expect((await floor.get('/v1/reports/sales-funnel?preset=year')).rows[1]).toMatchObject({
      count: 2,
      amount: '17.50',
    });
    await publish(
      upsert('opportunity', opportunity('o1', { endState: 'won', amount: '12.00', closedAt: at(today) })),
    );
    await publish(
      upsert('opportunity', opportunity('o2', { endState: 'lost', amount: '5.50', closedAt: at(today) })),
    );
    const closed = await funnel();
    expect(closed.rows.map((row) => row['count'])).toEqual([0, 0]);
    expect(closed.headline).toEqual({ allAmount: '17.50', wonAmount: '12.00', lostAmount: '5.50' });
    const conversion = await floor.get('/v1/reports/opportunity-conversion?preset=month');
    expect(conversion.series.find((item) => item['bucket'] === today)).toMatchObject({
      newOpportunities: 2,
      wonOpportunities: 1,
      winRate: 50,
    });
  });

  it('counts follow-ups each, and followed customers by the first and last of an author', async () => {
    await publish(upsert('activity', followUp('f1')), upsert('activity', followUp('f2')));
    expect(await board('rank-follow-ups', 'today')).toEqual({ a: 2 });
    expect(await board('rank-followed-customers', 'today')).toEqual({ a: 1 });
    await publish(remove('activity', 'f1'));
    expect(await board('rank-follow-ups', 'today')).toEqual({ a: 1 });
    expect(await board('rank-followed-customers', 'today')).toEqual({ a: 1 });
    await publish(upsert('activity', followUp('f2', { customerId: null })));
    expect(await board('rank-followed-customers', 'today')).toEqual({});
    expect(await board('rank-follow-ups', 'today')).toEqual({ a: 1 });
  });

  it("moves an employee's whole history with the department", async () => {
    expect(await board('rank-contract-amount', 'last-year', '&departmentId=west')).toEqual({ b: '-7.35' });
    await publish(upsert('employee', { id: 'b', name: 'Bo', departmentId: 'east', status: 'active' }));
    expect(await board('rank-contract-amount', 'last-year', '&departmentId=west')).toEqual({});
    expect(await board('rank-contract-amount', 'last-year', '&departmentId=root')).toEqual({
      a: '50.00',
      b: '-7.35',
    });
  });

  it('sets, changes and removes a goal', async () => {
    const rate = async (): Promise<Report['headline']> =>
      (
        await floor.get(
          '/v1/reports/goal-completion-rate?preset=year&metric=contract-amount&departmentId=east',
        )
      ).headline;
    await publish(upsert('contract', contract('k3', { amount: '600.00' })), upsert('goal', goal()));
    expect(await rate()).toEqual({ target: '12000.00', done: '600.00', rate: 5 });
    await publish(upsert('goal', goal({ months: Array<string>(12).fill('500.00') })));
    expect(await rate()).toEqual({ target: '6000.00', done: '600.00', rate: 10 });
    await publish(remove('goal', 'g1'));
    expect(await rate()).toEqual({ target: '0.00', done: '600.00', rate: null });
  });

  it('ignores what is older than what is held, deletions included', async () => {
    await publish(upsert('contract', contract('k3', { amount: '700.00' }), { sequence: '900000' }));
    await publish(upsert('contract', contract('k3', { amount: '1.00' }), { sequence: '899999' }));
    expect(await board('rank-contract-amount')).toEqual({ a: '700.00' });
    await publish(remove('contract', 'k3', { sequence: '900001' }));
    await publish(upsert('contract', contract('k3', { amount: '2.00' }), { sequence: '900000' }));
    expect(await board('rank-contract-amount')).toEqual({});
  });

  it('settles equal versions the same way in the counters and in the warehouse', async () => {
    const versions = ['5.00', '6.00', '7.00'].map((amount, index) =>
      upsert('contract', contract('k4', { amount }), { sequence: '950000', id: `tie-${index}` }),
    );
    await publish(...versions);
    const [first] = Object.values(await board('rank-contract-amount'));
    await publish(...versions.reverse());
    expect(Object.values(await board('rank-contract-amount'))).toEqual([first]);
  });

  it('counts the legs of effective business trips on their own days', async () => {
    const legs = [{ startsAt: at(today) }, { startsAt: at(today) }, { startsAt: at(lastYear) }];
    await publish(upsert('business-trip', { id: 't1', applicantId: 'b', status: 'no-approval', legs }));
    expect(await board('rank-business-trips', 'today')).toEqual({ b: 2 });
    expect(await board('rank-business-trips', 'last-year')).toEqual({ b: 1 });
    await publish(upsert('business-trip', { id: 't1', applicantId: 'b', status: 'rejected', legs }));
    expect(await board('rank-business-trips', 'today')).toEqual({});
  });

  it('credits contacts to their creator', async () => {
    await publish(
      upsert('contact', {
        id: 'n1',
        name: 'Nia',
        creatorId: 'b',
        ownerId: 'a',
        createdAt: at(isoOf(dayOf(today))),
      }),
    );
    expect(await board('rank-new-contacts', 'today')).toEqual({ b: 1 });
  });

  it('agrees with the warehouse on every board and window in the end', everyBoardAgrees, 120_000);
});
