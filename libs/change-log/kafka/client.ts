import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type KafkaConfig, type logCreator } from 'kafkajs';

export interface KafkaClientOptions {
  /** Bootstrap brokers, `host:port`. */
  brokers: string[];
  /** Name of this process in the brokers' logs and quotas. */
  clientId: string;
  /** By TLS; an empty object trusts whom the system trusts. */
  ssl?: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  sasl?: KafkaConfig['sasl'];
}

/** The client, its warnings and errors in the application's own log. */
export function createClient({ brokers, clientId, ssl, sasl }: KafkaClientOptions): Kafka {
  return new Kafka({
    brokers,
    clientId,
    ssl,
    sasl,
    connectionTimeout: 3_000,
    // Some two seconds: who asks is told soon that no broker answers.
    retry: { initialRetryTime: 100, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: toNestLogger,
  });
}

const toNestLogger: logCreator = () => {
  const logger = new Logger('Kafka');
  return ({ namespace, level, log }) => {
    // Single answers of brokers that kafkajs retries or throws; and a warning about the bounded
    // retries of the producer, which are meant (see BatchingProducer).
    if (namespace === 'Connection' || namespace === 'Producer') return;
    const { message, error, groupId } = log as { message: string; error?: unknown; groupId?: string };
    const text = [namespace, groupId, message, error].filter(Boolean).map(String).join(': ');
    if (level === logLevel.ERROR) logger.error(text);
    else logger.warn(text);
  };
};
