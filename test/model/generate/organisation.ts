/** Random organisations with the flaws that real ones have: cycles, dangling managers, people without a department. */
import type { Department, Employee } from '#crm';
import type { Random } from './random';

export interface Organisation {
  /** Ids by which records name departments and employees; some name nobody. */
  departmentIds: string[];
  employeeIds: string[];
  department(id: string): Department;
  employee(id: string): Employee;
}

/** Ids whose order by code point differs from their order by number or UTF-16 unit. */
const STRANGE_IDS = ['u-Ａ', 'u-😀', 'u-é', 'U9'];
export const UNKNOWN_EMPLOYEE = 'u-nobody';
export const UNKNOWN_DEPARTMENT = 'd-nowhere';

const SURNAMES = ['王', '李', '张', '刘', '陈', '=1+1', 'O’Neil', '欧阳'];
const GIVEN = ['伟', '芳', '娜', '敏', '静', '军'];

export function randomOrganisation(
  random: Random,
  size: { departments: number; employees: number },
): Organisation {
  const departmentIds = random.list(size.departments, (index) => `d${index + 1}`);
  const employeeIds = random
    .list(size.employees, (index) => `u${index + 1}`)
    .map((id, index) => (index % 5 === 4 ? (STRANGE_IDS[Math.floor(index / 5)] ?? id) : id));
  const departments = [...departmentIds, UNKNOWN_DEPARTMENT];
  const managers = [...employeeIds, UNKNOWN_EMPLOYEE];
  return {
    departmentIds,
    employeeIds,
    // Any department may be a parent, so that now and then a tree bites its own tail.
    department: (id) => ({
      id,
      name: `部门${id}`,
      parentId: random.chance(0.75) ? above(random, departmentIds, id) : random.maybe(departments, 0.4),
    }),
    employee: (id) => ({
      id,
      name: random.pick(SURNAMES) + random.pick(GIVEN),
      departmentId: random.chance(0.8) ? random.pick(departmentIds) : random.maybe(departments, 0.6),
      managerId: random.chance(0.7) ? above(random, employeeIds, id) : random.maybe(managers, 0.4),
      status: random.chance(0.8) ? 'active' : random.pick(['disabled', 'not-activated']),
    }),
  };
}

/** One of the ids before this one: what a well-kept tree names; null for the first. */
function above(random: Random, ids: string[], id: string): string | null {
  const before = ids.slice(0, Math.max(0, ids.indexOf(id)));
  return before.length === 0 ? null : random.pick(before);
}
