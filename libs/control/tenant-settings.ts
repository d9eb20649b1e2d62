/** Settings of a tenant that people make here; the environment gives what holds until they do. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IMAGE_HOST, validatedBody, type Settings, type Tenant } from '#platform';
import { auditEntry, type Actor } from './audit';
import type { ControlStore } from './store';

export interface QuietHours {
  /** Local times of the tenant's zone, `HH:MM`; from a later `from` to an earlier `to` runs over midnight. */
  from: string;
  to: string;
}

export interface TenantSettings {
  /** Whether every reader sees leaderboards whole, or inside the data permission. */
  boardVisibility: 'everyone' | 'permission';
  /** Colour of what rises; the other one is for what falls. */
  risingColour: 'red' | 'green';
  /** A won deal below this amount is not celebrated; decimal string. */
  celebrationMinimum: string;
  /** When nothing is celebrated; null: never quiet. */
  quietHours: QuietHours | null;
  /** Boards on screens name only so many, and oneself; null: all. */
  privacyTopN: number | null;
  /** Hosts that pictures of employees may be loaded from. */
  imageHosts: string[];
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

class QuietHoursRequest implements QuietHours {
  @Matches(TIME, { message: 'must be a time HH:MM' })
  from!: string;

  @Matches(TIME, { message: 'must be a time HH:MM' })
  to!: string;
}

/** The whole of the settings; what is left out goes back to its default. */
class SettingsRequest {
  @IsOptional()
  @IsIn(['everyone', 'permission'])
  boardVisibility?: TenantSettings['boardVisibility'];

  @IsOptional()
  @IsIn(['red', 'green'])
  risingColour?: TenantSettings['risingColour'];

  @IsOptional()
  @Matches(/^\d{1,12}(\.\d{1,2})?$/, { message: 'must be an amount as a decimal string, e.g. 5000.00' })
  celebrationMinimum?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => QuietHoursRequest)
  quietHours?: QuietHoursRequest | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  privacyTopN?: number | null;

  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(32)
  @Matches(IMAGE_HOST, {
    each: true,
    message: 'must be host names, with a port where it is not the usual one',
  })
  imageHosts?: string[];
}

/** What holds for a tenant now. */
export function settingsOf(store: ControlStore, tenant: Tenant, settings: Settings): TenantSettings {
  return { ...defaultsOf(tenant, settings), ...store.settings.get(tenant.id)?.settings };
}

/** Replaces a tenant's settings. @throws ProblemError 400 naming every wrong or unknown field. */
export async function changeSettings(
  store: ControlStore,
  actor: Actor,
  tenant: Tenant,
  settings: Settings,
  body: unknown,
): Promise<TenantSettings> {
  const given = Object.fromEntries(
    Object.entries(validatedBody(SettingsRequest, body)).filter(([, value]) => value !== undefined),
  );
  const changed: TenantSettings = { ...defaultsOf(tenant, settings), ...given };
  await store.write(
    { kind: 'settings', tenant: tenant.id, createdAt: Date.now(), settings: changed },
    auditEntry(actor, 'settings.changed', null),
  );
  return changed;
}

const defaultsOf = (tenant: Tenant, settings: Settings): TenantSettings => ({
  boardVisibility: settings.BOARD_VISIBILITY === 'permission' ? 'permission' : 'everyone',
  risingColour: tenant.locale === 'zh-CN' ? 'red' : 'green',
  celebrationMinimum: '0.00',
  quietHours: null,
  privacyTopN: null,
  imageHosts: settings.IMAGE_HOSTS,
});
