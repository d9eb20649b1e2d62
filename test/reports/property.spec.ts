/**
 * Every report against the model, which computes it plainly from a list of records: random
 * organisations and records, all presets, custom ranges, scopes, filters and permissions, in three zones.
 */
import { REPORTS, runReport } from '#reports';
import { naiveReport, randomQuestion, REPORT_IDS } from '../model';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantFloor, rawQuery, type Floor } from './floor';

const FLOORS = [
  { seed: 1, timeZone: 'Asia/Shanghai', size: 12 },
  { seed: 2, timeZone: 'America/New_York', size: 30 },
  { seed: 3, timeZone: 'Asia/Kolkata', size: 20 },
];
const QUESTIONS = Number(process.env['REPORT_QUESTIONS'] ?? 25);

let held: TestWarehouse;
const floors: Floor[] = [];

beforeAll(async () => {
  held = await testWarehouse('chdb');
  for (const { seed, ...options } of FLOORS) floors.push(await plantFloor(held.warehouse, seed, options));
});
afterAll(() => held.drop());

test('the model knows all reports', () => {
  expect(REPORTS.map(({ id }) => id).sort()).toEqual([...REPORT_IDS].sort());
});

describe.each(REPORTS.map(({ id }) => id))('%s', (id) => {
  test('answers as the model does', async () => {
    for (const [index, floor] of floors.entries()) {
      for (let question = 0; question < QUESTIONS; question++) {
        const seed = index * 100_000 + question;
        const { params, ctx } = randomQuestion(seed, id, floor);
        const asked = { floor: floor.tenant, seed, params, ctx };
        const expected = await outcome(() => naiveReport(floor.world, id, params, ctx));
        const answered = await outcome(() =>
          runReport(id, rawQuery(params), contextOf(held.warehouse, floor.tenant, ctx)),
        );
        expect({ asked, answer: JSON.parse(JSON.stringify(answered)) as unknown }).toEqual({
          asked,
          answer: JSON.parse(JSON.stringify(expected)) as unknown,
        });
      }
    }
  }, 240_000);
});
