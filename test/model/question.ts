/** What is asked: the parameters of a report and who asks when, and the answer's shape. */
import { dateAt, yearOf } from './dates';
import { customPeriod, presetPeriod, yearPeriod, type Period, type Preset } from './period';
import { resolveScope, type Scope } from './scope';
import type { World } from './world';

/** The query parameters of a report, a board or a list of records. */
export interface ReportParams {
  preset?: Preset;
  from?: string;
  to?: string;
  today?: string;
  year?: number;
  departmentId?: string;
  employeeId?: string;
  scope?: 'self' | 'self-and-subordinates' | 'department' | 'department-tree';
  pipelineId?: string;
  categoryId?: string;
  metric?: string;
  subjectType?: 'department' | 'employee';
  limit?: number;
  offset?: number;
}

export interface ModelCaller {
  permission: 'all' | 'self' | 'self-and-subordinates' | 'department' | 'department-tree';
  employeeId: string | null;
}

export interface ModelContext {
  timeZone: string;
  /** Epoch milliseconds. */
  now: number;
  caller: ModelCaller;
  /** The setting `BOARD_VISIBILITY`; boards are for everybody to see unless it says `permission`. */
  boardVisibility?: 'everybody' | 'permission';
}

export type Row = Record<string, unknown>;

/** The parts of an answer that a report's definition asks for. */
export interface Parts {
  period?: Period;
  series?: Row[];
  rows?: Row[];
  totals?: Row;
  headline?: Row;
  page?: { offset: number; limit: number; total: number };
}

export interface Answer extends Parts {
  report: string;
}

/** A number of a report: its key, and what narrows it. */
export interface Cell {
  column?: string;
  bucket?: string;
  row?: string;
}

/** The records behind a number: distinct ids in order. */
export interface RecordSet {
  entity: string;
  ids: string[];
  /** Only for the lines of `customer-conversion`: a contract, or none, of each deal customer. */
  lines?: { customerId: string; contractId: string | null }[];
}

/** A report of the model: its answer, and the records behind its numbers (null: opens no list). */
export interface ReportModel {
  answer(q: Question): Parts;
  records(q: Question, cell: Cell): RecordSet | null;
}

export interface Question {
  report: string;
  world: World;
  params: ReportParams;
  ctx: ModelContext;
  timeZone: string;
  /** The day the report is evaluated as of. */
  today: string;
  period: Period;
  scope: Scope;
}

const DASHBOARD: readonly string[] = [
  'sales-briefing',
  'contract-target-completion',
  'data-summary',
  'dashboard-funnel',
  'goal-completion-rate',
  'dashboard-leaderboard',
];
const YEARLY: readonly string[] = [
  'contract-count-trend',
  'contract-amount-trend',
  'receivable-amount-trend',
  'contract-summary',
  'invoice-statistics',
  'goal-completion',
];

function periodOf(report: string, params: ReportParams, today: string, timeZone: string): Period {
  if (YEARLY.includes(report)) return yearPeriod(params.year ?? yearOf(today), timeZone);
  const { from, to } = params;
  if (from !== undefined && to !== undefined) return customPeriod({ from, to }, timeZone);
  const preset = params.preset ?? (DASHBOARD.includes(report) ? 'month' : 'year');
  return presetPeriod(preset, today, timeZone);
}

/** Settles what parameters and context mean. @throws NotFound */
export function ask(world: World, report: string, params: ReportParams, ctx: ModelContext): Question {
  const { timeZone } = ctx;
  const today = params.today ?? dateAt(ctx.now, timeZone);
  const period = periodOf(report, params, today, timeZone);
  const scope = resolveScope(world, params, ctx.caller);
  return { report, world, params, ctx, timeZone, today, period, scope };
}
