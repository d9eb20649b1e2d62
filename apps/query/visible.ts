/** Whom of a tenant a caller may see, outside the reports. */
import { hasRole, type Caller } from '#access';
import { permittedDepartments, permittedPeople, type IdSet, type Org } from '#reports';

export interface Visible {
  /** Null: everybody, unknown owners too. */
  people: IdSet;
  /** Null: all. */
  departments: IdSet;
}

/**
 * Inside the data permission for who reads. Who only manages sees the names of the whole tenant, for
 * goals and keys are set for anybody in it; numbers are behind the role `read`.
 */
export function visibleTo(caller: Caller, org: Org): Visible {
  if (!hasRole(caller, 'read') && hasRole(caller, 'manage')) return { people: null, departments: null };
  return { people: permittedPeople(caller, org).ids, departments: permittedDepartments(caller, org) };
}

export const isIn = (ids: IdSet, id: string): boolean => ids?.has(id) ?? true;
