/** The caller of a request: set by the guard, the open caller where no key was ever created. */
import type { FastifyRequest } from 'fastify';
import { openCaller, type Caller } from '#access';
import { ProblemError, type Tenant, type Tenants } from '#platform';

export type CallerRequest = FastifyRequest & { caller?: Caller };

/** Without keys there is one tenant to speak for: `default`, or the only one there is. */
export function callerOf(request: CallerRequest, tenants: Tenants): Caller {
  return request.caller ?? openCaller(tenants.has('default') ? 'default' : (tenants.all[0]?.id ?? 'default'));
}

/** The tenant a caller belongs to. A key of a tenant that is no longer configured opens nothing. */
export function tenantOf(caller: Caller, tenants: Tenants): Tenant {
  const tenant = tenants.get(caller.tenant);
  if (!tenant) throw new ProblemError(403, 'Forbidden', 'The tenant of this key is not configured here.');
  return tenant;
}
