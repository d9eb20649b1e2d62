/**
 * Whose records count: the asked-for filter within the caller's data permission (R13, section 5 of
 * the metric catalogue). Permission fails closed.
 */
import type { Caller } from '#access';
import { NotFound } from './errors';
import type { Org, OrgEmployee } from './org';
import type { ScopeName } from './parameters';
import { and, raw, sql, text, texts, type Sql } from './sql';

/** Ids that are covered; null is no restriction at all: unknown owners and authors count too. */
export type IdSet = ReadonlySet<string> | null;

export interface ScopeFilter {
  departmentId?: string;
  employeeId?: string;
  scope?: ScopeName;
}

/** Whose targets add up to the target of a scope (R14). */
export interface TargetSubjects {
  type: 'department' | 'employee';
  ids: IdSet;
}

export interface Scope {
  people: IdSet;
  targets: TargetSubjects;
  /** People among the employees in SQL, where naming each of them would be long. */
  selectors: readonly Selector[];
}

/** A set of employees as a condition on the table of employees. */
type Selector = { departments: ReadonlySet<string> } | { line: string; leaders: readonly string[] };

/** A set of people that says how to find them. */
interface People {
  ids: IdSet;
  selectors: readonly Selector[];
}

const NOBODY: People = { ids: new Set(), selectors: [] };
const EVERYBODY: People = { ids: null, selectors: [] };
const NO_IDS: ReadonlySet<string> = new Set();

/** Up to this many people are named one by one. */
const NAMED_PEOPLE = 300;

/** Whether the scope of a question can be told without knowing the organisation. */
export const needsNoOrg = (filter: ScopeFilter, caller: Caller): boolean =>
  caller.permission === 'all' &&
  caller.employeeId === null &&
  filter.departmentId === undefined &&
  filter.employeeId === undefined &&
  filter.scope === undefined;

export const UNRESTRICTED: Scope = {
  people: null,
  targets: { type: 'department', ids: null },
  selectors: [],
};

/** @throws NotFound when an id is unknown and the caller may see everything. */
export function resolveScope(filter: ScopeFilter, caller: Caller, org: Org): Scope {
  const permitted = permittedPeople(caller, org);
  const asked = askedPeople(filter, caller, org);
  const people = intersectPeople(asked, permitted);
  return {
    people: people.ids,
    selectors: people.selectors,
    targets: targetSubjects(filter, caller, org, people.ids),
  };
}

/** The caller's own record; undefined for a caller that is no employee, or is one that may see nothing. */
function ownRecord(caller: Caller, org: Org): OrgEmployee | undefined {
  const own = caller.employeeId === null ? undefined : org.employees.get(caller.employeeId);
  return own?.status === 'disabled' ? undefined : own;
}

/** A caller who stands for an employee that is unknown, deleted or disabled sees nothing at all. */
function isUnrestricted(caller: Caller, org: Org): boolean {
  return caller.permission === 'all' && (caller.employeeId === null || ownRecord(caller, org) !== undefined);
}

/** The people whose numbers a caller may see. */
export function permittedPeople(caller: Caller, org: Org): People {
  if (isUnrestricted(caller, org)) return EVERYBODY;
  if (caller.permission === 'all') return NOBODY;
  return peopleAround(ownRecord(caller, org), caller.permission, org);
}

/** The departments a caller's permission covers wholly (null: all): only permissions by department do. */
export function permittedDepartments(caller: Caller, org: Org): IdSet {
  if (isUnrestricted(caller, org)) return null;
  if (caller.permission === 'all') return NO_IDS;
  return departmentsAround(ownRecord(caller, org), caller.permission, org);
}

/** A department that is unknown or deleted is none: nothing is seen through it. */
function departmentsAround(own: OrgEmployee | undefined, extent: ScopeName, org: Org): ReadonlySet<string> {
  const id = own?.departmentId;
  if (id === undefined || id === null || !org.departments.has(id)) return NO_IDS;
  if (extent === 'department') return new Set([id]);
  return extent === 'department-tree' ? org.departmentTree(id) : NO_IDS;
}

function peopleAround(own: OrgEmployee | undefined, extent: ScopeName, org: Org): People {
  if (!own) return NOBODY;
  if (extent === 'self') return { ids: new Set([own.id]), selectors: [] };
  if (extent === 'self-and-subordinates') {
    const ids = org.reportingLine(own.id);
    return { ids, selectors: [{ line: own.id, leaders: [...ids].filter((id) => org.leads(id)) }] };
  }
  return membersOf(departmentsAround(own, extent, org), org);
}

/** These people and nobody else; known employees or not. */
export const scopeOfPeople = (ids: ReadonlySet<string>): Scope => ({
  people: ids,
  selectors: [],
  targets: { type: 'employee', ids },
});

/** The direct members of departments. */
export function scopeOfMembers(departments: ReadonlySet<string>, org: Org): Scope {
  const { ids, selectors } = membersOf(departments, org);
  return { people: ids, selectors, targets: { type: 'department', ids: departments } };
}

const membersOf = (departments: ReadonlySet<string>, org: Org): People => ({
  ids: org.membersOf(departments),
  selectors: [{ departments }],
});

function askedPeople({ departmentId, employeeId, scope }: ScopeFilter, caller: Caller, org: Org): People {
  if (departmentId !== undefined) {
    mustExist(caller, org.departments.has(departmentId), 'departmentId');
    return membersOf(org.departmentTree(departmentId), org);
  }
  if (employeeId !== undefined) {
    const exists = org.employees.has(employeeId);
    mustExist(caller, exists, 'employeeId');
    return exists ? { ids: new Set([employeeId]), selectors: [] } : NOBODY;
  }
  return scope === undefined ? EVERYBODY : peopleAround(ownRecord(caller, org), scope, org);
}

/**
 * An unknown id is an error for a caller who may see everything; for anybody else the answer is as
 * empty as for an id out of sight, so that it does not tell which ids exist.
 * @throws NotFound
 */
export function mustExist(caller: Caller, exists: boolean, parameter: string): void {
  if (!exists && caller.permission === 'all') throw new NotFound(parameter);
}

function intersectPeople(a: People, b: People): People {
  if (a.ids === null) return b;
  if (b.ids === null) return a;
  return { ids: intersect(a.ids, b.ids), selectors: [...a.selectors, ...b.selectors] };
}

export function intersect(a: IdSet, b: IdSet): IdSet {
  if (a === null) return b;
  if (b === null) return a;
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  return new Set([...small].filter((id) => large.has(id)));
}

function targetSubjects(filter: ScopeFilter, caller: Caller, org: Org, people: IdSet): TargetSubjects {
  const visible = permittedDepartments(caller, org);
  const { departmentId, employeeId, scope } = filter;
  if (departmentId !== undefined) {
    return { type: 'department', ids: intersect(org.departmentTree(departmentId), visible) };
  }
  if (scope === 'department' || scope === 'department-tree') {
    const around = departmentsAround(ownRecord(caller, org), scope, org);
    return { type: 'department', ids: intersect(around, visible) };
  }
  const byEmployee = employeeId !== undefined || scope !== undefined;
  if (byEmployee || caller.permission === 'self' || caller.permission === 'self-and-subordinates') {
    return { type: 'employee', ids: people };
  }
  return { type: 'department', ids: visible };
}

/**
 * Condition on the column that holds an owner or author. Without any restriction it is that there is
 * one (R3). A long list of people is told by what they have in common, for a statement's text has limits.
 */
export function inScope(column: string, { people, selectors }: Scope, tenant: string): Sql {
  if (people === null) return raw(`${column} != ''`);
  if (people.size <= NAMED_PEOPLE || selectors.length === 0)
    return sql`${raw(column)} IN ${texts([...people])}`;
  const conditions = selectors.map((selector) =>
    'departments' in selector
      ? sql`department_id IN ${texts([...selector.departments])}`
      : sql`(id = ${text(selector.line)} OR manager_id IN ${texts(selector.leaders)})`,
  );
  return sql`${raw(column)} IN (SELECT id FROM employee FINAL WHERE tenant = ${text(tenant)} AND ${and(...conditions)})`;
}

/** The same scope without people outside `ids`. */
export const narrowed = (scope: Scope, ids: ReadonlySet<string>): Scope => ({
  ...scope,
  people: intersect(scope.people, ids),
  selectors: [],
});
