/** API keys: made, listed, revoked. */
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { createSecret, PERMISSIONS, refusal, ROLES, type Permission, type Role } from '#access';
import { badRequest, notFound, ProblemError, validatedBody } from '#platform';
import { auditEntry, type Actor } from './audit';
import { IsInstant, NAME, NAME_MESSAGE } from './fields';
import type { ApiKeyRecord } from './records';
import type { ControlStore } from './store';

export class KeyRequest {
  @Matches(NAME, { message: NAME_MESSAGE })
  name!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ROLES, { each: true, message: `must be of ${ROLES.join(', ')}` })
  roles!: Role[];

  /** For the role `read` only; `self` when it is left out. */
  @IsOptional()
  @IsIn(PERMISSIONS, { message: `must be one of ${PERMISSIONS.join(', ')}` })
  permission?: Permission | null;

  @IsOptional()
  @Matches(/^[\s\S]{1,64}$/u, { message: 'must have 1 to 64 characters' })
  employeeId?: string | null;

  /** When the key ends. Absent: never, or with the key it is made with. */
  @IsOptional()
  @IsInstant()
  expiresAt?: string | null;
}

/** A key as it is shown: everything but its digest. Times are ISO instants. */
export interface KeyView {
  id: string;
  name: string;
  roles: readonly Role[];
  permission: Permission | null;
  employeeId: string | null;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
}

/**
 * Makes a key in the actor's tenant; `key` is shown this once.
 * @throws ProblemError 400 for a wrong request, 403 when it would grant more than the actor holds.
 */
export async function createKey(
  store: ControlStore,
  actor: Actor,
  body: unknown,
): Promise<KeyView & { key: string }> {
  const record = recordOf(validatedBody(KeyRequest, body), actor);
  const { token, id, digest } = createSecret('fb');
  const key: ApiKeyRecord = { ...record, id, digest };
  const why = refusal(actor.caller, key);
  if (why !== null) throw new ProblemError(403, 'Forbidden', why);
  await store.write(key, auditEntry(actor, 'key.created', id));
  return { key: token, ...keyView(key) };
}

function recordOf(request: KeyRequest, { caller }: Actor): Omit<ApiKeyRecord, 'id' | 'digest'> {
  const reads = request.roles.includes('read');
  if (!reads && (request.permission ?? request.employeeId ?? null) !== null) {
    throw badRequest('A data permission and its employee belong to the role read.', [
      { pointer: request.permission ? '/permission' : '/employeeId', detail: 'needs the role read' },
    ]);
  }
  const asked = request.expiresAt ? Date.parse(request.expiresAt) : null;
  if (asked !== null && asked <= Date.now()) {
    throw badRequest('The key would have ended already.', [
      { pointer: '/expiresAt', detail: 'must lie in the future' },
    ]);
  }
  return {
    kind: 'key',
    tenant: caller.tenant,
    name: request.name,
    roles: ROLES.filter((role) => request.roles.includes(role)),
    permission: reads ? (request.permission ?? 'self') : null,
    employeeId: request.employeeId ?? null,
    createdAt: Date.now(),
    createdBy: caller.identity?.id ?? 'operator',
    expiresAt: asked ?? caller.identity?.expiresAt ?? null,
    revokedAt: null,
  };
}

/** Keys of a tenant, oldest first, revoked and expired ones too. */
export const listKeys = (store: ControlStore, tenant: string): KeyView[] =>
  [...store.keys.values()]
    .filter((key) => key.tenant === tenant)
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(keyView);

/**
 * Ends a key; ending it again changes nothing.
 * @throws ProblemError 404 for a key that the actor's tenant does not have.
 */
export async function revokeKey(store: ControlStore, actor: Actor, id: string): Promise<void> {
  const key = store.keys.get(id);
  if (!key || key.tenant !== actor.caller.tenant) throw notFound(`There is no key ${id}.`);
  if (key.revokedAt !== null) return;
  await store.write({ ...key, revokedAt: Date.now() }, auditEntry(actor, 'key.revoked', id));
}

export const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

function keyView(key: ApiKeyRecord): KeyView {
  return {
    id: key.id,
    name: key.name,
    roles: key.roles,
    permission: key.permission,
    employeeId: key.employeeId,
    createdAt: new Date(key.createdAt).toISOString(),
    createdBy: key.createdBy,
    expiresAt: iso(key.expiresAt),
    revokedAt: iso(key.revokedAt),
  };
}
