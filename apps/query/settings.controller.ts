import { Body, Controller, Get, Inject, Put, Req } from '@nestjs/common';
import { changeSettings, settingsOf, type ControlStore, type TenantSettings } from '#control';
import { CONTROL, SETTINGS, TENANTS } from '#engines';
import { actorOf, callerOf, Roles, tenantOf, type CallerRequest } from '#guard';
import type { Settings, Tenants } from '#platform';

/** `/v1/settings`: how a tenant wants its screens. */
@Controller('v1/settings')
export class SettingsController {
  constructor(
    @Inject(CONTROL) private readonly store: ControlStore,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(TENANTS) private readonly tenants: Tenants,
  ) {}

  @Get()
  @Roles('publish', 'read', 'manage', 'screen')
  read(@Req() request: CallerRequest): TenantSettings {
    return settingsOf(this.store, tenantOf(callerOf(request), this.tenants), this.settings);
  }

  /** Replaces all of them: what is left out goes back to its default. */
  @Put()
  @Roles('manage')
  change(@Req() request: CallerRequest, @Body() body: unknown): Promise<TenantSettings> {
    const tenant = tenantOf(callerOf(request), this.tenants);
    return changeSettings(this.store, actorOf(request), tenant, this.settings, body);
  }
}
