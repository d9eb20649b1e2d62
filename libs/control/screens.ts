/** Tokens of wall screens: read-only, for boards and what goes with them, named scenes, revocable. */
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, Matches } from 'class-validator';
import { createSecret, refusal } from '#access';
import { badRequest, notFound, ProblemError, validatedBody } from '#platform';
import { auditEntry, type Actor } from './audit';
import { IsInstant, NAME, NAME_MESSAGE } from './fields';
import { iso } from './keys';
import type { ScreenTokenRecord } from './records';
import type { ControlStore } from './store';

export class ScreenTokenRequest {
  @Matches(NAME, { message: NAME_MESSAGE })
  name!: string;

  /** Names of the scenes the screen shows; none: its own choice. */
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(32)
  @Matches(/^[a-z0-9-]{1,64}$/, { each: true, message: 'must be names of a-z 0-9 -' })
  scenes?: string[];

  @IsOptional()
  @IsInstant()
  expiresAt?: string | null;
}

export interface ScreenTokenView {
  id: string;
  name: string;
  scenes: readonly string[];
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** When a screen last showed it, to within minutes; null: never. */
  lastSeenAt: string | null;
}

/**
 * Makes a token in the actor's tenant; `token` is shown this once. A screen shows the whole tenant's
 * boards, funnel, goals and won deals, so its maker has to be allowed to read all of them.
 * @throws ProblemError 400 for a wrong request, 403 when it would grant more than the actor holds.
 */
export async function createScreenToken(
  store: ControlStore,
  actor: Actor,
  body: unknown,
): Promise<ScreenTokenView & { token: string }> {
  const { name, scenes = [], expiresAt: until } = validatedBody(ScreenTokenRequest, body);
  const { caller } = actor;
  const expiresAt = until ? Date.parse(until) : (caller.identity?.expiresAt ?? null);
  if (expiresAt !== null && expiresAt <= Date.now()) {
    throw badRequest('The token would have ended already.', [
      { pointer: '/expiresAt', detail: 'must lie in the future' },
    ]);
  }
  const why = refusal(caller, {
    roles: ['read'],
    permission: 'all',
    employeeId: caller.employeeId,
    expiresAt,
  });
  if (why !== null) throw new ProblemError(403, 'Forbidden', why);
  const { token, id, digest } = createSecret('fbs');
  const record: ScreenTokenRecord = {
    kind: 'screen',
    id,
    digest,
    name,
    scenes,
    expiresAt,
    tenant: caller.tenant,
    employeeId: caller.employeeId,
    createdAt: Date.now(),
    createdBy: caller.identity?.id ?? 'operator',
    revokedAt: null,
  };
  await store.write(record, auditEntry(actor, 'screen-token.created', id));
  return { token, ...view(record, null) };
}

/** Tokens of a tenant, oldest first, revoked and expired ones too. */
export const listScreenTokens = (store: ControlStore, tenant: string): ScreenTokenView[] =>
  [...store.screens.values()]
    .filter((screen) => screen.tenant === tenant)
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((screen) => view(screen, store.lastSeen.of(screen.id)));

/** Ends a token. @throws ProblemError 404 for one that the actor's tenant does not have. */
export async function revokeScreenToken(store: ControlStore, actor: Actor, id: string): Promise<void> {
  const screen = store.screens.get(id);
  if (!screen || screen.tenant !== actor.caller.tenant) throw notFound(`There is no screen token ${id}.`);
  if (screen.revokedAt !== null) return;
  await store.write({ ...screen, revokedAt: Date.now() }, auditEntry(actor, 'screen-token.revoked', id));
}

function view(
  { id, name, scenes, createdBy, createdAt, ...record }: ScreenTokenRecord,
  lastSeen: number | null,
): ScreenTokenView {
  return {
    id,
    name,
    scenes,
    createdAt: new Date(createdAt).toISOString(),
    createdBy,
    expiresAt: iso(record.expiresAt),
    revokedAt: iso(record.revokedAt),
    lastSeenAt: iso(lastSeen),
  };
}
