import { join } from 'node:path';
import { createEmbeddedCounters } from './embedded/counters';
import type { BoardSpec, Counters } from './port';
import type { RedisTls } from './redis/client';
import { createRedisCounters } from './redis/counters';

export interface OpenCountersOptions {
  /** Redis when set, else embedded. */
  redisUrl?: string;
  /** Certificates for rediss://, beside the system's own. */
  redisTls?: RedisTls;
  /** The embedded engine keeps its files in `counters/` of it. */
  dataDir: string;
  boards: readonly BoardSpec[];
  /** Told of failures that no call reports: connections, background work. */
  onError?: (error: Error) => void;
}

/** Opens the configured engine. @throws Error for a wrong URL, a wrong board or a folder that cannot be used. */
export function openCounters(options: OpenCountersOptions): Counters {
  const { redisUrl, redisTls, dataDir, boards, onError } = options;
  if (redisUrl) return createRedisCounters({ url: redisUrl, tls: redisTls, boards, onError });
  return createEmbeddedCounters({ path: join(dataDir, 'counters'), boards, onError });
}
