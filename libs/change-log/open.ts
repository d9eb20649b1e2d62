import { join } from 'node:path';
import { createEmbeddedChangeLog } from './embedded/engine';
import { createKafkaChangeLog, type KafkaChangeLogOptions } from './kafka/engine';
import type { ChangeLog } from './port';

/** How the brokers are spoken to. */
export type KafkaAccess = Pick<KafkaChangeLogOptions, 'ssl' | 'sasl'>;

export interface ChangeLogConfig extends KafkaAccess, Pick<KafkaChangeLogOptions, 'replicationFactor'> {
  /** Bootstrap brokers; absent or empty: the embedded log. */
  kafkaBrokers?: string[];
  /** Name of this process on the brokers (default `floorboard`). */
  clientId?: string;
  /** Data folder; the embedded log lives in `change-log` below it. */
  dataDir: string;
  /** Partitions of a topic that names none (default: 12 on Kafka, 4 embedded). */
  partitions?: number;
}

/**
 * Opens the engine the configuration names. Creates no topic: see `ensureTopics`.
 * @throws when it cannot be reached or its folder cannot be opened.
 */
export async function openChangeLog(config: ChangeLogConfig): Promise<ChangeLog> {
  const { kafkaBrokers, clientId = 'floorboard', dataDir, partitions, ...kafka } = config;
  const log = kafkaBrokers?.length
    ? createKafkaChangeLog({ ...kafka, brokers: kafkaBrokers, clientId, partitions })
    : createEmbeddedChangeLog({ path: join(dataDir, 'change-log'), partitions });
  try {
    await log.ping();
  } catch (error) {
    await log.close();
    throw error;
  }
  return log;
}
