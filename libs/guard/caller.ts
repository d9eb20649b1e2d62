/** The caller of a request, as the guard has settled it. */
import type { Caller } from '#access';
import type { Actor } from '#control';
import { ProblemError, type Tenant, type Tenants } from '#platform';
import type { GuardedRequest } from './http-guard';

export type CallerRequest = GuardedRequest;

/** @throws Error where no guard stood before the route: nobody is let in by mistake. */
export function callerOf({ caller }: CallerRequest): Caller {
  if (!caller) throw new Error('a route was reached without the guard');
  return caller;
}

/** The caller and the request, for the audit log. */
export const actorOf = (request: CallerRequest): Actor => ({
  caller: callerOf(request),
  requestId: request.id,
});

/** The tenant a caller belongs to. A key of a tenant that is no longer configured opens nothing. */
export function tenantOf(caller: Caller, tenants: Tenants): Tenant {
  const tenant = tenants.get(caller.tenant);
  if (!tenant) throw new ProblemError(403, 'Forbidden', 'The tenant of this key is not configured here.');
  return tenant;
}
