import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { ChangeLogHarness } from './conformance';
import { createEmbeddedChangeLog, type EmbeddedChangeLog } from './embedded/engine';
import { createKafkaChangeLog, type KafkaChangeLog } from './kafka/engine';

/** An embedded log in a folder of its own. */
export async function embeddedHarness(): Promise<ChangeLogHarness<EmbeddedChangeLog> & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'change-log-'));
  return {
    path,
    open: async () => createEmbeddedChangeLog({ path }),
    destroy: () => rm(path, { recursive: true }),
  };
}

/** Brokers to test with. Never skipped: a log that was not tested is a failure. */
export function kafkaBrokers(): string[] {
  const brokers = process.env['KAFKA_BROKERS']?.split(',').filter(Boolean) ?? [];
  if (brokers.length === 0) {
    throw new Error(
      'set KAFKA_BROKERS (host:port, comma separated) to a Kafka to test with; `npm test` starts one',
    );
  }
  return brokers;
}

/** A log on the brokers of `KAFKA_BROKERS`. Topics and groups of tests begin with `test.`. */
export async function kafkaHarness(): Promise<ChangeLogHarness<KafkaChangeLog>> {
  const brokers = kafkaBrokers();
  const clientId = `test-${randomUUID()}`;
  return {
    open: async () => createKafkaChangeLog({ brokers, clientId }),
    destroy: () => removeTests(brokers, clientId),
  };
}

async function removeTests(brokers: string[], clientId: string): Promise<void> {
  const admin = new Kafka({ brokers, clientId, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => topic.startsWith('test.')) });
  await admin.disconnect();
}
