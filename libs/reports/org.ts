/**
 * Who works where and for whom, read at query time: the department tree and the reporting line, cycles
 * in either cut.
 */
import { compareText } from '#text';

export interface OrgEmployee {
  id: string;
  name: string;
  departmentId: string | null;
  managerId: string | null;
  status: 'active' | 'disabled' | 'not-activated';
}

export interface OrgDepartment {
  id: string;
  name: string;
  parentId: string | null;
}

/** Identity of an employee as every table by employee shows it. */
export interface EmployeeIdentity {
  employeeId: string;
  employeeName: string | null;
  departmentId: string | null;
  departmentName: string | null;
}

export class Org {
  private readonly childDepartments: Map<string, string[]>;
  private readonly reports: Map<string, string[]>;

  constructor(
    readonly employees: ReadonlyMap<string, OrgEmployee>,
    readonly departments: ReadonlyMap<string, OrgDepartment>,
  ) {
    this.childDepartments = groupIds(departments.values(), ({ parentId }) => parentId);
    this.reports = groupIds(employees.values(), ({ managerId }) => managerId);
  }

  /** A known department and all below it; empty when it is unknown. */
  departmentTree(id: string): ReadonlySet<string> {
    return this.departments.has(id) ? reachable(id, this.childDepartments) : new Set();
  }

  /** A known employee with all direct and indirect subordinates; empty when they are unknown. */
  reportingLine(id: string): ReadonlySet<string> {
    return this.employees.has(id) ? reachable(id, this.reports) : new Set();
  }

  /** Whether somebody reports to an employee. */
  leads(id: string): boolean {
    return this.reports.has(id);
  }

  /** Ids of the members of departments. */
  membersOf(departments: ReadonlySet<string>): ReadonlySet<string> {
    const members = new Set<string>();
    for (const { id, departmentId } of this.employees.values()) {
      if (departmentId !== null && departments.has(departmentId)) members.add(id);
    }
    return members;
  }

  identityOf(id: string): EmployeeIdentity {
    const employee = this.employees.get(id);
    const departmentId = employee?.departmentId ?? null;
    return {
      employeeId: id,
      employeeName: employee?.name ?? null,
      departmentId,
      departmentName: this.departmentName(departmentId),
    };
  }

  departmentName(id: string | null): string | null {
    return id === null ? null : (this.departments.get(id)?.name ?? null);
  }
}

function groupIds<T extends { id: string }>(
  records: Iterable<T>,
  parentOf: (record: T) => string | null,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const record of records) {
    const parent = parentOf(record);
    if (parent === null) continue;
    const group = groups.get(parent);
    if (group) group.push(record.id);
    else groups.set(parent, [record.id]);
  }
  return groups;
}

/** A node and all nodes below it, each once: a cycle ends where it began. */
export function reachable(root: string, children: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set([root]);
  for (const id of seen) for (const child of children.get(id) ?? []) seen.add(child);
  return seen;
}

/** A row of the query that reads both tables; '' is null. */
export interface OrgRow {
  kind: 'employee' | 'department';
  id: string;
  name: string;
  /** Department of an employee, parent of a department. */
  parent: string;
  manager: string;
  status: string;
}

export function orgOf(rows: readonly OrgRow[]): Org {
  const employees = new Map<string, OrgEmployee>();
  const departments = new Map<string, OrgDepartment>();
  for (const { kind, id, name, parent, manager, status } of rows) {
    if (kind === 'department') departments.set(id, { id, name, parentId: parent || null });
    else {
      employees.set(id, {
        id,
        name,
        departmentId: parent || null,
        managerId: manager || null,
        status: status as OrgEmployee['status'],
      });
    }
  }
  return new Org(employees, departments);
}

export const byId = (a: { id: string }, b: { id: string }): number => compareText(a.id, b.id);
