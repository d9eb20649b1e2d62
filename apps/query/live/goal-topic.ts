/**
 * Goal progress of the running month, quarter or year: what was done from the live counters, the
 * target from the goals, the same numbers as the report `goal-completion-rate`.
 */
import type { Caller } from '#access';
import type { Counters, WindowRef } from '#counters';
import { civil, isoOf, presetPeriod, windowBetween } from '#calendar';
import { boardOf, fromMinor, percent, TARGET_METRICS, toMinorExact, type TargetMetric } from '#metrics';
import type { Tenant } from '#platform';
import { resolveScope, type Scope } from '#reports';
import type { Directory } from '../directory';

export type GoalPreset = 'month' | 'quarter' | 'year';

export interface GoalSubject {
  /** `company`: everything there is; `permitted`: everything the caller may see. */
  type: 'company' | 'permitted' | 'department' | 'employee';
  id?: string;
}

export interface GoalProgress {
  period: { preset: GoalPreset; from: string; to: string; timeZone: string };
  subject: GoalSubject & { name?: string | null };
  metric: TargetMetric;
  target: string;
  done: string;
  rate: number | null;
}

/** The day-independent question behind one goals topic. */
export interface GoalQuestion {
  preset: GoalPreset;
  metric: TargetMetric;
  subject: GoalSubject;
  /** Numbers and targets are inside this one's data permission. */
  caller: Caller;
}

/** Null while the counters cannot answer for the window. */
export async function liveGoal(
  counters: Counters,
  directory: Directory,
  tenant: Tenant,
  { preset, metric, subject, caller }: GoalQuestion,
): Promise<GoalProgress | null> {
  const period = presetPeriod(preset, tenant.zone.dayAt(Date.now()));
  const window = windowBetween(period.from, period.to, preset);
  const board = boardOf(TARGET_METRICS[metric]);
  if (!window || !board || directory.zone !== tenant.zone.name) return null;
  const ref: WindowRef = { tenant: tenant.id, board: board.id, window: window.key };
  if (!(await counters.isLive(ref))) return null;
  const scope = resolveScope(filterOf(subject), caller, directory.org);
  const done = await doneBy(counters, ref, scope);
  const months = monthsIn(period.from, period.to);
  const target = targetOf(directory, metric, scope, civil(period.from).year, months);
  return {
    period: { preset, from: isoOf(period.from), to: isoOf(period.to), timeZone: tenant.zone.name },
    subject: { ...subject, ...nameOf(directory, subject) },
    metric,
    target: fromMinor(target),
    done: fromMinor(done),
    rate: percent(done, target),
  };
}

const filterOf = ({ type, id }: GoalSubject): { departmentId?: string; employeeId?: string } => {
  if (id === undefined) return {};
  return type === 'department' ? { departmentId: id } : { employeeId: id };
};

async function doneBy(counters: Counters, ref: WindowRef, { people }: Scope): Promise<bigint> {
  const cells = people === null ? await counters.cells(ref) : await counters.members(ref, [...people]);
  return cells.reduce((sum, { value }) => sum + BigInt(value), 0n);
}

/** Indexes 0-11 of the months of one year that a period covers. */
function monthsIn(from: number, to: number): number[] {
  const first = civil(from).month - 1;
  const last = civil(to).month - 1;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** By the same rule as the reports (R14); several goals of one subject add up. */
function targetOf(
  { goals }: Directory,
  metric: TargetMetric,
  { targets }: Scope,
  year: number,
  months: number[],
): bigint {
  let sum = 0n;
  for (const goal of goals.values()) {
    if (goal.metric !== metric || goal.year !== year) continue;
    const wanted = goal.subjectType === targets.type && (targets.ids?.has(goal.subjectId) ?? true);
    if (wanted) for (const month of months) sum += toMinorExact(goal.months[month] ?? '0');
  }
  return sum;
}

function nameOf({ org }: Directory, { type, id }: GoalSubject): { name?: string | null } {
  if (id === undefined) return {};
  const from = type === 'department' ? org.departments : org.employees;
  return { name: from.get(id)?.name ?? null };
}
