import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type {
  ChangeLog,
  LogRecord,
  PartitionOffsets,
  StoredRecord,
  SubscribeOptions,
  Subscription,
  TopicSpec,
} from '../port';
import { createClient, type KafkaClientOptions } from './client';
import { BatchingProducer } from './producer';
import { isNotYet } from './not-yet';
import { PartitionReader } from './reader';
import { KafkaSubscription } from './subscription';
import { createTopics } from './topics';

export interface KafkaChangeLogOptions extends KafkaClientOptions {
  /** Partitions of a topic that names none (default 12). */
  partitions?: number;
  /** Copies of every partition of a topic created here (default: 3, or as many as there are brokers). */
  replicationFactor?: number;
}

const ADMIN_ATTEMPTS = 6;

/** The log on a Kafka cluster. Connects on first use. */
export function createKafkaChangeLog(options: KafkaChangeLogOptions): KafkaChangeLog {
  return new KafkaChangeLog(options);
}

/** The change log in Apache Kafka. */
export class KafkaChangeLog implements ChangeLog {
  readonly engine = 'kafka';

  private readonly kafka: Kafka;
  private readonly producer: BatchingProducer;
  private readonly reader: PartitionReader;
  private readonly subscriptions = new Set<KafkaSubscription>();
  private connectedAdmin: Promise<Admin> | null = null;
  private closed = false;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: KafkaChangeLogOptions) {
    this.kafka = createClient(options);
    this.producer = new BatchingProducer(this.kafka);
    const { brokers, clientId, ssl, sasl } = options;
    this.reader = new PartitionReader(this.kafka, { brokers, clientId, ssl, sasl });
  }

  async ensureTopics(topics: TopicSpec[]): Promise<void> {
    const { partitions = 12, replicationFactor } = this.options;
    await this.withAdmin((admin) => createTopics(admin, topics, { partitions, replicationFactor }));
  }

  async append(topic: string, records: LogRecord[]): Promise<void> {
    this.assertOpen();
    if (records.length > 0) await this.producer.append(topic, records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.assertOpen();
    const subscription = new KafkaSubscription(this.kafka, options, (stopped) => {
      this.subscriptions.delete(stopped);
    });
    // Before it has joined: closing the log ends a join that takes long, too.
    this.subscriptions.add(subscription);
    try {
      await subscription.start();
    } catch (error) {
      this.subscriptions.delete(subscription);
      throw error;
    }
    return subscription;
  }

  async offsets(topic: string): Promise<PartitionOffsets[]> {
    const offsets = await this.withAdmin((admin) => admin.fetchTopicOffsets(topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  async committed(topic: string, group: string): Promise<Map<number, number>> {
    const own = [...this.subscriptions].filter((subscription) => subscription.group === group);
    await Promise.all(own.map((subscription) => subscription.flush()));
    const topics = await this.withAdmin((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const offsets = new Map<number, number>();
    for (const { partition, offset } of topics[0]?.partitions ?? []) {
      if (Number(offset) >= 0) offsets.set(partition, Number(offset));
    }
    return offsets;
  }

  async read(topic: string, partition: number, offset: number, limit: number): Promise<StoredRecord[]> {
    this.assertOpen();
    try {
      return await this.reader.read(topic, partition, offset, limit);
    } catch (error) {
      if ((error as Error).name !== 'KafkaJSOffsetOutOfRange') throw error;
      const range = (await this.offsets(topic)).find((offsets) => offsets.partition === partition);
      if (!range || offset >= range.start) return [];
      return this.reader.read(topic, partition, range.start, limit);
    }
  }

  async ping(): Promise<void> {
    await this.withAdmin((admin) => admin.describeCluster());
  }

  async close(): Promise<void> {
    this.closing ??= this.shutDown();
    await this.closing;
  }

  private async shutDown(): Promise<void> {
    // Handlers under way may still append.
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    this.closed = true;
    await this.producer.close();
    await this.reader.close();
    await this.disconnectAdmin();
  }

  /**
   * Asks again what the brokers could not answer yet (a new topic's leader takes a moment), and with
   * a new connection what failed otherwise: that one broke is found out only by using it.
   */
  private async withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    this.assertOpen();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await use(await this.admin());
      } catch (error) {
        const notYet = isNotYet(error);
        if (attempt === (notYet ? ADMIN_ATTEMPTS : 2)) throw error;
        if (notYet) await delay(50 * 2 ** attempt);
        // kafkajs asks about every topic a connection was ever asked about, and fails for one that is gone since: a new
        // one knows of none.
        if (!notYet || attempt > 1) await this.disconnectAdmin();
      }
    }
  }

  private async admin(): Promise<Admin> {
    this.connectedAdmin ??= this.connectAdmin();
    return this.connectedAdmin;
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 2 } });
    await admin.connect();
    return admin;
  }

  private async disconnectAdmin(): Promise<void> {
    const admin = this.connectedAdmin;
    this.connectedAdmin = null;
    await admin?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  private assertOpen(): void {
    if (this.closed) throw new Error('the change log is closed');
  }
}
