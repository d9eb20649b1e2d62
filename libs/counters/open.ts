import { join } from 'node:path';
import { createEmbeddedCounters } from './embedded/counters';
import type { BoardSpec, Counters } from './port';
import { createRedisCounters } from './redis/counters';

export interface OpenCountersOptions {
  /** Redis when set, else embedded. */
  redisUrl?: string;
  /** The embedded engine keeps its files in `counters/` of it. */
  dataDir: string;
  boards: readonly BoardSpec[];
  /** Told of failures that no call reports: connections, background work. */
  onError?: (error: Error) => void;
}

/** Opens the configured engine. @throws Error for a wrong URL, a wrong board or a folder that cannot be used. */
export function openCounters({ redisUrl, dataDir, boards, onError }: OpenCountersOptions): Counters {
  if (redisUrl) return createRedisCounters({ url: redisUrl, boards, onError });
  return createEmbeddedCounters({ path: join(dataDir, 'counters'), boards, onError });
}
