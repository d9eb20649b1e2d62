/** Random questions to a world: parameters that each report takes, and callers of every permission. */
import { addDays, addMonths, monthOf, monthsRange, yearOf } from '../dates';
import { PRESETS } from '../period';
import type { ModelCaller, ModelContext, ReportParams } from '../question';
import type { World } from '../world';
import { localMidnight, Times } from './times';
import { Random } from './random';

const METRICS: Readonly<Record<string, readonly string[]>> = {
  'contract-target-completion': ['contract-amount', 'receivable-amount'],
  'goal-completion-rate': ['contract-amount', 'receivable-amount'],
  'goal-completion': ['contract-amount', 'receivable-amount'],
  'dashboard-leaderboard': [
    'rank-receivable-amount',
    'rank-contract-amount',
    'rank-contract-count',
    'rank-new-customers',
    'rank-new-contacts',
    'rank-follow-ups',
  ],
};
const YEARLY: readonly string[] = [
  'contract-count-trend',
  'contract-amount-trend',
  'receivable-amount-trend',
  'contract-summary',
  'invoice-statistics',
  'goal-completion',
];
const PAGED: readonly string[] = ['amount-ratio-detail', 'product-sales'];
const FUNNELS: readonly string[] = ['dashboard-funnel', 'sales-funnel'];
const BY_CATEGORY: readonly string[] = ['product-sales', 'product-category-sales'];

const isBoard = (report: string): boolean => report.startsWith('rank-') || report === 'dashboard-leaderboard';

export const PERMISSIONS = ['all', 'self', 'self-and-subordinates', 'department', 'department-tree'] as const;

/** A caller: any permission, mostly of an employee who exists. */
export function randomCaller(random: Random, world: World): ModelCaller {
  const permission = random.pick(['all', 'all', 'all', ...PERMISSIONS] as const);
  const employees = world.all('employee').map((employee) => employee.id);
  const missing = permission === 'all' ? 0.6 : 0.03;
  return { permission, employeeId: random.chance(0.03) ? 'u-nobody' : random.maybe(employees, missing) };
}

function period(random: Random, report: string, today: string, times: Times): ReportParams {
  if (report === 'forgotten-customers') return {};
  if (YEARLY.includes(report)) {
    return random.chance(0.3) ? {} : { year: yearOf(today) - random.pick([0, 0, 1, 2]) };
  }
  if (random.chance(0.1)) return {};
  if (random.chance(0.65)) return { preset: random.pick([...PRESETS, 'month', 'quarter', 'year', 'year']) };
  if (random.chance(0.3)) return monthsRange(addMonths(monthOf(today), -random.int(0, 14)), monthOf(today));
  const start = times.date();
  const end = random.chance(0.5) ? addDays(start, random.int(0, 45)) : times.date();
  return start <= end ? { from: start, to: end } : { from: end, to: start };
}

function scope(random: Random, report: string, world: World): ReportParams {
  const departments = world.all('department').map((department) => department.id);
  const employees = world.all('employee').map((employee) => employee.id);
  const ways: (() => ReportParams)[] = [() => ({}), () => ({}), () => ({})];
  if (departments.length > 0) ways.push(() => ({ departmentId: random.pick(departments) }));
  if (!isBoard(report)) {
    if (employees.length > 0) ways.push(() => ({ employeeId: random.pick(employees) }));
    if (report !== 'goal-completion') {
      ways.push(() => ({
        scope: random.pick(['self', 'self-and-subordinates', 'department', 'department-tree'] as const),
      }));
    }
  }
  return random.pick(ways)();
}

function specials(random: Random, report: string, world: World): ReportParams {
  const params: ReportParams = {};
  const metrics = METRICS[report];
  if (metrics && random.chance(0.7)) params.metric = random.pick(metrics);
  const pipelines = world.all('pipeline').map((pipeline) => pipeline.id);
  if (FUNNELS.includes(report)) params.pipelineId = random.maybe(pipelines, 0.5) ?? undefined;
  const categories = world.all('product-category').map((category) => category.id);
  if (BY_CATEGORY.includes(report)) params.categoryId = random.maybe(categories, 0.5) ?? undefined;
  if (report === 'goal-completion') params.subjectType = random.pick(['department', 'employee', undefined]);
  if (PAGED.includes(report) && random.chance(0.5)) {
    params.limit = random.int(1, 5);
    params.offset = random.int(0, 6);
  }
  if (isBoard(report) && random.chance(0.3)) params.limit = random.int(1, 5);
  return params;
}

/**
 * A valid question to a report. Absent parameters are absent keys.
 *
 * The clock stands anywhere on the day the world is dated around; one question in six is asked `today=`
 * another day.
 */
export function randomQuestion(
  seed: number,
  report: string,
  { world, today, timeZone }: { world: World; today: string; timeZone: string },
): { params: ReportParams; ctx: ModelContext } {
  const random = new Random(seed);
  const asOf = random.chance(1 / 6) ? addDays(today, random.int(-200, 20)) : today;
  const times = new Times(random, asOf, timeZone);
  const asked: ReportParams = {
    ...period(random, report, asOf, times),
    ...scope(random, report, world),
    ...specials(random, report, world),
    ...(asOf === today ? {} : { today: asOf }),
  };
  if (asked.employeeId !== undefined) delete asked.subjectType;
  const params = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  ) as ReportParams;
  const now = localMidnight(today, timeZone) + random.int(0, 82_000_000);
  const boardVisibility = random.chance(0.25) ? 'permission' : 'everybody';
  return { params, ctx: { timeZone, now, caller: randomCaller(random, world), boardVisibility } };
}
