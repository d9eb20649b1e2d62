import * as fc from 'fast-check';
import type { Caller } from '#access';
import { NotFound } from './errors';
import { orgOf, type Org, type OrgRow } from './org';
import { resolveScope, type ScopeFilter } from './scope';

const employee = (id: string, parent = '', manager = '', status = 'active'): OrgRow => ({
  kind: 'employee',
  id,
  name: id,
  parent,
  manager,
  status,
});
const department = (id: string, parent = ''): OrgRow => ({
  kind: 'department',
  id,
  name: id,
  parent,
  manager: '',
  status: '',
});

/** sales ⊃ north ⊃ city; ann leads bob leads cy; dan reports to nobody; eve's department is unknown. */
const org = orgOf([
  department('sales'),
  department('north', 'sales'),
  department('city', 'north'),
  employee('ann', 'sales'),
  employee('bob', 'north', 'ann'),
  employee('cy', 'city', 'bob', 'disabled'),
  employee('dan', 'city'),
  employee('eve', 'nowhere'),
]);

const caller = (permission: Caller['permission'], employeeId: string | null): Caller => ({
  tenant: 't',
  roles: ['read'],
  permission,
  employeeId,
});
const people = (
  permission: Caller['permission'],
  employeeId: string | null,
  filter: ScopeFilter = {},
  of: Org = org,
) => {
  const { people } = resolveScope(filter, caller(permission, employeeId), of);
  return people === null ? 'everybody' : [...people].sort();
};

test.each([
  ['all', null, 'everybody'],
  ['all', 'ann', 'everybody'],
  ['self', 'ann', ['ann']],
  ['self-and-subordinates', 'ann', ['ann', 'bob', 'cy']],
  ['department', 'bob', ['bob']],
  ['department-tree', 'bob', ['bob', 'cy', 'dan']],
] as const)('%s of %s', (permission, employeeId, expected) => {
  expect(people(permission, employeeId)).toEqual(expected);
});

test.each([
  ['self', null],
  ['self', 'nobody'],
  ['all', 'nobody'],
  ['all', 'cy'],
  ['self', 'cy'],
  ['department', 'eve'],
  ['department-tree', null],
] as const)('permission fails closed: %s of %s', (permission, employeeId) => {
  expect(people(permission, employeeId)).toEqual([]);
});

test('the filter is narrowed by the permission', () => {
  expect(people('department-tree', 'bob', { departmentId: 'sales' })).toEqual(['bob', 'cy', 'dan']);
  expect(people('self-and-subordinates', 'ann', { departmentId: 'city' })).toEqual(['cy']);
  expect(people('self', 'ann', { employeeId: 'bob' })).toEqual([]);
  expect(people('all', 'ann', { scope: 'self-and-subordinates' })).toEqual(['ann', 'bob', 'cy']);
  expect(people('all', null, { scope: 'self' })).toEqual([]);
});

test('an unknown id is told only to those who may see everything', () => {
  expect(() => people('all', null, { departmentId: 'gone' })).toThrow(NotFound);
  expect(() => people('all', null, { employeeId: 'gone' })).toThrow(NotFound);
  expect(people('department-tree', 'ann', { departmentId: 'gone' })).toEqual([]);
  expect(people('self', 'ann', { employeeId: 'gone' })).toEqual([]);
});

test('department targets need a department that is seen whole', () => {
  const targets = (permission: Caller['permission'], filter: ScopeFilter) => {
    const { type, ids } = resolveScope(filter, caller(permission, 'bob'), org).targets;
    return [type, ids === null ? 'all' : [...ids].sort()];
  };
  expect(targets('all', {})).toEqual(['department', 'all']);
  expect(targets('department-tree', {})).toEqual(['department', ['city', 'north']]);
  expect(targets('department-tree', { departmentId: 'sales' })).toEqual(['department', ['city', 'north']]);
  expect(targets('department', { departmentId: 'sales' })).toEqual(['department', ['north']]);
  expect(targets('self', {})).toEqual(['employee', ['bob']]);
  expect(targets('self', { departmentId: 'sales' })).toEqual(['department', []]);
  expect(targets('all', { employeeId: 'cy' })).toEqual(['employee', ['cy']]);
  expect(targets('all', { scope: 'department' })).toEqual(['department', ['north']]);
  expect(targets('all', { scope: 'self' })).toEqual(['employee', ['bob']]);
});

test('cycles in either tree are cut', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const maybe = fc.oneof(fc.constant(''), id);
  fc.assert(
    fc.property(fc.array(fc.tuple(id, maybe, maybe)), (edges) => {
      const tangled = orgOf(
        edges.flatMap(([id, parent, manager]) => [department(id, parent), employee(id, parent, manager)]),
      );
      for (const { id } of tangled.employees.values()) {
        expect(tangled.reportingLine(id).has(id)).toBe(true);
        for (const below of tangled.reportingLine(id)) expect(tangled.employees.has(below)).toBe(true);
        expect(tangled.departmentTree(id).size).toBeLessThanOrEqual(tangled.departments.size);
      }
    }),
  );
});
