/** The caller of a request, as every query sees it. */

export const ROLES = ['publish', 'read', 'manage'] as const;
export type Role = (typeof ROLES)[number];

/** Data permissions, narrowest first (section 5 of the metric catalogue). */
export const PERMISSIONS = ['self', 'self-and-subordinates', 'department', 'department-tree', 'all'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** By what a caller was recognised. */
export interface Identity {
  /**
   * `key`: an API key; `screen`: a wall screen's token; `open`: nobody has made a key yet; `operator`: who
   * may use the socket in the data folder.
   */
  kind: 'key' | 'screen' | 'open' | 'operator';
  /** Id of the key or token; the kind's name where there is none. */
  id: string;
  name: string;
  /** When it ends, epoch milliseconds; null: never. */
  expiresAt: number | null;
  /** What a wall screen shows. */
  scenes?: readonly string[];
}

export interface Caller {
  tenant: string;
  roles: readonly Role[];
  permission: Permission;
  /** The employee the caller stands for; null for a caller that is no employee. */
  employeeId: string | null;
  /** Absent where the server itself asks. */
  identity?: Identity;
}

/** Who asks when no key was ever created: everything in the one tenant, from this machine only. */
export const openCaller = (tenant: string): Caller => ({
  ...unrestricted(tenant),
  identity: { kind: 'open', id: 'open', name: 'open', expiresAt: null },
});

/** Who asks over the socket in the data folder: whoever may read that folder owns everything in it. */
export const operatorCaller = (tenant: string): Caller => ({
  ...unrestricted(tenant),
  identity: { kind: 'operator', id: 'operator', name: 'operator', expiresAt: null },
});

const unrestricted = (tenant: string): Caller => ({
  tenant,
  roles: ROLES,
  permission: 'all',
  employeeId: null,
});

export const hasRole = ({ roles }: Caller, ...wanted: Role[]): boolean =>
  wanted.some((role) => roles.includes(role));
