/** Whether a tenant's leaderboards are for everybody to see. */
import { Inject, Injectable } from '@nestjs/common';
import { settingsOf, type ControlStore, type TenantSettings } from '#control';
import { CONTROL, SETTINGS } from '#engines';
import type { Settings, Tenant } from '#platform';

@Injectable()
export class BoardVisibility {
  constructor(
    @Inject(CONTROL) private readonly store: ControlStore,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** As set here for the tenant, else by the environment. */
  of(tenant: Tenant): TenantSettings['boardVisibility'] {
    return settingsOf(this.store, tenant, this.settings).boardVisibility;
  }
}
