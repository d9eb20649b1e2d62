/** Reports asked again: from what is kept while nothing has changed, and never from what has. */
import { ENTITY_NAMES, tableName } from '#crm';
import { REPORTS, runReport, type ReportContext } from '#reports';
import { FactsWriter, WarehouseRefused, Writes, type Warehouse } from '#warehouse';
import { randomQuestion } from '../model';
import { deletion, factOf } from '../support/facts';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantAroundMainParts, rawQuery, type Floor } from './floor';

/** Looks at the parts for each question, so that two questions are enough to see that nothing changes. */
const ALWAYS_LOOKING = { leastRows: 1, mostOutside: 1, smallPart: 1, longTable: 0, oldLookMs: -1 };
const LOOK = 'FROM system.parts';
/** What is asked to know whether anything has changed. */
const LOOKS = [LOOK, 'FROM system.mutations'];

let held: TestWarehouse;
let floor: Floor;

beforeAll(async () => {
  held = await testWarehouse('chdb');
  const [planted] = await plantAroundMainParts(held.warehouse, [
    // One with settings and all else that is few: of a table without rows nothing is kept where others can write.
    { seed: 8, timeZone: 'Asia/Shanghai', size: 20 },
  ]);
  if (!planted) throw new Error('nothing was planted');
  floor = planted;
});
afterAll(() => held.drop());

/**
 * Somebody who asks through a warehouse of their own, who has kept nothing yet; with the statements asked.
 * @param alone whether no other process can write to it.
 */
function asker(
  beforeEach: (statement: string) => Promise<void> = () => Promise.resolve(),
  alone = true,
): { warehouse: Warehouse; statements: string[] } {
  const statements: string[] = [];
  const warehouse = Object.create(
    held.warehouse,
    alone ? {} : { writes: { value: new Writes(false) } },
  ) as Warehouse;
  warehouse.query = async (statement, ...rest) => {
    await beforeEach(statement);
    statements.push(statement);
    return held.warehouse.query(statement, ...rest);
  };
  return { warehouse, statements };
}

const read = (statements: readonly string[]): number =>
  statements.filter((statement) => !LOOKS.some((look) => statement.includes(look))).length;

const ask = (warehouse: Warehouse, report: string, seed = 1): Promise<unknown> => {
  const { params, ctx } = randomQuestion(seed, report, floor);
  const context: ReportContext = { ...contextOf(warehouse, floor.tenant, ctx), reading: ALWAYS_LOOKING };
  return outcome(() => runReport(report, rawQuery(params), context));
};

let version = 9_000_000_000;

/** Deletes a fourth of an entity's records; one at least, where there are any. */
async function change(entity: (typeof ENTITY_NAMES)[number]): Promise<void> {
  const ids = await held.warehouse.query<{ id: string }>(
    `SELECT id FROM ${tableName(entity)} FINAL WHERE tenant = {tenant:String} ORDER BY cityHash64(id)`,
    { tenant: floor.tenant },
    { tag: { report: 'test', tenant: floor.tenant } },
  );
  const chosen = ids.slice(0, Math.ceil(ids.length / 4)).map(({ id }) => {
    const { change, ...fact } = deletion(entity, id, version++);
    return { ...fact, change: { ...change, tenant: floor.tenant } };
  });
  await new FactsWriter(held.warehouse).write(chosen);
}

test.each([
  ['this process', true],
  ['others', false],
])(
  'a report asked again reads nothing while nothing changes by %s, and is the reader’s own',
  async (_, alone) => {
    const { warehouse, statements } = asker(undefined, alone);
    for (const { id } of REPORTS) {
      const first = await ask(warehouse, id);
      expect(await ask(warehouse, id)).toEqual(first);
      statements.length = 0;
      const again = (await ask(warehouse, id)) as { rows?: object[]; series?: object[] };
      expect({ id, again, read: read(statements) }).toEqual({ id, again: first, read: 0 });
      for (const row of [...(again.rows ?? []), ...(again.series ?? [])])
        Object.assign(row, { changed: true });
      expect(await ask(warehouse, id)).toEqual(first);
    }
  },
  60_000,
);

/** Every entity, three groups of them. */
const GROUPS = [0, 1, 2].map((group) => ENTITY_NAMES.filter((_, index) => index % 3 === group));

test('every change is seen by all reports', async () => {
  const { warehouse, statements } = asker();
  const answers = async (from: Warehouse): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (const { id } of REPORTS) all.push(await ask(from, id));
    return all;
  };
  await answers(warehouse);
  let before = await answers(warehouse);
  for (const some of GROUPS) {
    for (const entity of some) await change(entity);
    statements.length = 0;
    const now = await answers(warehouse);
    expect({ some, now }).toEqual({ some, now: await answers(asker().warehouse) });
    expect(now).not.toEqual(before);
    before = now;
  }
}, 120_000);

test('what changes after a question has begun is answered as it is', async () => {
  let looks = 0;
  let whenToChange = Infinity;
  const { warehouse } = asker(async (statement) => {
    if (statement.includes(LOOK) && ++looks === whenToChange) {
      await new FactsWriter(held.warehouse).write(floor.events.map(factOf));
      await change('pool-move');
    }
  }, false);
  const REPORT = 'pool-customers';
  const asked = (): Promise<unknown> => ask(warehouse, REPORT, 3);
  await asked();
  const before = await asked();
  expect(await asked()).toEqual(before);
  // The first look of a question is the one by which it takes what is kept, the second confirms it.
  whenToChange = looks + 2;
  const after = await asked();
  expect(looks).toBeGreaterThanOrEqual(whenToChange);
  expect(after).toEqual(await ask(asker().warehouse, REPORT, 3));
  expect(after).not.toEqual(before);
});

test('who may not see the parts reads every time', async () => {
  const { warehouse, statements } = asker((statement) =>
    statement.includes(LOOK) ? Promise.reject(new WarehouseRefused('not yours', 497)) : Promise.resolve(),
  );
  const first = await ask(warehouse, 'sales-funnel');
  const needed = read(statements);
  expect(needed).toBeGreaterThan(0);
  for (let again = 2; again < 5; again++) {
    expect(await ask(warehouse, 'sales-funnel')).toEqual(first);
    expect(read(statements)).toBe(again * needed);
  }
});
