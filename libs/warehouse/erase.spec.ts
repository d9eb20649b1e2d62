/** What leaves the warehouse for good: one record, or the past of all; on both engines. */
import { contract, deletion, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import type { Warehouse } from './client';
import { dropHistory, eraseRecord, versionsOf } from './erase';
import { FactsWriter } from './facts';

const RECORD = { tenant: 'acme', entity: 'contract', id: 'k1' };

describe.each(TEST_ENGINES)('what leaves the warehouse on %s', (engine) => {
  let test: TestWarehouse;
  let warehouse: Warehouse;
  beforeAll(async () => {
    test = await testWarehouse(engine);
    ({ warehouse } = test);
    await new FactsWriter(warehouse).write([
      upsert('contract', contract('k1'), 1),
      upsert('contract', contract('k1', { amount: '2.00' }), 2),
      upsert('contract', contract('k2'), 1),
      upsert('contract', contract('k2', { amount: '3.00' }), 2),
      upsert('department', { id: 'k1', name: 'East' }, 1),
      upsert('contract', contract('k3'), 1),
      deletion('contract', 'k3', 2),
    ]);
  }, 60_000);
  afterAll(() => test?.drop());

  const counts = async (): Promise<string[]> => {
    const rows = await warehouse.query<{ name: string; number: number }>(
      `SELECT concat(entity, ' ', id) AS name, count() AS number FROM change_events GROUP BY name ORDER BY name`,
      {},
      { tag: { report: 'spec', tenant: 'acme' } },
    );
    return rows.map(({ name, number }) => `${name}: ${number}`);
  };
  const current = async (): Promise<string[]> => {
    const rows = await warehouse.query<{ id: string; amount: string }>(
      'SELECT id, amount FROM contract FINAL ORDER BY id',
      {},
      { tag: { report: 'spec', tenant: 'acme' } },
    );
    return rows.map(({ id, amount }) => `${id}: ${amount}`);
  };

  it('is the past of records, never their newest state', async () => {
    await dropHistory(warehouse, 36_500);
    expect(await counts()).toEqual([
      'contract k1: 2',
      'contract k2: 2',
      'contract k3: 2',
      'department k1: 1',
    ]);
    // What the facts of the support carry was appended on 2026-05-20.
    await dropHistory(warehouse, 0);
    expect(await counts()).toEqual([
      'contract k1: 1',
      'contract k2: 1',
      'contract k3: 1',
      'department k1: 1',
    ]);
    expect(await current()).toEqual(['k1: 2.00', 'k2: 3.00']);
  }, 60_000);

  it('is one record in all its versions, and no other of the same id', async () => {
    expect(await versionsOf(warehouse, RECORD)).toMatchObject({ count: 1 });
    await eraseRecord(warehouse, RECORD);
    await eraseRecord(warehouse, RECORD);
    expect(await versionsOf(warehouse, RECORD)).toBeNull();
    expect(await counts()).toEqual(['contract k2: 1', 'contract k3: 1', 'department k1: 1']);
    expect(await current()).toEqual(['k2: 3.00']);
  }, 60_000);
});
