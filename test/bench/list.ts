/** All benchmarks, in the order in which they run. */
import { baseline } from './baseline';
import { boardsEmbedded, boardsServers } from './boards';
import { countersEmbedded, countersRedis } from './counters';
import { factsEmbedded, factsServers } from './facts';
import type { Benchmark } from './figures';
import { ingestEmbedded, ingestKafka } from './ingest';
import { liveEmbedded, liveServers } from './live';
import { rebuildEmbedded, rebuildServers } from './rebuild';
import { reports } from './all-reports';
import { scaleOut } from './scale-out';

export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'facts-embedded': factsEmbedded,
  'facts-servers': factsServers,
  'counters-redis': countersRedis,
  'counters-embedded': countersEmbedded,
  'ingest-embedded': ingestEmbedded,
  'ingest-kafka': ingestKafka,
  baseline,
  'live-embedded': liveEmbedded,
  'live-servers': liveServers,
  'boards-embedded': boardsEmbedded,
  'boards-servers': boardsServers,
  'rebuild-embedded': rebuildEmbedded,
  'rebuild-servers': rebuildServers,
  'scale-out': scaleOut,
  reports,
};

/** Left out of a quick run unless asked for by name: more engines, and what takes its time. */
export const NOT_QUICK: ReadonlySet<string> = new Set([
  ...[
    'facts-servers',
    'ingest-kafka',
    'live-servers',
    'boards-servers',
    'rebuild-servers',
    'scale-out',
    'reports',
  ],
]);
