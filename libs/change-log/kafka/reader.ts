import type { Kafka } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster';
import Batch from 'kafkajs/src/consumer/batch';
import socketFactory from 'kafkajs/src/network/socketFactory';
import type { StoredRecord } from '../port';
import type { KafkaClientOptions } from './client';
import { toStoredRecord } from './records';

const READ_COMMITTED = 1;
const FETCH_BYTES = 4 * 1024 * 1024;
const ATTEMPTS = 4;

/** Reads of single partitions, outside any consumer group: nothing is joined and nothing left behind. */
export class PartitionReader {
  private cluster: Cluster | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaClientOptions,
  ) {}

  /**
   * Up to `limit` records from `offset` on, as far as the log went when the read began. Rejects
   * with kafkajs's `KafkaJSOffsetOutOfRange` when the offset is not in the log.
   */
  async read(topic: string, partition: number, offset: number, limit: number): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    let position = offset;
    let end = Infinity;
    while (records.length < limit && position < end) {
      const batch = await this.fetchAgain(topic, partition, position);
      end = Math.min(end, Number(batch.highWatermark));
      for (const message of batch.messages.slice(0, limit - records.length)) {
        const record = toStoredRecord(message);
        // A copy: a record that is kept would otherwise keep the whole response.
        if (record.offset < end) records.push({ ...record, value: Buffer.from(record.value) });
      }
      position = Math.max(position + 1, Number(batch.lastOffset()) + 1);
    }
    return records;
  }

  async close(): Promise<void> {
    await this.cluster?.disconnect();
    this.cluster = null;
  }

  /** Leaders move and connections break: asks again with fresh metadata. */
  private async fetchAgain(topic: string, partition: number, offset: number): Promise<Batch> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.fetch(topic, partition, offset);
      } catch (error) {
        if (attempt === ATTEMPTS || (error as Error).name === 'KafkaJSOffsetOutOfRange') throw error;
        await this.close();
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      }
    }
  }

  private async fetch(topic: string, partition: number, offset: number): Promise<Batch> {
    const cluster = await this.connected();
    await cluster.addTargetTopic(topic);
    const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    if (leader === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
    const broker = await cluster.findBroker({ nodeId: leader });
    const { responses } = await broker.fetch({
      maxWaitTime: 50,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }] }],
    });
    const fetched = responses[0]?.partitions[0];
    if (!fetched) throw new Error(`nothing answered for ${topic}, partition ${partition}`);
    return new Batch(topic, String(offset), fetched);
  }

  private async connected(): Promise<Cluster> {
    this.cluster ??= new Cluster({
      ...this.options,
      logger: this.kafka.logger(),
      socketFactory: socketFactory(),
      connectionTimeout: 3_000,
      enforceRequestTimeout: true,
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      retry: { retries: 2 },
    });
    await this.cluster.connect();
    return this.cluster;
  }
}
