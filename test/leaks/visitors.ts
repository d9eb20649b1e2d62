/** Who asks: every role, every data permission, and those who are nobody. */
import type { ModelCaller, Random } from '../model';
import { PERMISSIONS } from '../model/generate/questions';
import type { LiveClient } from '../support/sse';
import { bearer } from '../support/keys';
import { mark } from './marked';
import type { Probe } from './probe';
import type { TenantUnderTest } from './tenant';

export type VisitorRole = 'read' | 'publish' | 'manage' | 'screen' | 'revoked' | 'nobody';

export interface Visitor {
  tenant: TenantUnderTest;
  name: string;
  role: VisitorRole;
  headers: Record<string, string>;
  /** As the model knows a reader; null for every other. */
  caller: ModelCaller | null;
  stream?: LiveClient;
}

/** A reader of each permission, more by chance, and one of every other role. */
export async function callersOf(
  probe: Probe,
  tenant: TenantUnderTest,
  random: Random,
  readers: number,
): Promise<Visitor[]> {
  const employees = tenant.world.all('employee');
  const active = employees.filter(({ status }) => status === 'active').map(({ id }) => id);
  const shutOut = employees.find(({ status }) => status === 'disabled')?.id ?? 'u-nobody';
  const visitors: Visitor[] = [];
  const add = async (
    role: VisitorRole,
    name: string,
    wish: object,
    caller: ModelCaller | null,
  ): Promise<void> => {
    const made = await probe.manage<{ id: string; key: string }>(tenant, 'POST', '/v1/keys', {
      name: `key ${mark(tenant.id, 'key', name)}`,
      ...wish,
    });
    tenant.secrets.push({ path: `/v1/keys/${made.id}` });
    visitors.push({ tenant, name: `${tenant.id}/${name}`, role, headers: bearer(made.key), caller });
    if (role === 'revoked') await probe.manage(tenant, 'DELETE', `/v1/keys/${made.id}`);
  };
  for (let i = 0; i < Math.max(readers, PERMISSIONS.length + 2); i++) {
    const permission = PERMISSIONS[i % PERMISSIONS.length] ?? 'self';
    // Of everything: one that is no employee; and one who is disabled or unknown, who sees nothing.
    const employeeId =
      i === 0
        ? null
        : i === PERMISSIONS.length
          ? shutOut
          : i === PERMISSIONS.length + 1
            ? 'u-nobody'
            : random.pick(active);
    const caller: ModelCaller = { permission, employeeId };
    await add('read', `read-${i}-${permission}`, { roles: ['read'], permission, employeeId }, caller);
  }
  await add('publish', 'publish', { roles: ['publish'] }, null);
  await add('manage', 'manage', { roles: ['manage'] }, null);
  await add('revoked', 'revoked', { roles: ['publish', 'read', 'manage'], permission: 'all' }, null);
  const screen = await probe.manage<{ id: string; token: string }>(tenant, 'POST', '/v1/screen-tokens', {
    name: `screen ${mark(tenant.id, 'screen', 'hall')}`,
  });
  tenant.secrets.push({ path: `/v1/screen-tokens/${screen.id}` });
  const cookie = { cookie: `floorboard_screen=${screen.token}` };
  visitors.push({ tenant, name: `${tenant.id}/screen`, role: 'screen', headers: cookie, caller: null });
  visitors.push({ tenant, name: `${tenant.id}/nobody`, role: 'nobody', headers: {}, caller: null });
  return visitors;
}
