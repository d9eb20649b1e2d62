/** A report with all of its rows, whatever their number, for files. */
import { askedOf, type Asked } from './asked';
import { findReport, prepare } from './answer';
import { parseQuery, type RawQuery } from './parameters';
import type { AnyReport, Body, Values, WholeBody } from './report';
import type { ReportContext, Run } from './run';

export interface WholeReport {
  report: AnyReport;
  asked: Asked;
  /** The parts of the answer but for the rows. */
  body: Omit<Body, 'rows' | 'page'>;
  /** The rows of all pages in groups, in the order of the screen; null for a report without rows. */
  rows: AsyncIterable<readonly Values[]> | null;
}

/**
 * Answers a report with the rows of all pages; `limit` and `offset` of a paged one do not matter. Rows
 * of long tables are read while they are taken, so that errors of the warehouse can come there too.
 * @throws UnknownReport | BadParameters | NotFound, and the warehouse's errors.
 */
export async function runWholeReport(
  id: string,
  query: RawQuery,
  context: ReportContext,
): Promise<WholeReport> {
  const report = findReport(id);
  const run = await prepare(report, parseQuery(report.query, query), context);
  const [asked, { rows, ...body }] = await Promise.all([askedOf(report, run), wholeBody(report, run)]);
  return { report, asked: { ...asked, period: body.period ?? asked.period }, body, rows };
}

async function wholeBody(report: AnyReport, run: Run): Promise<WholeBody> {
  if (report.whole) return report.whole(run as Run<never>);
  const everything = { ...run.query, offset: 0, limit: Number.MAX_SAFE_INTEGER };
  const unpaged = report.paged ? run.with({ query: everything }) : run;
  const { rows, page: _page, ...body } = await report.run(unpaged as Run<never>);
  return { ...body, rows: rows ? inOneGroup(rows) : null };
}

async function* inOneGroup(rows: readonly Values[]): AsyncGenerator<readonly Values[]> {
  yield rows;
}
