import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../limits';
import { PartitionLoop } from '../partition-loop';
import type { SubscribeOptions, Subscription } from '../port';
import { CoalescedCommits } from './commits';
import { PartitionBuffer, type BufferLimits, type BufferOwner } from './partition-buffer';

interface OwnedPartition {
  buffer: PartitionBuffer;
  loop: PartitionLoop;
}

interface Settler {
  done: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** A promise that others settle; the first word counts, and nobody has to listen. */
function newSettler(): Settler {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const done = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  done.catch(() => undefined);
  return { done, resolve, reject };
}

/**
 * One member of a consumer group.
 *
 * `eachBatch` only fills buffers and returns: the handlers run beside it, one loop per partition.
 * So the fetch loop of kafkajs always runs and sends its heartbeats however long a handler takes, a
 * failing partition holds up no other (kafkajs waits for all batches of a fetch before the next
 * one), and no handler's error ever reaches kafkajs, which would take a TypeError for the end.
 */
export class KafkaSubscription implements Subscription, BufferOwner {
  private readonly consumer: Consumer;
  private readonly limits: BufferLimits;
  private readonly owned = new Map<number, OwnedPartition>();
  /** Loops of lost partitions whose handler may still be under way. */
  private readonly leaving = new Map<number, Promise<void>>();
  private readonly commits: CoalescedCommits;
  private stopping: Promise<void> | null = null;
  private readonly joining = newSettler();

  constructor(
    kafka: Kafka,
    private readonly options: SubscribeOptions,
    private readonly onStopped: (subscription: KafkaSubscription) => void,
  ) {
    this.consumer = kafka.consumer({
      groupId: options.group,
      // A member that died without a word, or with its broker, is given up after this long.
      sessionTimeout: 15_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 100,
      minBytes: options.minFetchBytes ?? 1,
      allowAutoTopicCreation: false,
      // After these the consumer is built anew, again and again: a broker may be away for long.
      retry: { initialRetryTime: 300, retries: 5 },
    });
    this.limits = {
      maxRecords: options.maxBatchRecords ?? MAX_BATCH_RECORDS,
      maxBytes: options.maxBatchBytes ?? MAX_BATCH_BYTES,
    };
    this.commits = new CoalescedCommits(
      (offsets) => this.sendCommits(offsets),
      (error) => this.options.onError?.(error, null),
    );
  }

  /**
   * Resolves when the group has been joined; `run()` alone does not say so: while the coordinator still
   * loads, say, kafkajs takes that for a crash, resolves, and joins with its next start.
   *
   * @throws when the broker cannot be reached, the group can never be joined, or `stop()` came first.
   */
  async start(): Promise<void> {
    const { GROUP_JOIN, REBALANCING, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      this.assign(payload.memberAssignment[this.options.topic] ?? []);
      this.joining.resolve();
    });
    this.consumer.on(REBALANCING, () => void this.commits.flush());
    this.consumer.on(CRASH, ({ payload }) => {
      this.options.onError?.(payload.error, null);
      if (payload.restart) return;
      this.joining.reject(payload.error);
      this.options.onFatal?.(payload.error);
    });
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({ topics: [this.options.topic], fromBeginning: true });
      await this.consumer.run({ autoCommit: false, eachBatch: (payload) => this.receive(payload) });
      await this.joining.done;
    } catch (error) {
      await this.consumer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  get group(): string {
    return this.options.group;
  }

  partitions(): number[] {
    return [...this.owned.keys()].sort((a, b) => a - b);
  }

  /** Sends the commits that wait to be sent together. */
  async flush(): Promise<void> {
    await this.commits.flush();
  }

  async stop(): Promise<void> {
    this.stopping ??= this.leave();
    await this.stopping;
  }

  pause(partition: number): void {
    this.consumer.pause([{ topic: this.options.topic, partitions: [partition] }]);
  }

  resume(partition: number): void {
    // Between a crash and the restart there is nothing to resume; joining again does it.
    this.whileJoined(() => this.consumer.resume([{ topic: this.options.topic, partitions: [partition] }]));
  }

  seek(partition: number, offset: number): void {
    this.whileJoined(() =>
      this.consumer.seek({ topic: this.options.topic, partition, offset: String(offset) }),
    );
  }

  markHandled(partition: number, offset: number): void {
    this.commits.set(partition, offset);
  }

  private async receive(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const owned = this.owned.get(batch.partition);
    if (!owned || this.stopping || !payload.isRunning() || payload.isStale()) return;
    owned.buffer.push(batch.messages, Number(batch.lastOffset()) + 1, Number(batch.highWatermark));
    owned.loop.wake();
  }

  private assign(partitions: number[]): void {
    if (this.stopping) return;
    for (const [partition, { buffer, loop }] of this.owned) {
      if (partitions.includes(partition)) buffer.rejoined();
      else this.release(partition, buffer, loop);
    }
    for (const partition of partitions) {
      if (!this.owned.has(partition)) this.take(partition);
    }
    this.options.onAssignment?.(this.partitions());
  }

  private take(partition: number): void {
    const buffer = new PartitionBuffer(this.options.topic, partition, this.limits, this);
    // Lost and won back: its last handler call ends before the next begins.
    const loop = new PartitionLoop(partition, buffer, this.options, this.leaving.get(partition));
    this.owned.set(partition, { buffer, loop });
    this.resume(partition);
  }

  private release(partition: number, buffer: PartitionBuffer, loop: PartitionLoop): void {
    buffer.lose();
    loop.cancel();
    this.owned.delete(partition);
    this.commits.drop(partition);
    this.leaving.set(partition, loop.done);
    void loop.done.then(() => {
      if (this.leaving.get(partition) === loop.done) this.leaving.delete(partition);
    });
  }

  private async leave(): Promise<void> {
    this.joining.reject(new Error('the subscription was stopped before it had joined its group'));
    const loops = [...this.owned.values()].map(({ loop }) => loop);
    for (const loop of loops) loop.cancel();
    await Promise.all([...loops.map((loop) => loop.done), ...this.leaving.values()]);
    await this.commits.close();
    await this.consumer.disconnect();
    this.owned.clear();
    this.onStopped(this);
  }

  private async sendCommits(offsets: Map<number, number>): Promise<void> {
    await this.consumer.commitOffsets(
      [...offsets].map(([partition, offset]) => ({
        topic: this.options.topic,
        partition,
        offset: String(offset),
      })),
    );
  }

  /** The consumer refuses while it is down after a crash; what was meant is done on joining again. */
  private whileJoined(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.options.onError?.(error, null);
    }
  }
}
