/** Settings that say how the engines' servers are reached: TLS and who asks. The URLs are in `settings.ts`. */
import { readFileSync } from 'node:fs';
import { IsIn, IsOptional, IsString, ValidateBy } from 'class-validator';
import { HttpSettings } from './http-settings';

/** A PEM file that can be read; kept as its path. */
const PemFile = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPemFile',
    validator: {
      validate: (value) => typeof value === 'string' && textOf(value).includes('-----BEGIN '),
      defaultMessage: () => 'must name a PEM file that can be read',
    },
  });

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export class EngineAccessSettings extends HttpSettings {
  /** Whether the brokers are spoken to by TLS. */
  @IsIn(['true', 'false'])
  KAFKA_TLS = 'false';

  /** Who signed the brokers' certificates, where the system does not know it. */
  @IsOptional()
  @PemFile()
  KAFKA_CA_FILE?: string;

  /** Our own certificate and its key, where the brokers ask for one. */
  @IsOptional()
  @PemFile()
  KAFKA_CERT_FILE?: string;

  @IsOptional()
  @PemFile()
  KAFKA_KEY_FILE?: string;

  @IsOptional()
  @IsIn(SASL_MECHANISMS)
  KAFKA_SASL_MECHANISM?: SaslMechanism;

  @IsOptional()
  @IsString()
  KAFKA_USERNAME?: string;

  @IsOptional()
  @IsString()
  KAFKA_PASSWORD?: string;

  @IsOptional()
  @PemFile()
  REDIS_CA_FILE?: string;

  @IsOptional()
  @PemFile()
  REDIS_CERT_FILE?: string;

  @IsOptional()
  @PemFile()
  REDIS_KEY_FILE?: string;

  @IsOptional()
  @PemFile()
  CLICKHOUSE_CA_FILE?: string;

  @IsOptional()
  @PemFile()
  CLICKHOUSE_CERT_FILE?: string;

  @IsOptional()
  @PemFile()
  CLICKHOUSE_KEY_FILE?: string;
}

/** What TLS needs beside the system's own certificates; absent parts are undefined. */
export interface TlsFiles {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

type Engine = 'KAFKA' | 'REDIS' | 'CLICKHOUSE';

/** The contents of an engine's certificate files. */
export function tlsFiles(settings: EngineAccessSettings, engine: Engine): TlsFiles {
  const read = (kind: 'CA' | 'CERT' | 'KEY'): Buffer | undefined => {
    const file = settings[`${engine}_${kind}_FILE`];
    return file === undefined ? undefined : readFileSync(file);
  };
  return { ca: read('CA'), cert: read('CERT'), key: read('KEY') };
}

/** Settings that do not fit each other, each as `NAME what is wrong`. */
export function accessProblems(settings: EngineAccessSettings, tls: Record<Engine, boolean>): string[] {
  const problems: string[] = [];
  for (const engine of ['KAFKA', 'REDIS', 'CLICKHOUSE'] as const) {
    const [cert, key] = [`${engine}_CERT_FILE`, `${engine}_KEY_FILE`] as const;
    for (const name of [`${engine}_CA_FILE`, cert, key] as const) {
      if (settings[name] !== undefined && !tls[engine]) problems.push(`${name} needs ${BY_TLS[engine]}`);
    }
    if ((settings[cert] === undefined) !== (settings[key] === undefined)) {
      problems.push(`${cert} and ${key} must be set together`);
    }
  }
  if (settings.CLICKHOUSE_CERT_FILE !== undefined && settings.CLICKHOUSE_CA_FILE === undefined) {
    problems.push('CLICKHOUSE_CERT_FILE needs CLICKHOUSE_CA_FILE');
  }
  const sasl = ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'] as const;
  const missing = sasl.filter((name) => settings[name] === undefined);
  if (missing.length > 0 && missing.length < sasl.length) {
    problems.push(`${missing.join(', ')} must be set as well: ${sasl.join(', ')} belong together`);
  }
  return problems;
}

const BY_TLS: Record<Engine, string> = {
  KAFKA: 'KAFKA_TLS to be true',
  REDIS: 'REDIS_URL to begin with rediss://',
  CLICKHOUSE: 'CLICKHOUSE_URL to begin with https://',
};
