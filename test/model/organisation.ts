/** Department tree and reporting line, read as they are now; cycles are cut. */
import { compareText } from './exact';
import type { World } from './world';

/** The ids reachable from `root` (itself included) over "child names its parent". */
function descendants(
  root: string,
  records: { id: string; parent: string | null | undefined }[],
): Set<string> {
  const found = new Set([root]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { id, parent } of records) {
      if (typeof parent === 'string' && found.has(parent) && !found.has(id)) {
        found.add(id);
        grew = true;
      }
    }
  }
  return found;
}

/** A department and all its descendants; empty when it does not exist. */
export const departmentTree = (world: World, root: string): Set<string> =>
  world.has('department', root)
    ? descendants(
        root,
        world.all('department').map((d) => ({ id: d.id, parent: d.parentId })),
      )
    : new Set();

/** A product category and all its descendants; empty when it does not exist. */
export const categoryTree = (world: World, root: string): Set<string> =>
  world.has('product-category', root)
    ? descendants(
        root,
        world.all('product-category').map((c) => ({ id: c.id, parent: c.parentId })),
      )
    : new Set();

/** An employee with all direct and indirect subordinates. */
export const reportingLine = (world: World, root: string): Set<string> =>
  descendants(
    root,
    world.all('employee').map((e) => ({ id: e.id, parent: e.managerId })),
  );

/** The known employees whose current department is one of these. */
export const membersOf = (world: World, departments: Set<string>): Set<string> =>
  new Set(
    world
      .all('employee')
      .filter((e) => typeof e.departmentId === 'string' && departments.has(e.departmentId))
      .map((e) => e.id),
  );

/** What a table says about an employee; null where the record is unknown or deleted. */
export function describeEmployee(world: World, id: string): Record<string, string | null> {
  const employee = world.get('employee', id);
  return {
    employeeId: id,
    employeeName: employee?.name ?? null,
    departmentId: employee?.departmentId ?? null,
    departmentName: world.get('department', employee?.departmentId)?.name ?? null,
  };
}

/** Everybody any record credits, known or not, in order of id. */
export function everybody(world: World): string[] {
  const ids: (string | null | undefined)[] = [
    ...world.all('employee').map((e) => e.id),
    ...world.all('customer').flatMap((c) => [c.ownerId, c.creatorId]),
    ...world.all('contact').flatMap((c) => [c.ownerId, c.creatorId]),
    ...world.all('opportunity').map((o) => o.ownerId),
    ...world.all('contract').map((c) => c.ownerId),
    ...world.all('receivable').map((r) => r.ownerId),
    ...world.all('receivable-plan').map((p) => p.ownerId),
    ...world.all('invoice').map((i) => i.ownerId),
    ...world.all('activity').map((a) => a.authorId),
    ...world.all('pool-move').map((m) => m.employeeId),
    ...world.all('return-visit').map((v) => v.visitorId),
    ...world.all('business-trip').map((t) => t.applicantId),
  ];
  return [...new Set(ids.filter((id) => typeof id === 'string'))].sort(compareText);
}
