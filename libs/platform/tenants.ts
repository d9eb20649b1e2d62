/** The tenants of an installation: from TENANTS_FILE, or the one tenant `default`. */
import { readFileSync } from 'node:fs';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsArray,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { parse } from 'yaml';
import { isZoneName, zoneNamed, type Zone } from '#calendar';
import { ConfigurationError, type Settings } from './settings';

class TenantEntry {
  @Matches(/^[a-z0-9_-]{1,64}$/, { message: 'id must be 1 to 64 characters of a-z 0-9 - _' })
  id!: string;

  @IsOptional()
  @IsString()
  @MaxLength(512)
  name?: string;

  @ValidateBy({
    name: 'isZone',
    validator: {
      validate: (value) => typeof value === 'string' && isZoneName(value),
      defaultMessage: () => 'zone must be an IANA time zone, e.g. Asia/Shanghai',
    },
  })
  zone = 'Asia/Shanghai';

  @IsOptional()
  @Matches(/^(zh-CN|en)$/, { message: 'locale must be zh-CN or en' })
  locale?: 'zh-CN' | 'en';

  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code, e.g. CNY' })
  currency?: string;
}

class TenantsFile {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TenantEntry)
  tenants!: TenantEntry[];
}

export interface Tenant {
  id: string;
  name: string;
  zone: Zone;
  locale: 'zh-CN' | 'en';
  /** ISO 4217 code; amounts carry none, so this is for showing them. */
  currency: string;
}

export class Tenants {
  private readonly byId: ReadonlyMap<string, Tenant>;

  constructor(readonly all: readonly Tenant[]) {
    this.byId = new Map(all.map((tenant) => [tenant.id, tenant]));
  }

  get(id: string): Tenant | undefined {
    return this.byId.get(id);
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }
}

/** @throws ConfigurationError when the file cannot be read or is wrong; the message names the entry. */
export function loadTenants(settings: Settings): Tenants {
  const file = settings.TENANTS_FILE;
  const entries = file ? readEntries(file) : [{ id: 'default', zone: settings.TIME_ZONE } as TenantEntry];
  return new Tenants(
    entries.map((entry) => ({
      id: entry.id,
      name: entry.name ?? entry.id,
      zone: zoneNamed(entry.zone),
      locale: entry.locale ?? 'zh-CN',
      currency: entry.currency ?? 'CNY',
    })),
  );
}

function readEntries(file: string): TenantEntry[] {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`TENANTS_FILE ${file}: ${(error as Error).message}`);
  }
  const parsed = plainToInstance(TenantsFile, content ?? {}, { exposeDefaultValues: true });
  const errors = validateSync(parsed, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0)
    throw new ConfigurationError(`TENANTS_FILE ${file}: ${describe(errors, '').join('; ')}`);
  if (parsed.tenants.length === 0) throw new ConfigurationError(`TENANTS_FILE ${file}: tenants is empty`);
  const seen = new Set<string>();
  for (const { id } of parsed.tenants) {
    if (seen.has(id)) throw new ConfigurationError(`TENANTS_FILE ${file}: tenant ${id} stands twice`);
    seen.add(id);
  }
  return parsed.tenants;
}

function describe(errors: ValidationError[], path: string): string[] {
  return errors.flatMap((error) => {
    const at = path ? `${path}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((text) => `${at}: ${text}`);
    return own.concat(describe(error.children ?? [], at));
  });
}
