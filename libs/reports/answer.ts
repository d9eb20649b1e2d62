/** From a report's id and raw parameters to its answer. */
import { customPeriod, dayOf, type Day, type Period, type Range } from '#calendar';
import { openCaller, type Caller } from '#access';
import type { BoardMetric } from '#metrics';
import { BadParameters, UnknownReport } from './errors';
import { answeredFrom, KeptReadings } from './kept';
import { mainPartsOf } from './newest';
import type { Org } from './org';
import { parseQuery, type BaseQuery, type BoardQuery, type RawQuery, type YearQuery } from './parameters';
import { answerPeriod, periodOf, yearOf } from './period';
import { ranking, type LeaderboardRow } from './ranking';
import { reportOf } from './registry';
import type { AnyReport, ReportAnswer } from './report';
import { readOrg, Run, type ReportContext } from './run';
import { mustExist, needsNoOrg, resolveScope, UNRESTRICTED, type Scope, type ScopeFilter } from './scope';

/**
 * Answers a report. `query` holds the parameters as they came; freshness is added by whoever serves it.
 * @throws UnknownReport | BadParameters | NotFound, and the warehouse's errors.
 */
export async function runReport(id: string, query: RawQuery, context: ReportContext): Promise<ReportAnswer> {
  const report = findReport(id);
  const parsed = parseQuery(report.query, query);
  return answeredFrom(context.warehouse, tagOf(report, context), async (kept) => {
    const run = await prepare(report, parsed, context, { kept });
    const { period, ...body } = await report.run(run as Run<never>);
    const shown = period ?? (report.period.kind === 'none' ? undefined : answerPeriod(run.period, run.zone));
    return { report: id, ...(shown ? { period: shown } : {}), ...body };
  });
}

export interface BoardPeriod extends Range {
  /** A department with its sub-departments; absent: everybody. */
  departmentId?: string | undefined;
  /** Leaves out what is dated on this day. */
  without?: Day | undefined;
}

/**
 * All rows of a board from the warehouse: what the live counters answer for the windows they keep, for
 * any period, under the same rules of who may see it.
 * @throws NotFound, and the warehouse's errors.
 */
export async function leaderboardRows(
  context: ReportContext,
  board: BoardMetric,
  { from, to, departmentId, without }: BoardPeriod,
): Promise<LeaderboardRow[]> {
  const period = customPeriod(from, to);
  const run = await prepare<BoardQuery>(findReport(board.id), { departmentId }, context, { period });
  return ranking(run, board, without);
}

/** @throws UnknownReport */
export function findReport(id: string): AnyReport {
  const report = reportOf(id);
  if (!report) throw new UnknownReport(id);
  return report;
}

const tagOf = ({ id }: AnyReport, { tenant }: ReportContext): { report: string; tenant: string } => ({
  report: id,
  tenant: tenant.id,
});

interface Given {
  /** Instead of the one that the query names. */
  period?: Period;
  kept?: KeptReadings;
}

/**
 * Settles what a question is about: day, period and scope.
 * @throws BadParameters | NotFound
 */
export async function prepare<Q extends BaseQuery>(
  report: AnyReport,
  query: Q,
  context: ReportContext,
  given: Given = {},
): Promise<Run<Q>> {
  const { zone } = context.tenant;
  const today = query.today === undefined ? zone.dayAt(context.now) : dayOf(query.today);
  const period = given.period ?? settlePeriod(report, query, today);
  const tag = tagOf(report, context);
  const kept = given.kept ?? new KeptReadings(context.warehouse, tag);
  let reading: Promise<Org> | undefined;
  const org = (): Promise<Org> => (reading ??= readOrg(tag.tenant, kept));
  const filter = scopeFilter(query);
  const [main, scope] = await Promise.all([
    mainPartsOf(context.warehouse, tag, context.reading),
    settleScope(report, filter, context, org),
  ]);
  return new Run({ report: report.id, context, query, today, period, scope, main, kept, org });
}

function settlePeriod({ period }: AnyReport, query: BaseQuery, today: Day): Period {
  switch (period.kind) {
    case 'period':
      return periodOf(query, period.standard, today);
    case 'year':
      return yearOf((query as YearQuery).year, today);
    case 'none':
      return periodOf({}, 'today', today);
  }
}

const SCOPE_PARAMETERS = ['departmentId', 'employeeId', 'scope'] as const;

/** @throws BadParameters when the scope is given twice. */
function scopeFilter(query: BaseQuery): ScopeFilter {
  const filter = query as ScopeFilter;
  const given = SCOPE_PARAMETERS.filter((parameter) => filter[parameter] !== undefined);
  if (given.length > 1) {
    throw new BadParameters(
      given.map((parameter) => ({ parameter, detail: `is given beside another scope: ${given.join(', ')}` })),
    );
  }
  return filter;
}

async function settleScope(
  report: AnyReport,
  filter: ScopeFilter,
  context: ReportContext,
  org: () => Promise<Org>,
): Promise<Scope> {
  const viewer = report.board ? boardViewer(context) : context.caller;
  if (needsNoOrg(filter, viewer)) return UNRESTRICTED;
  const known = await org();
  if (viewer === context.caller) return resolveScope(filter, viewer, known);
  // Everybody sees the board whole, yet only who may see everything is told that an id is unknown.
  if (filter.departmentId !== undefined) {
    const exists = known.departments.has(filter.departmentId);
    mustExist(context.caller, exists, 'departmentId');
    if (!exists) return { people: new Set(), selectors: [], targets: { type: 'department', ids: new Set() } };
  }
  return resolveScope(filter, viewer, known);
}

/** As whom a board is looked at: leaderboards are for everybody to see unless the tenant says otherwise. */
function boardViewer({ caller, tenant, boardVisibility }: ReportContext): Caller {
  return boardVisibility === 'permission' ? caller : openCaller(tenant.id);
}
