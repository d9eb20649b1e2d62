import fc from 'fast-check';
import { dayOf, zoneNamed } from '#calendar';
import { checkEvent, type Change, type EntityName } from '#crm';
import {
  BOARDS,
  contributionsOf,
  fromMinor,
  growth,
  mean,
  metricSql,
  percent,
  recordChange,
  toMinor,
  toMinorExact,
} from './index';

const SHANGHAI = zoneNamed('Asia/Shanghai');

describe('decimals', () => {
  it('survive the way to minor units and back', () => {
    const money = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 999_999_999_999_999n }));
    fc.assert(
      fc.property(money, ([negative, minor]) => {
        const text = fromMinor(negative ? -minor : minor);
        expect(toMinorExact(text)).toBe(negative ? -minor : minor);
        expect(BigInt(toMinor(text))).toBe(toMinorExact(text));
      }),
    );
  });

  it.each([
    ['5', 500],
    ['5.1', 510],
    ['-0.05', -5],
    ['-0', 0],
    ['9999999999999.99', 999_999_999_999_999],
  ])('%s is %d minor units', (text, minor) => expect(toMinor(text)).toBe(minor));

  it('round half away from zero, once', () => {
    expect(percent(-3125n, 100_000n)).toBe(-3.13);
    expect(percent(2n, 3n)).toBe(66.67);
    expect(percent(1n, 0n)).toBeNull();
    expect(growth(0n, 5n)).toBe(-100);
    expect(growth(5n, 0n)).toBeNull();
    expect(mean(1n, 4n)).toBe(0.3);
    expect(mean(-1n, 4n)).toBe(-0.3);
    expect(mean(0n, 0n)).toBeNull();
  });
});

describe('contributions', () => {
  const of = (entity: EntityName, state: object): unknown[] =>
    contributionsOf(entity, state as Record<string, unknown>, SHANGHAI).map(
      ({ board, employee, day, value, item }) => [
        board.replace('rank-', ''),
        employee,
        day,
        value,
        ...(item === undefined ? [] : [item]),
      ],
    );
  const day = dayOf('2026-05-20');
  const contract = {
    id: 'k',
    ownerId: 'a',
    orderDate: '2026-05-20',
    amount: '12.50',
    status: 'approved',
    lines: [{ quantity: '1.25' }, { quantity: '-0.5' }],
  };

  it('of a contract: amount, count and quantity on the order date', () => {
    expect(of('contract', contract)).toEqual([
      ['contract-amount', 'a', day, 1250],
      ['contract-count', 'a', day, 1],
      ['product-quantity', 'a', day, 75],
    ]);
    expect(of('contract', { ...contract, lines: [] })).toHaveLength(2);
  });

  it.each([
    { status: 'pending' },
    { status: 'void' },
    { ownerId: null },
    { ownerId: undefined },
    { orderDate: null },
  ])('of a contract with %j: none', (over) => expect(of('contract', { ...contract, ...over })).toEqual([]));

  it("fall on the tenant's local date", () => {
    const activity = { kind: 'follow-up', authorId: 'a', customerId: 'c', createdAt: '2026-05-19T16:00:00Z' };
    expect(of('activity', activity)).toEqual([
      ['follow-ups', 'a', day, 1],
      ['followed-customers', 'a', day, 1, 'c'],
    ]);
    expect(of('activity', { ...activity, createdAt: '2026-05-19T15:59:59.999Z', customerId: null })).toEqual([
      ['follow-ups', 'a', day - 1, 1],
    ]);
    expect(of('activity', { ...activity, kind: 'check-in' })).toEqual([]);
  });

  it('of a trip: its legs, each on its own day', () => {
    const legs = ['2026-05-20T01:00:00Z', '2026-05-20T09:00:00Z', '2026-05-21T01:00:00Z'].map((startsAt) => ({
      startsAt,
    }));
    expect(of('business-trip', { applicantId: 'a', status: 'no-approval', legs })).toEqual([
      ['business-trips', 'a', day, 2],
      ['business-trips', 'a', day + 1, 1],
    ]);
    expect(of('business-trip', { applicantId: 'a', status: 'rejected', legs })).toEqual([]);
  });
});

describe('what a change means to the counters', () => {
  const NOW = Date.parse('2026-05-20T10:00:00Z');
  function change(type: string, data?: object, time = '2026-05-20T09:55:00Z'): Change {
    const checked = checkEvent(
      { specversion: '1.0', id: 'e', source: '/crm', type, subject: 'r', time, sequence: '1', data },
      { tenant: 't', now: NOW },
    );
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    return checked.change;
  }
  const deal = (endState: string): object => ({
    id: 'r',
    name: 'Deal',
    creatorId: 'a',
    createdAt: '2026-05-01T00:00:00Z',
    pipelineId: 'p',
    stageId: 's',
    endState,
    amount: '5.00',
  });

  it('holds the end state of an opportunity, and may feed a win of the last ten minutes', () => {
    expect(recordChange(change('crm.opportunity.x', deal('open')), SHANGHAI, NOW)).toMatchObject({
      state: 'o',
    });
    const won = recordChange(change('crm.opportunity.x', deal('won')), SHANGHAI, NOW);
    expect(won).toMatchObject({ state: 'w', feed: { from: ['o', 'l', 'i'] } });
    const late = change('crm.opportunity.x', deal('won'), '2026-05-20T09:49:59Z');
    expect(recordChange(late, SHANGHAI, NOW)).not.toHaveProperty('feed');
  });

  it('keeps employees whole, and forgets deleted ones', () => {
    const employee = { id: 'r', name: 'Ann', status: 'active' };
    expect(recordChange(change('crm.employee.x', employee), SHANGHAI, NOW)?.reference).toBe(
      JSON.stringify(employee),
    );
    expect(recordChange(change('crm.employee.deleted'), SHANGHAI, NOW)?.reference).toBeNull();
  });

  it('is nothing for what is neither counted nor referred to', () => {
    expect(recordChange(change('crm.quote.sent', { id: 'r' }), SHANGHAI, NOW)).toBeNull();
    expect(
      recordChange(change('crm.product.x', { id: 'r', name: 'Desk', status: 'on-shelf' }), SHANGHAI, NOW),
    ).toBeNull();
  });
});

it('gives every board its SQL, newest versions only', () => {
  for (const board of BOARDS) {
    const { from, where, credit, value } = metricSql(board);
    expect(from).toContain(' FINAL');
    expect(where).toContain(`${credit} != ''`);
    expect(value).toMatch(/^(count|sum|uniqExact)\(/);
  }
});
