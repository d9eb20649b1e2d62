/** What a caller may hand on: a key never grants more than its maker holds. */
import type { Caller, Permission, Role } from './caller';

/** What a new key is to hold. */
export interface Grant {
  roles: readonly Role[];
  /** Null for a key without the role `read`. */
  permission: Permission | null;
  employeeId: string | null;
  /** Epoch milliseconds; null: for ever. */
  expiresAt: number | null;
}

/** Permissions that show nothing which the given one does not show to the same employee. */
const WITHIN: Record<Permission, readonly Permission[]> = {
  self: ['self'],
  'self-and-subordinates': ['self', 'self-and-subordinates'],
  department: ['self', 'department'],
  'department-tree': ['self', 'department', 'department-tree'],
  all: ['self', 'self-and-subordinates', 'department', 'department-tree', 'all'],
};

/** Why a caller may not make a key with this grant, or null when it may. */
export function refusal(caller: Caller, grant: Grant): string | null {
  const missing = grant.roles.filter((role) => !caller.roles.includes(role));
  if (missing.length > 0) return `A key without ${missing.join(', ')} cannot grant it.`;
  if (grant.permission !== null && !coversData(caller, grant.permission, grant.employeeId)) {
    return 'A key cannot grant a wider data permission than its own, nor stand for somebody else unless its own is all.';
  }
  const end = caller.identity?.expiresAt ?? null;
  if (end !== null && (grant.expiresAt === null || grant.expiresAt > end)) {
    return 'A key cannot outlive the key it is made with.';
  }
  return null;
}

function coversData(caller: Caller, permission: Permission, employeeId: string | null): boolean {
  if (!WITHIN[caller.permission].includes(permission)) return false;
  // Permission all of an employee ends when that employee is disabled: so only the same one gets it.
  const anybody = caller.permission === 'all' && (caller.employeeId === null || permission !== 'all');
  return anybody || caller.employeeId === employeeId;
}
