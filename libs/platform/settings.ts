/**
 * Every setting, read from the environment and checked in one place. A wrong or missing one stops
 * the start with a message that names it.
 */
import { resolve } from 'node:path';
import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  validateSync,
  ValidateBy,
  getMetadataStorage,
} from 'class-validator';
import { isZoneName } from '#calendar';
import { accessProblems, EngineAccessSettings } from './engine-access-settings';
import { HttpUrl, Whole } from './setting-types';

const BROKER = /^[A-Za-z0-9._-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/;
const REDIS = /^rediss?:\/\/\S+$/;
/** A host name, with a port where it is not the usual one. */
export const IMAGE_HOST =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/;
const MIB = 1024 * 1024;

const list = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;

/** The settings as the environment names them. */
export class Settings extends EngineAccessSettings {
  /** Address the HTTP server listens on. */
  @IsString()
  HOST = '127.0.0.1';

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT = 3000;

  /** Folder of the embedded engines and of everything else kept on this machine. */
  @IsString()
  DATA_DIR = './data';

  /** Zone of the tenant `default` when there is no TENANTS_FILE. */
  @ValidateBy({
    name: 'isZone',
    validator: {
      validate: (value) => typeof value === 'string' && isZoneName(value),
      defaultMessage: () => 'must be an IANA time zone, e.g. Asia/Shanghai',
    },
  })
  TIME_ZONE = 'Asia/Shanghai';

  /** host:port, separated by commas. Unset: the embedded change log. */
  @IsOptional()
  @Transform(list)
  @IsArray()
  @ArrayNotEmpty()
  @Matches(BROKER, { each: true, message: 'must be host:port, several separated by commas' })
  KAFKA_BROKERS?: string[];

  /** redis:// or rediss:// URL; several separated by commas are the nodes of a cluster. Unset: embedded counters. */
  @IsOptional()
  @Transform(list)
  @Matches(REDIS, { each: true, message: 'must be a redis:// or rediss:// URL' })
  REDIS_URL?: string[];

  /** http(s) URL of a ClickHouse server with user, password and database. Unset: embedded warehouse. */
  @HttpUrl()
  CLICKHOUSE_URL?: string;

  /** The cluster over which the ClickHouse server's tables are distributed. Unset: it holds them alone. */
  @IsOptional()
  @Matches(/^[A-Za-z_][\w-]*$/, { message: "must be the name of a cluster in the servers' remote_servers" })
  CLICKHOUSE_CLUSTER?: string;

  /** YAML file of the tenants; without it there is the one tenant `default`. */
  @IsOptional()
  @IsString()
  TENANTS_FILE?: string;

  /** GeoJSON file of provinces, approved for publication; unset: the map is a grid of tiles. */
  @IsOptional()
  @IsString()
  MAP_FILE?: string;

  /** Port of /metrics and of the details of dependencies; 0 takes a free one. Unset: not served. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65535)
  METRICS_PORT?: number;

  /** Address of METRICS_PORT. It knows no keys: only the operators' network should reach it. */
  @IsString()
  METRICS_HOST = '127.0.0.1';

  /** Where spans are sent, by OTLP over HTTP: http://collector:4318/v1/traces. Unset: nothing is traced. */
  @HttpUrl()
  TRACES_URL?: string;

  /** Share of the requests that are traced of those that no trace names, 0 to 1. */
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  TRACES_SHARE = 0.01;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL = 'info';

  /** Partitions of topics that are created here. Unset: 12 on Kafka, 4 embedded. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1024)
  LOG_PARTITIONS?: number;

  /** Copies of each partition of topics that are created on Kafka. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(9)
  LOG_REPLICATION = 1;

  /** The first API key: `fb_<id>_<secret>`, or any text of 32 characters or more. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{32,256}$/, { message: 'must have 32 to 256 printable characters without spaces' })
  ADMIN_KEY?: string;

  /** Days the change log keeps events; the warehouse keeps them for ever. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(36500)
  LOG_RETENTION_DAYS = 14;

  /** Bytes per partition that the change log keeps at most. */
  @Type(() => Number)
  @IsInt()
  @Min(16 * MIB)
  LOG_RETENTION_BYTES = 8192 * MIB;

  /** Bytes of events under way in POST /v1/events at most; beyond that requests are told to come again. */
  @Type(() => Number)
  @IsInt()
  @Min(8 * MIB)
  INTAKE_MAX_BYTES = 64 * MIB;

  /** A question to the warehouse is given up after it. */
  @Whole(1, 600)
  QUERY_TIMEOUT_S = 10;

  /** Memory that a question to the warehouse may take. */
  @Whole(64 * MIB)
  QUERY_MEMORY_BYTES = 2048 * MIB;

  /** Events in one request at most; the event contract's limit. */
  @Whole(1, 5_000)
  INTAKE_MAX_EVENTS = 5_000;

  /** Bytes of one event at most; the event contract's limit. */
  @Whole(1024, 512 * 1024)
  INTAKE_MAX_EVENT_BYTES = 512 * 1024;

  /** Events in the log that a consumer has not taken yet at most; beyond that requests are told to come again. */
  @Whole(1_000)
  INTAKE_MAX_LAG = 5_000_000;

  /** Bytes that the disk of the embedded log must have free; below that requests are told to come again. */
  @Whole(0)
  INTAKE_MIN_FREE_BYTES = 512 * MIB;

  /** Days the warehouse keeps events that a newer one of their record has replaced; 0: for ever. */
  @Whole(0, 36_500)
  FACTS_RETENTION_DAYS = 0;

  /** Seconds between two comparisons of the live counters with the warehouse; 0: none. */
  @Whole(0, 604_800)
  RECONCILIATION_SECONDS = 600;

  /** Whether every reader sees leaderboards whole (`everyone`) or inside the data permission (`permission`). */
  @IsIn(['everyone', 'permission'])
  BOARD_VISIBILITY = 'everyone';

  /** Hosts that pictures of employees may be loaded from, by https; a tenant's own setting goes before it. */
  @Transform(list)
  @IsArray()
  @Matches(IMAGE_HOST, { each: true, message: 'must be host names, several separated by commas' })
  IMAGE_HOSTS: string[] = [];

  /** The data folder as an absolute path. */
  get dataDir(): string {
    return resolve(this.DATA_DIR);
  }

  /** What must never be printed and has no form by which it could be told. */
  get secrets(): string[] {
    const urls = [...(this.REDIS_URL ?? []), this.CLICKHOUSE_URL ?? ''].map(
      (url) => URL.parse(url)?.password ?? '',
    );
    const inUrls = urls.flatMap((password) => [password, decodeURIComponent(password)]);
    return [this.ADMIN_KEY ?? '', this.KAFKA_PASSWORD ?? '', ...inUrls].filter(Boolean);
  }

  /** Which of the servers are spoken to by TLS. */
  get tls(): { KAFKA: boolean; REDIS: boolean; CLICKHOUSE: boolean } {
    return {
      KAFKA: this.KAFKA_TLS === 'true',
      REDIS: this.REDIS_URL?.[0]?.startsWith('rediss://') ?? false,
      CLICKHOUSE: this.CLICKHOUSE_URL?.startsWith('https://') ?? false,
    };
  }

  get engines(): {
    log: 'kafka' | 'embedded';
    counters: 'redis' | 'embedded';
    warehouse: 'server' | 'embedded';
  } {
    return {
      log: this.KAFKA_BROKERS ? 'kafka' : 'embedded',
      counters: this.REDIS_URL ? 'redis' : 'embedded',
      warehouse: this.CLICKHOUSE_URL ? 'server' : 'embedded',
    };
  }
}

/** Stops the start; the message names every setting concerned. */
export class ConfigurationError extends Error {}

/**
 * Settings from an environment. Empty values count as unset.
 * @throws ConfigurationError
 */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const given: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  const settings = plainToInstance(Settings, given, { exposeDefaultValues: true });
  const errors = validateSync(settings, { forbidUnknownValues: true });
  if (errors.length > 0) {
    const lines = errors.map((e) => `${e.property} ${Object.values(e.constraints ?? {}).join(', ')}`);
    throw new ConfigurationError(`wrong settings: ${lines.join('; ')}`);
  }
  const problems = accessProblems(settings, settings.tls);
  if (settings.CLICKHOUSE_CLUSTER && !settings.CLICKHOUSE_URL) {
    problems.push('CLICKHOUSE_CLUSTER needs CLICKHOUSE_URL');
  }
  if (problems.length > 0) throw new ConfigurationError(`wrong settings: ${problems.join('; ')}`);
  return settings;
}

/** Everything that is checked is a setting. */
export const SETTING_NAMES: readonly string[] = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Settings, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
].sort();

/**
 * The split apps share nothing but the engines, so all three must be servers.
 * @throws ConfigurationError naming those that are missing.
 */
export function requireServers(settings: Settings, app: string): void {
  const missing = (['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL'] as const).filter(
    (name) => !settings[name],
  );
  if (missing.length > 0) {
    throw new ConfigurationError(
      `apps/${app} is one of several processes and needs ${missing.join(', ')}; ` +
        'without servers run everything in one process: floorboard start',
    );
  }
}
