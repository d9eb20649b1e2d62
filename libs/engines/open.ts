/** Opens the engines that the settings name. */
import { TOPICS, openChangeLog, type ChangeLog } from '#change-log';
import { openCounters, type Counters } from '#counters';
import { BOARDS, type Measure } from '#metrics';
import type { Logger, Settings } from '#platform';
import { migrate, openWarehouse, type Warehouse } from '#warehouse';

export interface Engines {
  log: ChangeLog;
  counters: Counters;
  warehouse: Warehouse;
}

const DAY_MS = 86_400_000;

/** Which engines a process needs; each is opened only when asked for. */
export interface OpenOptions {
  /** Bring the warehouse's tables up to this release: the consumer that writes them does, readers wait. */
  migrate: boolean;
}

/**
 * Opens the change log, the counters and the warehouse, and creates the topics that are missing.
 * @throws when an engine cannot be reached or is refused; the message names it.
 */
export async function openEngines(
  settings: Settings,
  logger: Logger,
  options: OpenOptions,
): Promise<Engines> {
  const log = await named('change log', () => openLog(settings));
  const counters = await named('counters', () => openCounterStore(settings));
  const warehouse = await named('warehouse', () =>
    openWarehouse({
      url: settings.CLICKHOUSE_URL,
      dataDir: settings.dataDir,
      limits: { timeoutMs: settings.QUERY_TIMEOUT_S * 1000, maxMemoryBytes: settings.QUERY_MEMORY_BYTES },
    }),
  );
  if (options.migrate || settings.engines.warehouse === 'embedded') {
    const applied = await named('warehouse', () => migrate(warehouse));
    if (applied.length > 0) logger.info({ applied }, 'warehouse migrated');
  }
  return { log, counters, warehouse };
}

/** The change log alone, with its topics. */
export async function openLog(settings: Settings): Promise<ChangeLog> {
  const log = await openChangeLog({
    kafkaBrokers: settings.KAFKA_BROKERS,
    dataDir: settings.dataDir,
    partitions: settings.LOG_PARTITIONS,
    replicationFactor: settings.LOG_REPLICATION,
  });
  const partitions = settings.LOG_PARTITIONS ?? (settings.KAFKA_BROKERS ? 12 : 4);
  const retention = {
    retentionMs: settings.LOG_RETENTION_DAYS * DAY_MS,
    retentionBytes: settings.LOG_RETENTION_BYTES,
  };
  await log.ensureTopics([
    { name: TOPICS.events, partitions, ...retention },
    { name: TOPICS.deadLetters, partitions: 1, retentionMs: 90 * DAY_MS, retentionBytes: null },
    { name: TOPICS.control, partitions: 1, compacted: true },
  ]);
  return log;
}

/** The counters alone. */
export function openCounterStore(settings: Settings): Counters {
  const boards = BOARDS.map(({ id, measure }) => ({ id, kind: KIND[measure.kind] }));
  return openCounters({ redisUrl: settings.REDIS_URL?.join(','), dataDir: settings.dataDir, boards });
}

const KIND = {
  count: 'count',
  'count-items': 'count',
  sum: 'sum',
  'sum-items': 'sum',
  distinct: 'distinct',
} as const satisfies Record<Measure['kind'], 'count' | 'sum' | 'distinct'>;

async function named<T>(engine: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new Error(`${engine}: ${(error as Error).message}`, { cause: error });
  }
}
