import { contract, deletion, eventOf, factOf, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { WarehouseUnavailable } from './errors';
import { FactsWriter, type Fact } from './facts';
import { FactsGatherer } from './gatherer';
import { hundredths } from './rows';

const TAG = { tag: { report: 'test', tenant: 'acme' } };

test.each([
  ['0', 0],
  ['-0', 0],
  ['12.5', 1250],
  ['-12.05', -1205],
  ['9999999999999.99', 999_999_999_999_999],
  ['-9999999999999.9', -999_999_999_999_990],
])('the decimal %s is %d hundredths', (decimal, expected) => {
  expect(hundredths(decimal)).toBe(expected);
});

describe.each(TEST_ENGINES)('facts (%s)', (engine) => {
  let on: TestWarehouse;
  let writer: FactsWriter;

  beforeAll(async () => {
    on = await testWarehouse(engine);
    writer = new FactsWriter(on.warehouse);
  });
  afterAll(() => on.drop());

  const rows = (sql: string): Promise<Record<string, unknown>[]> => on.warehouse.query(sql, {}, TAG);
  const write = async (...facts: Fact[]): Promise<void> => {
    expect(await writer.write(facts)).toEqual([]);
  };
  const amounts = (ids: string): Promise<Record<string, unknown>[]> =>
    rows(`SELECT id, amount FROM contract FINAL WHERE id LIKE '${ids}%' ORDER BY id`);

  test('the newest version wins, whatever order versions come in, merged or not', async () => {
    await on.warehouse.command('SYSTEM STOP MERGES contract');
    await write(upsert('contract', contract('v-1', { amount: '1.00' }), 1));
    await write(upsert('contract', contract('v-1', { amount: '3.00' }), 3));
    await write(upsert('contract', contract('v-1', { amount: '2.00' }), 2));
    await write(upsert('contract', contract('v-2', { amount: '1' }), 1), deletion('contract', 'v-2', 2));
    await write(deletion('contract', 'v-3', 9));
    await write(upsert('contract', contract('v-3', { amount: '5.00' }), 8));
    const expected = [{ id: 'v-1', amount: '3.00' }];
    const parts = `SELECT count() > 2 AS several FROM system.parts
      WHERE database = currentDatabase() AND table = 'contract' AND active`;
    expect(await rows(parts)).toEqual([{ several: 1 }]);
    expect(await amounts('v-')).toEqual(expected);
    await on.warehouse.command('SYSTEM START MERGES contract');
    await on.warehouse.command('OPTIMIZE TABLE contract FINAL');
    expect(await amounts('v-')).toEqual(expected);
    await write(upsert('contract', contract('v-3', { amount: '6.00' }), 7));
    await on.warehouse.command('OPTIMIZE TABLE contract FINAL');
    expect(await amounts('v-')).toEqual(expected);
    await write(upsert('contract', contract('v-3', { amount: '7.00' }), 10));
    expect(await amounts('v-3')).toEqual([{ id: 'v-3', amount: '7.00' }]);
  });

  test('events are one write in all their tables, a statement is one, and both have ended when they say so', async () => {
    const { writes } = on.warehouse;
    const { ended, commands } = writes.now();
    const writing = write(
      upsert('contract', contract('one-1'), 1),
      upsert('employee', { id: 'one', name: 'One', status: 'active' }, 1),
    );
    expect(writes.now()).toEqual({ underWay: 1, ended, commands, commanding: 0 });
    await writing;
    expect(writes.now()).toEqual({ underWay: 0, ended: ended + 1, commands, commanding: 0 });
    await on.warehouse.command('SYSTEM START MERGES employee');
    await expect(on.warehouse.command('DROP TABLE none')).rejects.toThrow('none');
    expect(writes.now()).toEqual({ underWay: 0, ended: ended + 3, commands: commands + 2, commanding: 0 });
  });

  test('a condition on a changed column does not bring an older version back', async () => {
    await on.warehouse.command('SYSTEM STOP MERGES contract');
    await write(upsert('contract', contract('w-1', { status: 'approved' }), 1));
    await write(upsert('contract', contract('w-1', { status: 'void' }), 2));
    const sql =
      "SELECT id FROM contract FINAL WHERE tenant = 'acme' AND id LIKE 'w-%' AND status = 'approved'";
    expect(await rows(sql)).toEqual([]);
    await on.warehouse.command('SYSTEM START MERGES contract');
  });

  test('between equal versions the same one wins in any order', async () => {
    const one = upsert('contract', contract('t-1', { amount: '1.00' }), 5);
    const two = upsert('contract', contract('t-1', { amount: '2.00' }), 5);
    const winner = one.change.version > two.change.version ? '1.00' : '2.00';
    await write(one);
    await write(two);
    expect(await amounts('t-')).toEqual([{ id: 't-1', amount: winner }]);
    await write(two);
    await write(one);
    expect(await amounts('t-')).toEqual([{ id: 't-1', amount: winner }]);
  });

  test('a redelivered event is one fact', async () => {
    const fact = upsert('contract', contract('r-1'), 1);
    await write(fact, fact);
    await write(fact);
    expect(await rows("SELECT count() AS n FROM change_events FINAL WHERE id = 'r-1'")).toEqual([{ n: 1 }]);
  });

  test('keeps the envelope, unknown fields, and unknown entities', async () => {
    const data = { ...contract('k-1'), custom: { deep: ['\t', '\\', 'ü', '\u0000', 1.5e300] } };
    const event = eventOf('contract', data, 7, { traceparent: 'a\tb', datacontenttype: 'application/json' });
    await write(factOf(event));
    await write(factOf(eventOf('price-list', { id: 'k-1', anything: true }, 1)));
    const [fact] = await rows(
      "SELECT *, toString(version) AS version FROM change_events FINAL WHERE id = 'k-1' AND entity = 'contract'",
    );
    expect(fact).toMatchObject({
      tenant: 'acme',
      verb: 'updated',
      deleted: 0,
      event_id: event.id,
      source: event.source,
      time: '2026-05-20 02:00:00.123456',
      appended_at: '2026-05-20 02:00:01.500',
      partition: 3,
    });
    expect(JSON.parse(fact?.['data'] as string)).toEqual(data);
    const extensions = { sequence: '7', traceparent: 'a\tb', datacontenttype: 'application/json' };
    expect(JSON.parse(fact?.['extensions'] as string)).toEqual(extensions);
    expect(BigInt(fact?.['version'] as string) >> 64n).toBe(7n);
    const entities = "SELECT entity FROM change_events FINAL WHERE id = 'k-1' ORDER BY entity";
    expect(await rows(entities)).toEqual([{ entity: 'contract' }, { entity: 'price-list' }]);
  });

  test('keeps every value exactly', async () => {
    const nasty = 'a\tb\nc\rd\\e\'f"g`h\\N\\t😀客户; DROP TABLE contract; --';
    await write(
      upsert(
        'contract',
        contract('x-1', {
          name: nasty,
          number: '\\N',
          customerId: nasty.slice(0, 60),
          amount: '-9999999999999.99',
          orderDate: '1900-01-01',
          endDate: '2299-12-31',
          status: 'no-approval',
          lines: [
            { productId: `a'],['b\\`, quantity: '2.5', subtotal: '9999999999999.99' },
            { productId: nasty.slice(0, 60), quantity: '-1', subtotal: '0' },
          ],
        }),
        1,
      ),
      upsert('contract', contract('x-2', { ownerId: null, orderDate: null, lines: [] }), 1),
    );
    const exact = await rows(
      "SELECT * EXCEPT (version, tenant, deleted, key, customer_key) FROM contract FINAL WHERE id LIKE 'x-%' ORDER BY id",
    );
    expect(exact[0]).toEqual({
      id: 'x-1',
      number: '\\N',
      name: nasty,
      customer_id: nasty.slice(0, 60),
      opportunity_id: '',
      owner_id: 'ann',
      order_date: '1900-01-01',
      end_date: '2299-12-31',
      amount: '-9999999999999.99',
      status: 'no-approval',
      'lines.product_id': [`a'],['b\\`, nasty.slice(0, 60)],
      'lines.quantity': ['2.50', '-1.00'],
      'lines.subtotal': ['9999999999999.99', '0.00'],
    });
    expect(exact[1]).toMatchObject({ owner_id: '', order_date: null, end_date: null, 'lines.quantity': [] });
    expect(await rows("SELECT sum(amount) AS s FROM contract FINAL WHERE id LIKE 'x-%'")).toEqual([
      { s: '-9999999999899.99' },
    ]);
  });

  test('keeps instants, booleans, integers and lists', async () => {
    const legs = [{ startsAt: '2026-05-20T23:30:00.000001-02:00' }, { startsAt: '1900-01-01T00:00:00Z' }];
    const months = Array.from({ length: 12 }, (_, i) => `${i}.5`);
    await write(
      upsert('business-trip', { id: 'i-1', applicantId: 'ann', status: 'approved', legs }, 1),
      upsert(
        'settings',
        { id: 'settings', contractExpiryDays: null, satisfactionOptions: ["o'k", '好\t'] },
        1,
      ),
      upsert(
        'pipeline',
        { id: 'i-1', name: 'P', enabled: true, stages: [{ id: 's', name: 'S', order: -2 }] },
        1,
      ),
      upsert(
        'goal',
        {
          id: 'i-1',
          subjectType: 'employee',
          subjectId: 'ann',
          year: 2026,
          metric: 'contract-amount',
          months,
        },
        1,
      ),
      upsert(
        'customer',
        {
          id: 'i-1',
          name: 'C',
          creatorId: 'ann',
          createdAt: '2299-12-31T23:59:59.999999Z',
          dealStatus: 'deal',
          dealAt: '1969-12-31T23:59:59.5Z',
        },
        1,
      ),
    );
    expect(await rows('SELECT legs.starts_at AS at FROM business_trip FINAL')).toEqual([
      { at: ['2026-05-21 01:30:00.000001', '1900-01-01 00:00:00.000000'] },
    ]);
    expect(
      await rows('SELECT contract_expiry_days AS d, satisfaction_options AS o FROM settings FINAL'),
    ).toEqual([{ d: null, o: ["o'k", '好\t'] }]);
    expect(await rows('SELECT enabled, stages.name AS n, stages.order AS o FROM pipeline FINAL')).toEqual([
      { enabled: true, n: ['S'], o: [-2] },
    ]);
    expect(await rows('SELECT year, months[12] AS m FROM goal FINAL')).toEqual([{ year: 2026, m: '11.50' }]);
    expect(
      await rows('SELECT created_at AS c, deal_at AS d, next_contact_at AS n FROM customer FINAL'),
    ).toEqual([{ c: '2299-12-31 23:59:59.999999', d: '1969-12-31 23:59:59.500000', n: null }]);
  });

  test.each([
    ['2026-05-20T10:00:00+08:00', '2026-05-20 02:00:00.000000'],
    ['2026-05-20T10:00:00.1234567Z', '2026-05-20 10:00:00.123456'],
    ['2026-05-20T10:00:00.5Z', '2026-05-20 10:00:00.500000'],
    ['2026-05-20T10:00:00.12345Z', '2026-05-20 10:00:00.123450'],
    ['2016-12-31T23:59:60Z', '2017-01-01 00:00:00.000000'],
    ['1900-01-01T08:00:00.000001+08:00', '1900-01-01 00:00:00.000001'],
    ['2026-05-20t10:00:00z', '2026-05-20 10:00:00.000000'],
  ])('the instant %s is %s', async (time, expected) => {
    const id = `at-${time}`;
    await write(factOf(eventOf('contract', contract(id), 1, { time })));
    expect(await rows(`SELECT time FROM change_events FINAL WHERE id = '${id}'`)).toEqual([
      { time: expected },
    ]);
  });

  test('texts of every length and of every width in UTF-8', async () => {
    const texts = ['a', 'é', '客', '😀'].flatMap((one) =>
      [1, 41, 42, 43, 126, 127, 128, 200].map((length) => one.repeat(length)),
    );
    const facts = texts.map((name, index) => upsert('contract', contract(`l-${index}`, { name }), index));
    await write(...facts);
    const found = await rows(
      "SELECT name FROM contract FINAL WHERE id LIKE 'l-%' ORDER BY toUInt32(substring(id, 3))",
    );
    expect(found.map(({ name }) => name)).toEqual(texts);
  });

  test('data is kept as it was sent', async () => {
    const fact = upsert('contract', contract('d-1'), 1);
    const sent = '{ "id": "d-1", "amount": "100.00",\n\t"more": [1.0, "\\u00fc"] }';
    await write({ ...fact, bytes: Buffer.from(`{"data": ${sent} , "id": "e"}`) });
    expect(await rows("SELECT data FROM change_events FINAL WHERE id = 'd-1'")).toEqual([{ data: sent }]);
  });

  test('refused facts are found, named, and in no table; their neighbours are taken', async () => {
    await on.warehouse.command("ALTER TABLE contract ADD CONSTRAINT no_bad CHECK name != 'bad'");
    const facts = Array.from({ length: 50 }, (_, i) =>
      upsert('contract', contract(`c-${i}`, { name: i === 7 || i === 41 ? 'bad' : 'good' }), 1),
    );
    const refused = await writer.write(facts);
    expect(refused.map(({ index }) => index)).toEqual([7, 41]);
    expect(refused[0]?.reason).toMatch(/no_bad/);
    const state = "SELECT count() AS n FROM contract FINAL WHERE id LIKE 'c-%'";
    expect(await rows(state)).toEqual([{ n: 48 }]);
    const events = "SELECT count() AS n FROM change_events FINAL WHERE id LIKE 'c-%'";
    expect(await rows(events)).toEqual([{ n: 48 }]);

    const gatherer = new FactsGatherer(writer, { waitMs: 20 });
    const batch = (id: string, name: string): Fact[] => [
      upsert('contract', contract(`g-${id}`), 1),
      upsert('contract', contract(`h-${id}`, { name }), 1),
    ];
    const answers = await Promise.all([
      gatherer.write(batch('1', 'good')),
      gatherer.write(batch('2', 'bad')),
    ]);
    expect(answers.map((answer) => answer.map(({ index }) => index))).toEqual([[], [1]]);
    await on.warehouse.command('ALTER TABLE contract DROP CONSTRAINT no_bad');
  });

  test('an engine that cannot take anything now rejects, and the same facts go in later', async () => {
    await on.warehouse.command('RENAME TABLE contract TO contract_away');
    const fact = upsert('contract', contract('u-1'), 1);
    await expect(writer.write([fact])).rejects.toThrow(WarehouseUnavailable);
    await on.warehouse.command('RENAME TABLE contract_away TO contract');
    await write(fact);
    expect(await amounts('u-')).toEqual([{ id: 'u-1', amount: '100.00' }]);
  });

  test('gathers many small batches into few writes', async () => {
    const gatherer = new FactsGatherer(writer, { waitMs: 50, maxFacts: 40 });
    const batches = Array.from({ length: 30 }, (_, b) =>
      Array.from({ length: 10 }, (_, i) => upsert('contract', contract(`m-${b}-${i}`), 1)),
    );
    const all = Promise.all(batches.map((batch) => gatherer.write(batch)));
    await gatherer.drain();
    expect((await all).flat()).toEqual([]);
    expect(await rows("SELECT count() AS n FROM contract FINAL WHERE id LIKE 'm-%'")).toEqual([{ n: 300 }]);
  });

  test('few facts wait longer than many, and no longer than they have to once they are many', async () => {
    const gatherer = new FactsGatherer(writer, { waitMs: 100, fewWaitMs: 2_000, manyFacts: 10 });
    const put = async (from: number, count: number): Promise<number> => {
      const facts = Array.from({ length: count }, (_, i) => upsert('contract', contract(`w-${from + i}`), 1));
      expect(await gatherer.write(facts)).toEqual([]);
      return performance.now();
    };
    const first = await put(0, 1);
    const few = put(1, 1);
    expect((await few) - first).toBeGreaterThan(1_500);
    const began = await few;
    const [waiting, joined] = await Promise.all([put(2, 5), put(7, 5)]);
    expect(Math.max(waiting, joined) - began).toBeLessThan(1_500);
  }, 20_000);

  test('goes on writing when the clock is set back', async () => {
    const gatherer = new FactsGatherer(writer, { waitMs: 20 });
    await gatherer.write([upsert('contract', contract('b-1'), 1)]);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now - 3_600_000);
    try {
      expect(await gatherer.write([upsert('contract', contract('b-2'), 1)])).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  }, 20_000);
});
