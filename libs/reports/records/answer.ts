/** From a cell of a report to the records behind it. */
import { findReport, prepare } from '../answer';
import { badParameter, Forbidden } from '../errors';
import {
  parseQuery,
  recordsQueryOf,
  type BaseQuery,
  type CellQuery,
  type QueryClass,
  type RawQuery,
} from '../parameters';
import { bucketRange } from '../period';
import type { AnyReport, DrillDown } from '../report';
import type { ReportContext, Run } from '../run';
import { narrowed, permittedPeople } from '../scope';
import { askedOf, type Asked } from '../asked';
import type { Column } from '../columns';
import { FILE_PAGE } from '../keyset';
import { columnsOf } from './columns';
import type { Drilled, LineList, RecordsPage } from './list';
import { readAllRecords, readRecords, readTotals } from './read';
import type { RecordRow } from './rows';

export interface RecordsAnswer extends RecordsPage {
  report: string;
  cell: { column: string; bucket?: string; row?: string };
}

type CellRun = Run<BaseQuery & CellQuery>;

const classes = new Map<string, QueryClass<BaseQuery & CellQuery>>();

function queryClassOf(report: AnyReport): QueryClass<BaseQuery & CellQuery> {
  let Class = classes.get(report.id);
  if (!Class) classes.set(report.id, (Class = recordsQueryOf(report.query)));
  return Class;
}

/** A cell opened: which records are behind it, and the question they belong to. */
interface Opened {
  report: AnyReport;
  cell: BaseQuery & CellQuery;
  column: string;
  /** The question as asked, and narrowed to the cell. */
  run: CellRun;
  narrowed: CellRun;
  drilled: Drilled;
}

async function open(id: string, query: RawQuery, context: ReportContext): Promise<Opened> {
  const report = findReport(id);
  const cell = parseQuery(queryClassOf(report), query);
  const column = cell.column ?? Object.keys(report.drill.records)[0] ?? '';
  // A board is for everybody to see, the records behind it are not.
  const run: CellRun = await prepare({ ...report, board: false }, cell, context);
  const narrowed = await narrowRow(report, narrowBucket(report, run));
  const drilled = await drill(report, narrowed, column);
  checkSearch(drilled, cell);
  return { report, cell, column, run, narrowed, drilled };
}

function cellOf({ cell: { bucket, row }, column }: Opened): RecordsAnswer['cell'] {
  return { column, ...(bucket === undefined ? {} : { bucket }), ...(row === undefined ? {} : { row }) };
}

/**
 * The records behind a number of a report, under the same scope and permission. `query` holds the
 * report's parameters, the cell (`column`, `bucket`, `row`) and the page, as they came.
 * @throws UnknownReport | BadParameters | NotFound | Forbidden, and the warehouse's errors.
 */
export async function runRecords(
  id: string,
  query: RawQuery,
  context: ReportContext,
): Promise<RecordsAnswer> {
  const opened = await open(id, query, context);
  return { report: id, cell: cellOf(opened), ...(await readPage(opened)) };
}

/** The records behind a number, of all pages, in the order of the screen. */
export interface WholeRecords {
  report: AnyReport;
  asked: Asked;
  cell: RecordsAnswer['cell'];
  columns: readonly Column[];
  totals: RecordsPage['totals'];
  /** Read while they are taken. */
  rows: AsyncIterable<readonly RecordRow[]>;
}

/**
 * As {@link runRecords} with all pages: `limit` and `offset` do not matter. What changes while the pages
 * are read may be in the list as it was or as it is; a record that changes its date or its owner just then
 * can be in it twice or not at all, and the totals are those of the beginning.
 */
export async function runWholeRecords(
  id: string,
  query: RawQuery,
  context: ReportContext,
): Promise<WholeRecords> {
  const opened = await open(id, query, context);
  const { report, run, narrowed, drilled, cell } = opened;
  const [asked, totals] = await Promise.all([
    askedOf({ ...report, board: false }, run),
    'readLines' in drilled
      ? drilled.readLines({ limit: 1 }).then(({ totals }) => totals)
      : readTotals(narrowed, drilled, cell),
  ]);
  return {
    report,
    asked,
    cell: cellOf(opened),
    columns: columnsOf(drilled),
    totals,
    rows: 'readLines' in drilled ? allLines(drilled) : readAllRecords(narrowed, drilled, cell),
  };
}

async function* allLines({ readLines }: LineList): AsyncGenerator<readonly RecordRow[]> {
  for (let offset = 0; ; offset += FILE_PAGE) {
    const { rows, page } = await readLines({ limit: FILE_PAGE, offset });
    if (rows.length > 0) yield rows;
    if (offset + FILE_PAGE >= page.total) return;
  }
}

function narrowBucket({ columns, drill }: AnyReport, run: CellRun): CellRun {
  const period = drill.axis ? drill.axis(run as Run<never>) : run.period;
  const { bucket } = run.query;
  if (bucket === undefined) return run.with({ period });
  if (!columns.series) throw badParameter('bucket', 'is given, but the report has none');
  const range = bucketRange(period, bucket);
  if (!range) throw badParameter('bucket', 'is none of the buckets of the period');
  return run.with({ period: { ...period, ...range } });
}

/** @throws Forbidden for a row of a board outside the caller's data permission. */
async function narrowRow({ drill, board }: AnyReport, run: CellRun): Promise<CellRun> {
  const { row } = run.query;
  if (row === undefined) return run;
  if (!drill.row) throw badParameter('row', 'is given, but the report has none');
  if (drill.row === 'other') return run;
  if (board) {
    const { ids } = permittedPeople(run.context.caller, await run.org());
    if (ids !== null && !ids.has(row)) {
      throw new Forbidden("The records behind this row lie outside the caller's data permission");
    }
  }
  return run.with({ scope: narrowed(run.scope, new Set([row])) });
}

/** @throws BadParameters when the column opens no list. */
async function drill({ drill }: AnyReport, run: CellRun, column: string): Promise<Drilled> {
  const { records, others } = drill as unknown as DrillDown<BaseQuery>;
  const row = run.query.row ?? null;
  const list = Object.hasOwn(records, column) ? records[column] : undefined;
  const drilled = list ? await list(run, row) : await others?.(run, column, row);
  if (drilled) return drilled;
  throw badParameter('column', `opens no list of records; those that do: ${Object.keys(records).join(', ')}`);
}

/** @throws BadParameters when a list is searched that cannot be. */
function checkSearch(drilled: Drilled, { search }: CellQuery): void {
  if (search !== undefined && !('entity' in drilled && drilled.entity === 'customer')) {
    throw badParameter('search', 'is given, but only lists of customers can be searched');
  }
}

const readPage = ({ drilled, narrowed, cell }: Opened): Promise<RecordsPage> =>
  'readLines' in drilled ? drilled.readLines(cell) : readRecords(narrowed, drilled, cell);
