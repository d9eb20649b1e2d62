import type { Kafka, Message, Producer } from 'kafkajs';
import { partitionOf } from '../partition';
import type { LogRecord } from '../port';
import { toMessage } from './records';

/**
 * Upper bound of one request, bytes: all of it may go to one partition, and a broker takes record
 * batches of up to 1 MiB unless told otherwise.
 */
const REQUEST_BYTES = 900_000;
/** Room for a record's own fields beside key, value and headers. */
const RECORD_OVERHEAD = 40;

interface Request {
  topic: string;
  records: LogRecord[];
  /** Records already acknowledged. */
  done: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Sends appends one request at a time, so that the records of one key keep their order whatever is
 * retried; what arrives meanwhile goes together into the next.
 */
export class BatchingProducer {
  private waiting: Request[] = [];
  private running: Promise<void> | null = null;
  private producer: Promise<Producer> | null = null;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves when all in-sync replicas have every record. */
  append(topic: string, records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ topic, records, done: 0, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Sends what is waiting, then disconnects. */
  async close(): Promise<void> {
    while (this.running) await this.running;
    await this.disconnect();
  }

  private async run(): Promise<void> {
    // Appends of the same turn join the first request.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.sendNext();
    this.running = null;
  }

  private async sendNext(): Promise<void> {
    const taken = this.take();
    try {
      const producer = await (this.producer ??= this.connect());
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(taken) });
      for (const { request, records } of taken) {
        request.done += records.length;
        if (request.done === request.records.length) {
          this.waiting.shift();
          request.resolve();
        }
      }
    } catch (error) {
      this.waiting.splice(0, taken.length);
      // What was sent may have been kept. The next request would get the same sequence numbers,
      // and the broker could take it for a repetition and drop it: a new producer has new ones.
      await this.disconnect();
      for (const { request } of taken) request.reject(error);
    }
  }

  /** The next records to send, from the oldest append on. */
  private take(): { request: Request; records: LogRecord[] }[] {
    const taken: { request: Request; records: LogRecord[] }[] = [];
    let bytes = 0;
    for (const request of this.waiting) {
      let end = request.done;
      for (; end < request.records.length; end += 1) {
        const size = recordBytes(request.records[end]!);
        if (bytes > 0 && bytes + size > REQUEST_BYTES) break;
        bytes += size;
      }
      if (end > request.done) taken.push({ request, records: request.records.slice(request.done, end) });
      if (end < request.records.length) break;
    }
    return taken;
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Some ten seconds, so that the caller can be told; see sendNext for what makes that safe.
      retry: { initialRetryTime: 300, retries: 5 },
      createPartitioner:
        () =>
        ({ message, partitionMetadata }) =>
          partitionOf(String(message.key), partitionMetadata.length),
    });
    await producer.connect();
    return producer;
  }

  private async disconnect(): Promise<void> {
    const producer = this.producer;
    this.producer = null;
    // Whether it ever connected or can say goodbye does not matter any more.
    await producer?.then((connected) => connected.disconnect()).catch(() => undefined);
  }
}

function byTopic(
  taken: { request: Request; records: LogRecord[] }[],
): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { request, records } of taken) {
    const messages = topics.get(request.topic) ?? [];
    topics.set(request.topic, messages);
    for (const record of records) messages.push(toMessage(record));
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

function recordBytes({ key, value, headers }: LogRecord): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(key) + value.length;
  for (const [name, text] of Object.entries(headers ?? {})) {
    bytes += 10 + Buffer.byteLength(name) + Buffer.byteLength(text);
  }
  return bytes;
}
