/** `GET /v1/me`: what the caller may do, for whoever builds a screen. */
import { Controller, Get, Inject, Req } from '@nestjs/common';
import { hasRole, type Permission, type Role } from '#access';
import type { Authority } from '#control';
import { AUTHORITY, TENANTS } from '#engines';
import { callerOf, Roles, tenantOf, type CallerRequest } from '#guard';
import type { Tenants } from '#platform';
import { Directories } from '../directory';

export interface Me {
  tenant: { id: string; name: string; timeZone: string; locale: string; currency: string };
  roles: readonly Role[];
  /** Null without the role `read`. */
  permission: Permission | null;
  /** The employee the caller stands for; null for none, or one that is not known. */
  employee: { id: string; name: string; departmentId: string | null } | null;
  /** No key was created yet: everybody on this machine may do everything. */
  open: boolean;
  /** The key that was shown, without its secret. */
  key: { id: string; name: string; expiresAt: string | null } | null;
  /** What a wall screen shows; null for every other caller. */
  screen: { id: string; name: string; scenes: readonly string[]; expiresAt: string | null } | null;
}

@Controller('v1/me')
export class MeController {
  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(AUTHORITY) private readonly authority: Authority,
    private readonly directories: Directories,
  ) {}

  @Get()
  @Roles('publish', 'read', 'manage', 'screen')
  async me(@Req() request: CallerRequest): Promise<Me> {
    const caller = callerOf(request);
    const { id, name, zone, locale, currency } = tenantOf(caller, this.tenants);
    const { kind, ...shown } = caller.identity ?? { kind: 'operator', id: '', name: '', expiresAt: null };
    const expiresAt = shown.expiresAt === null ? null : new Date(shown.expiresAt).toISOString();
    const own = { id: shown.id, name: shown.name, expiresAt };
    return {
      tenant: { id, name, timeZone: zone.name, locale, currency },
      roles: caller.roles,
      permission: hasRole(caller, 'read') ? caller.permission : null,
      employee: await this.employee(caller.tenant, caller.employeeId),
      open: this.authority.open,
      key: kind === 'key' ? own : null,
      screen: kind === 'screen' ? { ...own, scenes: caller.identity?.scenes ?? [] } : null,
    };
  }

  private async employee(tenant: string, id: string | null): Promise<Me['employee']> {
    if (id === null) return null;
    const { org } = await this.directories.of(tenant);
    const employee = org.employees.get(id);
    return employee ? { id, name: employee.name, departmentId: employee.departmentId } : null;
  }
}
