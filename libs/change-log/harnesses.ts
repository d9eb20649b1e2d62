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

/** A log on the brokers of `KAFKA_BROKERS`, which other specs use meanwhile: only topics made here are removed. */
export async function kafkaHarness(): Promise<ChangeLogHarness<KafkaChangeLog>> {
  const brokers = kafkaBrokers();
  const clientId = `test-${randomUUID()}`;
  const made = new Set<string>();
  return {
    open: async () => {
      const log = createKafkaChangeLog({ brokers, clientId });
      const ensureTopics = log.ensureTopics.bind(log);
      log.ensureTopics = (topics) => {
        for (const { name } of topics) made.add(name);
        return ensureTopics(topics);
      };
      return log;
    },
    destroy: () => removeTopics(brokers, clientId, made),
  };
}

async function removeTopics(brokers: string[], clientId: string, made: ReadonlySet<string>): Promise<void> {
  const admin = new Kafka({ brokers, clientId, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => made.has(topic)) });
  await admin.disconnect();
}
