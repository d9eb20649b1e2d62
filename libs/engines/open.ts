/** Opens the engines that the settings name. */
import { TOPICS, openChangeLog, type ChangeLog, type KafkaAccess, type TopicSpec } from '#change-log';
import { CountersTooNew, openCounters, type Counters } from '#counters';
import { BOARDS, type Measure } from '#metrics';
import { ConfigurationError, tlsFiles, type Logger, type Settings } from '#platform';
import { migrate, openWarehouse, WarehouseTooNew, type Warehouse } from '#warehouse';

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
  await named('counters', () => checkLayout(counters));
  const warehouse = await named('warehouse', () => openWarehouseOf(settings));
  if (options.migrate || settings.engines.warehouse === 'embedded') {
    const applied = await migrateWarehouse(warehouse);
    if (applied.length > 0) logger.info({ applied }, 'warehouse migrated');
  }
  return { log, counters, warehouse };
}

/** The warehouse alone, as it is. */
export function openWarehouseOf(settings: Settings): Promise<Warehouse> {
  return openWarehouse({
    url: settings.CLICKHOUSE_URL,
    cluster: settings.CLICKHOUSE_CLUSTER,
    dataDir: settings.dataDir,
    tls: tlsFiles(settings, 'CLICKHOUSE'),
    limits: { timeoutMs: settings.QUERY_TIMEOUT_S * 1000, maxMemoryBytes: settings.QUERY_MEMORY_BYTES },
  });
}

/** Lets go of all three; rejects with the first error. */
export async function closeEngines({ log, counters, warehouse }: Engines): Promise<void> {
  await Promise.all([log.close(), counters.close(), warehouse.close()]);
}

/** The change log alone, with its topics. */
export async function openLog(settings: Settings): Promise<ChangeLog> {
  const log = await openChangeLog({
    kafkaBrokers: settings.KAFKA_BROKERS,
    dataDir: settings.dataDir,
    partitions: settings.LOG_PARTITIONS,
    replicationFactor: settings.LOG_REPLICATION,
    ...kafkaAccess(settings),
  });
  await log.ensureTopics(topicsOf(settings));
  return log;
}

/** The topics as they are created where they are missing. */
export function topicsOf(settings: Settings): TopicSpec[] {
  const partitions = settings.LOG_PARTITIONS ?? (settings.KAFKA_BROKERS ? 12 : 4);
  const retention = {
    retentionMs: settings.LOG_RETENTION_DAYS * DAY_MS,
    retentionBytes: settings.LOG_RETENTION_BYTES,
  };
  return [
    { name: TOPICS.events, partitions, ...retention },
    { name: TOPICS.deadLetters, partitions: 1, retentionMs: 90 * DAY_MS, retentionBytes: null },
    { name: TOPICS.control, partitions: 1, compacted: true },
  ];
}

/** How the brokers are spoken to: by TLS or not, and as whom. */
export function kafkaAccess(settings: Settings): KafkaAccess {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  const ssl = settings.tls.KAFKA ? tlsFiles(settings, 'KAFKA') : undefined;
  if (!mechanism || !username || !password) return { ssl };
  // kafkajs knows each mechanism as a type of its own.
  return { ssl, sasl: { mechanism, username, password } as KafkaAccess['sasl'] };
}

/** The counters alone. */
export function openCounterStore(settings: Settings): Counters {
  const boards = BOARDS.map(({ id, measure }) => ({ id, kind: KIND[measure.kind] }));
  return openCounters({
    redisUrl: settings.REDIS_URL?.join(','),
    redisTls: tlsFiles(settings, 'REDIS'),
    dataDir: settings.dataDir,
    boards,
  });
}

/** A store that cannot be reached now is looked at when it is used; only one of a newer release stops the start. */
async function checkLayout(counters: Counters): Promise<void> {
  try {
    await counters.checkLayout?.();
  } catch (error) {
    if (error instanceof CountersTooNew) throw error;
  }
}

/** Brings the warehouse to this release's schema; resolves with the names of what was applied. */
export const migrateWarehouse = (warehouse: Warehouse): Promise<string[]> =>
  named('warehouse', () => migrate(warehouse));

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
    const message = `${engine}: ${(error as Error).message}`;
    const isTooNew = error instanceof CountersTooNew || error instanceof WarehouseTooNew;
    throw isTooNew ? new ConfigurationError(message, { cause: error }) : new Error(message, { cause: error });
  }
}
