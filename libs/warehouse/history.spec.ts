import { checkEvent, type Change } from '#crm';
import { contract, deletion, eventOf, factOf, upsert } from '../../test/support/facts';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { FactsWriter, type Fact } from './facts';
import {
  allEvents,
  countEvents,
  latestEvents,
  tenantsIn,
  type HistoryFilter,
  type HistoryProgress,
} from './history';

describe.each(TEST_ENGINES)('history (%s)', (engine) => {
  let on: TestWarehouse;
  const newest = new Map<string, Change>();
  const all: Change[] = [];
  const keyOf = ({ tenant, entity, id }: Change): string => `${tenant}/${entity}/${id}`;

  beforeAll(async () => {
    on = await testWarehouse(engine);
    const writer = new FactsWriter(on.warehouse);
    const facts: Fact[] = [
      upsert('department', { id: 'd', name: 'D' }, 1),
      factOf({ ...eventOf('contract', contract('z'), 1), tenantid: 'other', sequence: undefined }),
    ];
    for (let i = 0; i < 25; i++) {
      const id = `c-${i}`;
      facts.push(upsert('contract', { ...contract(id, { amount: `${i}` }), custom: '\n' } as never, 2));
      facts.push(upsert('contract', contract(id, { amount: '777' }), 1));
      if (i % 5 === 0) facts.push(deletion('contract', id, 3));
    }
    all.push(...facts.map(({ change }) => change));
    for (const { change } of facts) {
      const held = newest.get(keyOf(change));
      if (!held || held.version < change.version) newest.set(keyOf(change), change);
    }
    for (const fact of facts.reverse()) await writer.write([fact]);
  });
  afterAll(() => on.drop());

  async function read(filter: HistoryFilter): Promise<{ changes: Change[]; progress: HistoryProgress[] }> {
    const changes: Change[] = [];
    const progress: HistoryProgress[] = [];
    await latestEvents(on.warehouse, { pageSize: 7, ...filter }, async (batch, at) => {
      changes.push(...batch);
      progress.push(at);
    });
    return { changes, progress };
  }

  /** What a change says, apart from how its time was written. */
  const meaning = (change: Change): unknown => {
    const { time: _time, ...event } = change.event;
    return { ...change, event };
  };

  test.each([1, 7, 1000])(
    'hands over every version of every record, oldest first, %i a page',
    async (size) => {
      const versions: string[] = [];
      for await (const page of allEvents(on.warehouse, size)) {
        expect(page.length).toBeLessThanOrEqual(size);
        for (const { tenant, entity, id, event } of page) {
          const checked = checkEvent(event, { tenant: null, now: Date.now() });
          expect(checked).toMatchObject({ ok: true, change: { tenant, entity, id } });
          if (checked.ok) versions.push(`${keyOf(checked.change)} ${checked.change.version}`);
        }
      }
      expect(versions).toEqual(all.map((change) => `${keyOf(change)} ${change.version}`).sort());
      expect(await tenantsIn(on.warehouse)).toEqual([...new Set(all.map(({ tenant }) => tenant))].sort());
      expect(await countEvents(on.warehouse)).toBeGreaterThanOrEqual(all.length);
    },
  );

  test('hands over the newest version of every record, as it was', async () => {
    const { changes, progress } = await read({ entities: ['contract'] });
    const expected = [...newest.values()].filter(({ entity }) => entity === 'contract');
    const sorted = (list: Change[]): unknown[] =>
      [...list].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).map(meaning);
    expect(sorted(changes)).toEqual(sorted(expected));
    expect(changes.filter(({ kind }) => kind === 'deletion')).toHaveLength(5);
    expect(progress.at(-1)).toEqual({
      records: 26,
      skipped: 0,
      last: { tenant: 'other', entity: 'contract', id: 'z' },
    });
  });

  test('by tenant, and on from a record', async () => {
    const { changes, progress } = await read({ tenant: 'acme', entities: ['contract', 'department'] });
    expect(changes).toHaveLength(26);
    expect(new Set(changes.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
    const after = progress[1]?.last;
    const rest = await read({ tenant: 'acme', entities: ['contract', 'department'], after });
    const handled = progress[1]?.records ?? 0;
    expect(handled).toBeGreaterThan(0);
    expect(rest.changes).toEqual(changes.slice(handled));
  });

  test('no entity, no record', async () => {
    expect((await read({ entities: [] })).changes).toEqual([]);
  });
});
