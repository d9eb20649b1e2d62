/** What a question was about, in the words a file's name and cover need. */
import { isoOf } from '#calendar';
import type { ScopeName } from './parameters';
import { answerPeriod, type PeriodAnswer } from './period';
import type { AnyReport } from './report';
import type { Run } from './run';
import type { ScopeFilter } from './scope';

export interface AskedScope {
  /** `everything`: no filter and no restriction; `permitted`: all that the caller may see. */
  kind: 'everything' | 'permitted' | 'department' | 'employee' | ScopeName;
  /** Name of the department or employee asked for; its id where the name is unknown. */
  name?: string;
}

export interface Asked {
  /** Null for a report without period. */
  period: PeriodAnswer | null;
  /** The day the report was evaluated as of. */
  today: string;
  scope: AskedScope;
  /** The parameters given. */
  query: Readonly<Record<string, unknown>>;
}

export async function askedOf(report: AnyReport, run: Run): Promise<Asked> {
  return {
    period: report.period.kind === 'none' ? null : answerPeriod(run.period, run.zone),
    today: isoOf(run.today),
    scope: await askedScope(report, run),
    query: { ...run.query },
  };
}

async function askedScope({ board }: AnyReport, run: Run): Promise<AskedScope> {
  const { departmentId, employeeId, scope } = run.query as ScopeFilter;
  const { caller, boardVisibility } = run.context;
  if (employeeId !== undefined) {
    const employee = (await run.org()).employees.get(employeeId);
    return { kind: 'employee', name: employee?.name ?? employeeId };
  }
  if (departmentId !== undefined) {
    return { kind: 'department', name: (await run.org()).departmentName(departmentId) ?? departmentId };
  }
  if (scope !== undefined) return { kind: scope };
  const whole = caller.permission === 'all' || (board === true && boardVisibility !== 'permission');
  return { kind: whole ? 'everything' : 'permitted' };
}
