/**
 * Every report against the model, which computes it plainly from a list of records: random
 * organisations and records, all presets, custom ranges, scopes, filters and permissions, in three zones.
 */
import { REPORTS, runReport } from '#reports';
import { naiveReport, randomQuestion, REPORT_IDS } from '../model';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantAroundMainParts, plantFloor, rawQuery, type Floor } from './floor';

const FLOORS = [
  { seed: 1, timeZone: 'Asia/Shanghai', size: 12 },
  { seed: 2, timeZone: 'America/New_York', size: 30 },
  { seed: 3, timeZone: 'Asia/Kolkata', size: 20 },
];
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const QUESTIONS = Number(process.env['REPORT_QUESTIONS'] ?? 25);

let byFinal: TestWarehouse;
let byMainPart: TestWarehouse;
const floors: Floor[] = [];

beforeAll(async () => {
  byFinal = await testWarehouse('chdb');
  for (const { seed, ...options } of FLOORS) floors.push(await plantFloor(byFinal.warehouse, seed, options));
  byMainPart = await testWarehouse('chdb');
  await plantAroundMainParts(byMainPart.warehouse, FLOORS);
}, 240_000);
afterAll(async () => {
  await byFinal.drop();
  await byMainPart.drop();
});

/** However few rows a table has, and however many of them outside its main part. */
const ALWAYS_BY_MAIN_PART = { leastRows: 1, mostOutside: 1, smallPart: 1, longTable: 0 };

test('the model knows all reports', () => {
  expect(REPORTS.map(({ id }) => id).sort()).toEqual([...REPORT_IDS].sort());
});

test('the worlds are large enough to be read by date', async () => {
  for (const [table, date] of [
    ['contract', 'order_date'],
    ['activity', 'created_at'],
  ]) {
    const latest = `(SELECT max(${date}) FROM ${table} WHERE tenant = 'floor-2')`;
    const plan = await byMainPart.warehouse.query<{ explain: string }>(
      `EXPLAIN SELECT min(${date}) FROM ${table} WHERE tenant = 'floor-2' AND ${date} >= ${latest}`,
      {},
      { tag: { report: 'test', tenant: '' } },
    );
    expect(plan.map(({ explain }) => explain).join('\n')).toContain('(by_date)');
  }
});

describe.each(REPORTS.map(({ id }) => id))('%s', (id) => {
  test('answers as the model does', async () => {
    for (const [index, floor] of floors.entries()) {
      for (let question = 0; question < QUESTIONS; question++) {
        const seed = index * 100_000 + question;
        const { params, ctx } = randomQuestion(seed, id, floor);
        const asked = { floor: floor.tenant, seed, params, ctx };
        const expected = await outcome(() => naiveReport(floor.world, id, params, ctx));
        const context = contextOf(byFinal.warehouse, floor.tenant, ctx);
        const answered = await outcome(() => runReport(id, rawQuery(params), context));
        const readOtherwise = { ...context, warehouse: byMainPart.warehouse, reading: ALWAYS_BY_MAIN_PART };
        const again = await outcome(() => runReport(id, rawQuery(params), readOtherwise));
        expect(plain({ asked, answered, again })).toEqual(
          plain({ asked, answered: expected, again: expected }),
        );
      }
    }
  }, 240_000);
});
