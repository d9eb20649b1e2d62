/** Whose records count: filter ∩ data permission (R13, section 5 of the metric catalogue). */
import type { Employee } from '#crm';
import { NotFound } from './errors';
import { compareText } from './exact';
import { departmentTree, membersOf, reportingLine } from './organisation';
import type { ModelCaller, ReportParams } from './question';
import type { World } from './world';

/** Ids that are covered; null is no restriction at all. */
export type IdSet = ReadonlySet<string> | null;

export interface Scope {
  /** The people whose records count. */
  people: IdSet;
  /** The people the permission covers, whatever the filter. */
  permitted: IdSet;
  /** Whose targets add up to the scope's target (R14). */
  targets: { subjectType: 'department' | 'employee'; subjects: IdSet };
}

const NOBODY: ReadonlySet<string> = new Set();

/** Whether an owner or author counts; a record without one is in nobody's numbers (R3). */
export const covers = (set: IdSet, id: string | null | undefined): id is string =>
  typeof id === 'string' && (set === null || set.has(id));

export function intersect(a: IdSet, b: IdSet): IdSet {
  if (a === null) return b;
  if (b === null) return a;
  return new Set([...a].filter((id) => b.has(id)));
}

/** The caller's own record; undefined when permission fails closed for it. */
function callersRecord(world: World, caller: ModelCaller): Employee | undefined {
  const employee = world.get('employee', caller.employeeId);
  return employee?.status === 'disabled' ? undefined : employee;
}

/** A named employee who cannot be let in sees nothing; a caller that is no employee may hold only `all`. */
const isShutOut = (world: World, caller: ModelCaller): boolean =>
  caller.employeeId === null ? caller.permission !== 'all' : !callersRecord(world, caller);

type Extent = 'self' | 'self-and-subordinates' | 'department' | 'department-tree';

/**
 * Departments an extent spans, seen from an employee. A department that is unknown or deleted is no
 * department: its members see nothing (permission fails closed).
 */
function departmentsFrom(world: World, employee: Employee | undefined, extent: Extent): Set<string> {
  const own = employee?.departmentId;
  if (typeof own !== 'string' || !world.has('department', own)) return new Set();
  if (extent === 'department') return new Set([own]);
  return extent === 'department-tree' ? departmentTree(world, own) : new Set();
}

function peopleFrom(world: World, employee: Employee | undefined, extent: Extent): ReadonlySet<string> {
  if (!employee) return NOBODY;
  if (extent === 'self') return new Set([employee.id]);
  if (extent === 'self-and-subordinates') return reportingLine(world, employee.id);
  return membersOf(world, departmentsFrom(world, employee, extent));
}

/** The people whose numbers a caller may see. */
export function permittedPeople(world: World, caller: ModelCaller): IdSet {
  if (isShutOut(world, caller)) return NOBODY;
  if (caller.permission === 'all') return null;
  return peopleFrom(world, callersRecord(world, caller), caller.permission);
}

/** The departments a caller's permission covers wholly; only department permissions cover any. */
export function permittedDepartments(world: World, caller: ModelCaller): IdSet {
  if (isShutOut(world, caller)) return NOBODY;
  if (caller.permission === 'all') return null;
  return departmentsFrom(world, callersRecord(world, caller), caller.permission);
}

/** Fails for permission `all` alone; anybody else gets an empty result, as for an id out of sight. */
export function mustExist(caller: ModelCaller, exists: boolean, parameter: string): void {
  if (!exists && caller.permission === 'all') throw new NotFound(parameter);
}

/** The people a department filter names: current members of it and its descendants. */
export function departmentFilter(
  world: World,
  departmentId: string,
  caller: ModelCaller,
): ReadonlySet<string> {
  mustExist(caller, world.has('department', departmentId), 'departmentId');
  return membersOf(world, departmentTree(world, departmentId));
}

/** Settles filter and permission. @throws NotFound */
export function resolveScope(world: World, params: ReportParams, caller: ModelCaller): Scope {
  const permitted = permittedPeople(world, caller);
  const departments = permittedDepartments(world, caller);
  const { departmentId, employeeId, scope } = params;
  if (departmentId !== undefined) {
    const tree = departmentTree(world, departmentId);
    return {
      permitted,
      people: intersect(departmentFilter(world, departmentId, caller), permitted),
      targets: { subjectType: 'department', subjects: intersect(tree, departments) },
    };
  }
  if (employeeId !== undefined) {
    const exists = world.has('employee', employeeId);
    mustExist(caller, exists, 'employeeId');
    const people = intersect(new Set(exists ? [employeeId] : []), permitted);
    return { permitted, people, targets: { subjectType: 'employee', subjects: people } };
  }
  if (scope !== undefined) {
    const self = callersRecord(world, caller);
    const people = intersect(peopleFrom(world, self, scope), permitted);
    if (scope === 'self' || scope === 'self-and-subordinates') {
      return { permitted, people, targets: { subjectType: 'employee', subjects: people } };
    }
    const subjects = intersect(departmentsFrom(world, self, scope), departments);
    return { permitted, people, targets: { subjectType: 'department', subjects } };
  }
  const seesDepartments = ['all', 'department', 'department-tree'].includes(caller.permission);
  const targets = seesDepartments
    ? ({ subjectType: 'department', subjects: departments } as const)
    : ({ subjectType: 'employee', subjects: permitted } as const);
  return { permitted, people: permitted, targets };
}

/** The known employees a set covers, in order of id. */
export const knownIn = (world: World, people: IdSet): Employee[] =>
  world
    .all('employee')
    .filter((employee) => covers(people, employee.id))
    .sort((a, b) => compareText(a.id, b.id));
