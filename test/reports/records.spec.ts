/**
 * The records behind every number that opens a list: the same ones as the model's, and as many of them,
 * or of the same sum, as the number says.
 */
import { Forbidden, REPORTS, runRecords, runReport, type RecordsAnswer } from '#reports';
import {
  Forbidden as ModelForbidden,
  naiveRecords,
  randomQuestion,
  type Cell,
  type ModelContext,
  type RecordSet,
  type ReportParams,
} from '../model';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantFloor, rawQuery, type Floor } from './floor';

const FLOORS = [
  { seed: 11, timeZone: 'Asia/Kolkata', size: 25 },
  { seed: 12, timeZone: 'America/New_York', size: 15 },
];
const QUESTIONS = Number(process.env['RECORDS_QUESTIONS'] ?? 3);
const PAGE = 1000;

let held: TestWarehouse;
const floors: Floor[] = [];

beforeAll(async () => {
  held = await testWarehouse('chdb');
  for (const { seed, ...options } of FLOORS) floors.push(await plantFloor(held.warehouse, seed, options));
});
afterAll(() => held.drop());

type Values = Record<string, unknown>;

interface Parts {
  series?: Values[];
  rows?: Values[];
  headline?: Values;
  totals?: Values;
}

const ROW_KEYS = ['employeeId', 'productId', 'contractId', 'stageId', 'subjectId', 'value', 'categoryId'];

/** A row's id or value; what has no category goes by its name. */
function rowKey(row: Values): string {
  const key = ROW_KEYS.find((key) => key in row && key !== 'value') ?? 'value';
  return String(row[key] ?? row['categoryName']);
}

/** Cells of a column to look behind: the whole column, a bucket of it and a row of it, where there are. */
function cellsOf(id: string, column: string, { series = [], rows = [] }: Parts, pick: number): Cell[] {
  const bucket = series.filter((item) => column in item)[pick % Math.max(series.length, 1)];
  const row = rows.filter((item) => column in item)[pick % Math.max(rows.length, 1)];
  // A number that stands in rows alone, without totals, has no list of its own.
  const whole = id === 'satisfaction-product' ? [] : [{ column }];
  return [
    ...whole,
    ...(bucket ? [{ column, bucket: String(bucket['bucket']) }] : []),
    ...(row ? [{ column, row: rowKey(row) }] : []),
  ];
}

/** The number in a cell, where the answer shows it; undefined for ratios and for what is no one number. */
function numberIn(
  { series = [], rows = [], headline, totals = {} }: Parts,
  { column = '', bucket, row }: Cell,
): unknown {
  const from =
    bucket !== undefined
      ? series.find((item) => item['bucket'] === bucket)
      : row !== undefined
        ? rows.find((item) => rowKey(item) === row)
        : (headline ?? totals);
  const value = from?.[column];
  return typeof value === 'object' && value !== null ? (value as Values)['value'] : value;
}

const RATIOS = ['dealRate', 'conversionRate', 'winRate', 'avgDays', 'rate'];

/** What the totals of a list say the number is: the sum of what it sums, else the count. */
function explained(column: string, number: unknown, { totals }: RecordsAnswer): unknown {
  if (typeof number === 'string') {
    const added = {
      amount: totals['lineAmount'],
      quantity: totals['lineQuantity'],
      plannedAmount: totals['openAmount'],
    };
    return added[column as keyof typeof added] ?? totals['quantity'] ?? totals['amount'];
  }
  return totals['counted'] ?? totals['followers'] ?? totals['count'];
}

async function readRecords(
  id: string,
  floor: Floor,
  asked: ReportParams & Cell,
  ctx: ModelContext,
): Promise<unknown> {
  const query = rawQuery({ ...asked, limit: PAGE, offset: 0 });
  return outcome(async () => {
    try {
      return await runRecords(id, query, contextOf(held.warehouse, floor.tenant, ctx));
    } catch (error) {
      if (error instanceof Forbidden) return 'forbidden';
      throw error;
    }
  });
}

async function modelRecords(
  id: string,
  floor: Floor,
  asked: ReportParams & Cell,
  ctx: ModelContext,
): Promise<unknown> {
  return outcome(() => {
    try {
      return naiveRecords(floor.world, id, asked, ctx);
    } catch (error) {
      if (error instanceof ModelForbidden) return 'forbidden';
      throw error;
    }
  });
}

/** Ids in order, or the pairs of lines; anything that is no list stays as it is. */
function identities(records: unknown): unknown {
  if (typeof records !== 'object' || records === null) return records;
  if ('lines' in records) {
    return (records as Required<RecordSet>).lines.map((l) => `${l.customerId}/${l.contractId ?? ''}`).sort();
  }
  if ('ids' in records) return [...(records as RecordSet).ids].sort();
  if (!('rows' in records)) return records;
  const { rows, cell } = records as RecordsAnswer;
  return rows
    .map((row) =>
      cell.column === 'conversionRate'
        ? `${String(row['customerId'])}/${(row['id'] as string | null) ?? ''}`
        : row['id'],
    )
    .sort();
}

describe.each(REPORTS.map(({ id, drill }) => [id, Object.keys(drill.records)] as const))(
  '%s',
  (id, columns) => {
    test('lists what its numbers count', async () => {
      for (const [index, floor] of floors.entries()) {
        for (let question = 0; question < QUESTIONS; question++) {
          const seed = 500_000 + index * 100_000 + question;
          const { params, ctx } = randomQuestion(seed, id, floor);
          const context = contextOf(held.warehouse, floor.tenant, ctx);
          const answer = (await outcome(() => runReport(id, rawQuery({ ...params }), context))) as Parts;
          if ('notFound' in answer) continue;
          const { limit: _limit, offset: _offset, ...rest } = params;
          for (const cell of columns.flatMap((column) => cellsOf(id, column, answer, seed))) {
            const asked = { ...rest, ...cell };
            const found = await readRecords(id, floor, asked, ctx);
            const expected = await modelRecords(id, floor, asked, ctx);
            expect({ asked, ctx, ids: identities(found) }).toEqual({ asked, ctx, ids: identities(expected) });
            const number = numberIn(answer, cell);
            if (
              number === undefined ||
              number === null ||
              RATIOS.includes(cell.column ?? '') ||
              found === 'forbidden'
            )
              continue;
            expect({
              asked,
              ctx,
              number: explained(cell.column ?? '', number, found as RecordsAnswer),
            }).toEqual({ asked, ctx, number });
          }
        }
      }
    }, 240_000);
  },
);
