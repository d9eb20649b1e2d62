/** What a question was about, in the words a file's name and cover need. */
import type { Caller } from '#access';
import { isoOf } from '#calendar';
import type { Org } from './org';
import type { ScopeName } from './parameters';
import { answerPeriod, type PeriodAnswer } from './period';
import type { AnyReport } from './report';
import type { Run } from './run';
import { permittedDepartments, permittedPeople, type ScopeFilter } from './scope';

export interface AskedScope {
  /** `everything`: no filter and no restriction; `permitted`: all that the caller may see. */
  kind: 'everything' | 'permitted' | 'department' | 'employee' | ScopeName;
  /** Name of the department or employee asked for; its id where the name is unknown or not for the caller. */
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
  const boardForAll = board === true && boardVisibility !== 'permission';
  if (employeeId !== undefined) {
    const org = await run.org();
    const name =
      boardForAll || seesEmployee(caller, org, employeeId) ? org.employees.get(employeeId)?.name : null;
    return { kind: 'employee', name: name ?? employeeId };
  }
  if (departmentId !== undefined) {
    const org = await run.org();
    const name =
      boardForAll || seesDepartment(caller, org, departmentId) ? org.departmentName(departmentId) : null;
    return { kind: 'department', name: name ?? departmentId };
  }
  if (scope !== undefined) return { kind: scope };
  return { kind: caller.permission === 'all' || boardForAll ? 'everything' : 'permitted' };
}

/** Who is out of sight keeps the name to themselves: the id is all that the caller has said. */
const seesEmployee = (caller: Caller, org: Org, id: string): boolean =>
  permittedPeople(caller, org).ids?.has(id) ?? true;

/** A department is known to whoever may see it, or anybody in it. */
function seesDepartment(caller: Caller, org: Org, id: string): boolean {
  const people = permittedPeople(caller, org).ids;
  if (people === null || permittedDepartments(caller, org)?.has(id)) return true;
  return [...people].some((person) => org.employees.get(person)?.departmentId === id);
}
