/** Answers of all reports, and the records behind them, are what the OpenAPI document says they are. */
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { catalogue, REPORTS, runRecords, runReport } from '#reports';
import { openApiDocument } from '../../apps/query/openapi/document';
import { randomQuestion } from '../model';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantFloor, rawQuery, type Floor } from './floor';

const QUESTIONS = 3;
const { paths, components } = openApiDocument();
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const freshness = { asOf: '2026-05-20T02:00:00.000Z', lagMs: 5 };

let held: TestWarehouse;
let floor: Floor;

beforeAll(async () => {
  held = await testWarehouse('chdb');
  floor = await plantFloor(held.warehouse, 21, { timeZone: 'Asia/Shanghai', size: 30 });
});
afterAll(() => held.drop());

/** Checks what an operation answers as JSON. */
function checkOf(path: string): ValidateFunction {
  const answer = paths[path]?.['get']?.responses['200'] as {
    content: { 'application/json': { schema: object } };
  };
  return ajv.compile({ components, ...answer.content['application/json'].schema });
}

test.each(REPORTS.map((report) => [report.id, report] as const))(
  '%s',
  async (id, { drill }) => {
    const [isAnswer, isRecords] = [checkOf(`/v1/reports/${id}`), checkOf(`/v1/reports/${id}/records`)];
    let answered = 0;
    for (let seed = 700_000; seed < 700_000 + QUESTIONS; seed++) {
      const { params, ctx } = randomQuestion(seed, id, floor);
      const context = contextOf(held.warehouse, floor.tenant, ctx);
      const asked = rawQuery(params);
      const answer = (await outcome(() => runReport(id, asked, context))) as object;
      if ('notFound' in answer) continue;
      answered += 1;
      const sent: unknown = JSON.parse(JSON.stringify({ ...answer, freshness }));
      expect({ asked, right: isAnswer(sent), errors: isAnswer.errors }).toEqual({
        asked,
        right: true,
        errors: null,
      });
      const [column = ''] = Object.keys(drill.records);
      const { limit: _limit, offset: _offset, ...rest } = asked;
      const row = id === 'satisfaction-product' ? { row: 'product-1' } : {};
      const records = (await outcome(() => runRecords(id, { ...rest, column, ...row }, context))) as object;
      if ('notFound' in records) continue;
      const list: unknown = JSON.parse(JSON.stringify({ ...records, freshness }));
      expect({ asked, right: isRecords(list), errors: isRecords.errors }).toEqual({
        asked,
        right: true,
        errors: null,
      });
    }
    expect(answered).toBeGreaterThan(0);
  },
  240_000,
);

test.each([undefined, 'zh-CN', 'en'] as const)('the catalogue, labels in %s', (language) => {
  const isCatalogue = checkOf('/v1/reports');
  const sent: unknown = JSON.parse(JSON.stringify(catalogue(language)));
  expect({ right: isCatalogue(sent), errors: isCatalogue.errors }).toEqual({ right: true, errors: null });
});
