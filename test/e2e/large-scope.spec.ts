/**
 * More people in a question's scope than a statement names one by one, and than a URL holds: departments
 * and a reporting line of 1,200 employees, on both sets of engines.
 */
import { REPORTS } from '#reports';
import { upsert } from '../support/events';
import { ENGINE_SETS, Floor, type EngineSet } from '../support/floor';
import { makeKey, makeKeyByCommand } from '../support/keys';

const id = (nth: number): string => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;

const PEOPLE = 1_200;
const TEAM = 10;
const PERIOD = 'from=2026-05-01&to=2026-05-31';
/** Leads everybody in two steps; is a member of the department above the teams'. */
const HEAD = id(0);
const OUTSIDER = id(PEOPLE + 1);

const people = Array.from({ length: PEOPLE }, (_, nth) => id(nth));

function events(): Parameters<Floor['publish']>[0] {
  const all = [
    upsert('department', { id: 'sales', name: 'Sales' }),
    upsert('department', { id: 'elsewhere', name: 'Elsewhere' }),
  ];
  for (let team = 0; team < PEOPLE / TEAM; team++) {
    all.push(upsert('department', { id: `team-${team}`, name: `Team ${team}`, parentId: 'sales' }));
  }
  for (const [nth, person] of [...people, OUTSIDER].entries()) {
    const inside = person !== OUTSIDER;
    const leader = nth - (nth % TEAM);
    all.push(
      upsert('employee', {
        id: person,
        name: `Employee ${nth}`,
        departmentId: !inside ? 'elsewhere' : nth === 0 ? 'sales' : `team-${Math.floor(nth / TEAM)}`,
        managerId: !inside || nth === 0 ? null : nth === leader ? HEAD : id(leader),
        status: 'active',
      }),
      upsert('customer', {
        id: id(10_000 + nth),
        name: `Customer ${nth}`,
        ownerId: person,
        creatorId: person,
        createdAt: '2026-05-10T10:00:00+08:00',
        dealStatus: 'deal',
        dealAt: '2026-05-12T10:00:00+08:00',
      }),
      upsert('contract', {
        id: id(20_000 + nth),
        number: `HT-${nth}`,
        name: `Contract ${nth}`,
        customerId: id(10_000 + nth),
        ownerId: person,
        orderDate: '2026-05-12',
        amount: '10.00',
        lines: [{ productId: 'p1', quantity: '1.00', subtotal: '10.00' }],
        status: 'approved',
      }),
    );
  }
  return all;
}

const answers = new Map<EngineSet, unknown>();

describe.each(ENGINE_SETS)('1,200 people in scope on %s engines', (set) => {
  let floor: Floor;

  beforeAll(async () => {
    floor = await Floor.start(set, { TIME_ZONE: 'Asia/Shanghai' });
    await floor.publish(events());
    await floor.settle();
  }, 240_000);
  afterAll(() => floor?.stop());

  const question = (id: string, scope: string): string => {
    const report = REPORTS.find((one) => one.id === id);
    const period = report?.period.kind === 'period' ? PERIOD : 'today=2026-05-20';
    return `/v1/reports/${id}?${period}&${scope}`;
  };

  it('answers every report for a department and all its teams', async () => {
    const all: Record<string, unknown> = {};
    for (const { id } of REPORTS) {
      const { freshness: _, ...answer } = await floor.get(question(id, 'departmentId=sales'));
      all[id] = answer;
    }
    answers.set(set, all);
    const { totals, rows } = await floor.get(question('customer-total', 'departmentId=sales'));
    expect(rows.map(({ employeeId }) => employeeId)).toEqual(people);
    expect(totals).toMatchObject({ newCustomers: PEOPLE, contractAmount: '12000.00' });
  }, 120_000);

  it('lists the records of all of them, a thousand to a page', async () => {
    const path = `/v1/reports/customer-total/records?${PERIOD}&departmentId=sales&column=contractAmount`;
    const { rows, totals } = await floor.get(`${path}&limit=1000`);
    expect(totals).toMatchObject({ count: PEOPLE, amount: '12000.00' });
    expect(rows).toHaveLength(1_000);
    expect(rows.every(({ customerName }) => typeof customerName === 'string')).toBe(true);
    const table = await floor.get(question('amount-ratio-detail', 'departmentId=sales&limit=1000'));
    expect(table.rows).toHaveLength(1_000);
  });

  it('keeps to the reporting line of a caller who may see 1,200', async () => {
    const admin = await makeKeyByCommand(floor, 'default');
    const asHead = { roles: ['read'], permission: 'self-and-subordinates', employeeId: HEAD };
    floor.key = (await makeKey(floor, admin.key, asHead)).key;
    const { totals, rows } = await floor.get(question('customer-total', 'scope=self-and-subordinates'));
    expect(rows).toHaveLength(PEOPLE);
    expect(totals).toMatchObject({ newCustomers: PEOPLE, contractAmount: '12000.00' });
    expect((await floor.get(question('customer-total', 'departmentId=elsewhere'))).rows).toEqual([]);
  });
});

it('answers alike on both sets of engines', () => {
  const [embedded, servers] = ENGINE_SETS.map((set) => answers.get(set));
  expect(embedded).toBeDefined();
  expect(servers).toEqual(embedded);
});
