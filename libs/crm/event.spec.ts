import { checkEvent, recordKey, sequenceOf, versionOf, type CloudEvent } from './event';
import { ENTITY_NAMES } from './entities';
import { recordSchema } from './schema';

const NOW = Date.parse('2026-05-20T10:00:00Z');
const AS_TENANT = { tenant: 'acme', now: NOW };
const FROM_LOG = { tenant: null, knowsTenant: (tenant: string): boolean => tenant === 'acme', now: NOW };

const event = (over: Record<string, unknown> = {}): CloudEvent => ({
  specversion: '1.0',
  id: 'e1',
  source: '/crm',
  type: 'crm.department.created',
  subject: 'd1',
  time: '2026-05-20T09:00:00.000Z',
  data: { id: 'd1', name: 'Sales' },
  ...over,
});

/** Pointers of what is wrong; empty when the event is taken. */
function wrong(value: unknown, context = AS_TENANT as Parameters<typeof checkEvent>[1]): string[] {
  const checked = checkEvent(value, context);
  return checked.ok ? [] : checked.problems.map(({ pointer }) => pointer);
}

describe('the envelope', () => {
  it('takes an event as the contract has it', () => {
    const checked = checkEvent(event({ sequence: '7', tenantid: 'acme', traceparent: 'x' }), AS_TENANT);
    expect(checked).toMatchObject({
      ok: true,
      change: { kind: 'upsert', entity: 'department', tenant: 'acme', id: 'd1', verb: 'created' },
    });
  });

  it.each([
    [{ specversion: '0.3' }, '/specversion'],
    [{ id: '' }, '/id'],
    [{ id: 'x'.repeat(129) }, '/id'],
    [{ id: 'a\0b' }, '/id'],
    [{ source: 'not a uri' }, '/source'],
    [{ source: undefined }, '/source'],
    [{ type: 'crm.department' }, '/type'],
    [{ type: 'crm.Department.created' }, '/type'],
    [{ type: 'erp.department.created' }, '/type'],
    [{ subject: 'x'.repeat(65) }, '/subject'],
    [{ time: '2026-05-20T09:00:00' }, '/time'],
    [{ time: '2026-02-30T09:00:00Z' }, '/time'],
    [{ time: '2026-05-21T10:00:00.001Z' }, '/time'],
    [{ time: '1899-12-31T23:59:59Z' }, '/time'],
    [{ sequence: '1234567890123456789' }, '/sequence'],
    [{ sequence: 7 }, '/sequence'],
    [{ sequence: '-1' }, '/sequence'],
    [{ tenantid: 'other' }, '/tenantid'],
    [{ tenantid: 'UPPER' }, '/tenantid'],
    [{ datacontenttype: 'text/xml' }, '/datacontenttype'],
    [{ data_base64: 'e30=' }, '/data_base64'],
    [{ data: undefined }, '/data'],
    [{ data: 'text' }, '/data'],
    [{ data: { id: 'd2', name: 'x' } }, '/data/id'],
    [{ data: { name: 'x' } }, '/data/id'],
  ])('refuses %j and points at %s', (over, pointer) => {
    expect(wrong(event(over))).toContain(pointer);
  });

  it('finds every problem, not only the first', () => {
    expect(wrong(event({ id: '', sequence: 'x', data: { id: 'd1', name: 5 } })).sort()).toEqual(
      ['/data/name', '/id', '/sequence'].sort(),
    );
  });

  it('counts code points, so that 64 emoji are an id of 64 characters', () => {
    const subject = '😀'.repeat(64);
    expect(wrong(event({ subject, data: { id: subject, name: '😀'.repeat(512) } }))).toEqual([]);
    expect(wrong(event({ subject: `${subject}x`, data: { id: `${subject}x`, name: '' } }))).toContain(
      '/subject',
    );
  });

  it('requires a known tenant straight from the log', () => {
    expect(wrong(event(), FROM_LOG)).toEqual(['/tenantid']);
    expect(wrong(event({ tenantid: 'unknown' }), FROM_LOG)).toEqual(['/tenantid']);
    expect(wrong(event({ tenantid: 'acme' }), FROM_LOG)).toEqual([]);
  });

  it('takes a deletion without data, or ignores it', () => {
    for (const data of [undefined, { id: 'another' }, 'nonsense']) {
      const checked = checkEvent(event({ type: 'crm.department.deleted', data }), AS_TENANT);
      expect(checked).toMatchObject({ ok: true, change: { kind: 'deletion' } });
    }
  });

  it('keeps an unknown entity and ignores unknown fields', () => {
    expect(checkEvent(event({ type: 'crm.quote.sent' }), AS_TENANT)).toMatchObject({
      ok: true,
      change: { kind: 'unknown' },
    });
    expect(wrong(event({ data: { id: 'd1', name: 'x', colour: { any: 'thing' } } }))).toEqual([]);
  });

  it.each([null, [], 'text', 5])('refuses %j as no event', (value) => {
    expect(wrong(value)).toEqual(['']);
  });
});

describe('data', () => {
  const contract = {
    id: 'k1',
    number: 'C-1',
    name: 'Desks',
    amount: '1200.00',
    status: 'approved',
    lines: [{ productId: 'p1', quantity: '2.5', subtotal: '-3.10' }],
  };
  const check = (over: object): string[] =>
    wrong(event({ type: 'crm.contract.approved', subject: 'k1', data: { ...contract, ...over } }));

  it.each([
    [{ amount: 1200 }, '/data/amount'],
    [{ amount: '12345678901234.00' }, '/data/amount'],
    [{ amount: '1.005' }, '/data/amount'],
    [{ amount: '1e3' }, '/data/amount'],
    [{ status: 'done' }, '/data/status'],
    [{ orderDate: '2026-02-29' }, '/data/orderDate'],
    [{ orderDate: '2300-01-01' }, '/data/orderDate'],
    [{ lines: undefined }, '/data/lines'],
    [{ lines: [{ productId: 'p1', quantity: '1' }] }, '/data/lines/0/subtotal'],
    [{ ownerId: '' }, '/data/ownerId'],
    [{ name: 'lone \ud800' }, '/data/name'],
    [{ name: 'nul \0' }, '/data/name'],
  ])('refuses %j and points at %s', (over, pointer) => {
    expect(check(over)).toEqual([pointer]);
  });

  it.each([
    { amount: '-9999999999999.99' },
    { orderDate: null },
    { orderDate: '2024-02-29' },
    { ownerId: null },
    { lines: [] },
  ])('takes %j', (over) => expect(check(over)).toEqual([]));

  it('wants twelve months of a goal and the one id of settings', () => {
    const goal = {
      id: 'g',
      subjectType: 'employee',
      subjectId: 'e',
      year: 2026,
      metric: 'contract-amount',
      months: ['1'],
    };
    expect(wrong(event({ type: 'crm.goal.set', subject: 'g', data: goal }))).toContain('/data/months');
    const settings = { id: 'mine', satisfactionOptions: [] };
    expect(wrong(event({ type: 'crm.settings.set', subject: 'mine', data: settings }))).toContain('/data/id');
  });
});

describe('versions', () => {
  const version = (sequence: string | undefined, time: string, id = 'e1'): string =>
    versionOf(sequence, time, '/crm', id);

  it('order as strings like their numbers, whatever their length', () => {
    const sorted = ['0', '9', '10', '999999999999999999'].map((sequence) => version(sequence, ''));
    expect([...sorted].sort()).toEqual(sorted);
    expect(sequenceOf(version('999999999999999999', ''))).toBe(999_999_999_999_999_999n);
  });

  it('take the time in microseconds where there is no sequence', () => {
    expect(sequenceOf(version(undefined, '2026-05-20T09:00:00.123456789+08:00'))).toBe(
      BigInt(Date.parse('2026-05-20T01:00:00.123Z')) * 1000n + 456n,
    );
    expect(sequenceOf(version(undefined, '2026-05-20T09:00:00Z'))).toBe(
      BigInt(Date.parse('2026-05-20T09:00:00Z')) * 1000n,
    );
    expect(sequenceOf(version(undefined, '1950-01-01T00:00:00Z'))).toBe(0n);
  });

  it('settle ties by a fixed hash of source and id', () => {
    expect(version('5', '', 'a')).not.toBe(version('5', '', 'b'));
    // The first 64 bits of SHA-256 over "/crm NUL e1": fixed for ever, or warehouse and counters part.
    expect(version('5', '')).toBe('000000000000000508b0ed0d2004dc0c');
  });
});

it('keys a record by tenant, entity and id', () => {
  expect(recordKey('acme', 'contract', 'k/1')).toBe('acme/contract/k/1');
});

it('publishes a JSON Schema per entity', () => {
  for (const entity of ENTITY_NAMES) {
    expect(recordSchema(entity)).toMatchObject({
      title: entity,
      type: 'object',
      properties: { id: expect.anything() as unknown },
    });
  }
});
