/** The caller of a request, as every query sees it. */

export const ROLES = ['publish', 'read', 'manage'] as const;
export type Role = (typeof ROLES)[number];

/** Data permissions, narrowest first (section 5 of the metric catalogue). */
export const PERMISSIONS = ['self', 'self-and-subordinates', 'department', 'department-tree', 'all'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface Caller {
  tenant: string;
  roles: readonly Role[];
  permission: Permission;
  /** The employee the caller stands for; null for a caller that is no employee. */
  employeeId: string | null;
}

/** Who asks when no key was ever created: everything in the one tenant, from this machine only. */
export const openCaller = (tenant: string): Caller => ({
  tenant,
  roles: ROLES,
  permission: 'all',
  employeeId: null,
});
