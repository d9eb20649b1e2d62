import { PartitionLoop, type BatchSource } from '../partition-loop';
import type { LogBatch, SubscribeOptions, Subscription } from '../port';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../limits';
import type { Commits } from './commits';
import { readBatch } from './reader';
import type { Partition, Store } from './store';

/** A consumer group of this process: one loop per partition, all of them owned at once. */
export class EmbeddedSubscription implements Subscription {
  readonly topic: string;
  readonly group: string;
  private loops: { partition: Partition; loop: PartitionLoop; wake: () => void }[];

  constructor(
    store: Store,
    private readonly commits: Commits,
    options: SubscribeOptions,
    private readonly onStopped: () => void,
  ) {
    this.topic = options.topic;
    this.group = options.group;
    this.loops = store.topic(options.topic).partitions.map((partition) => {
      const loop = new PartitionLoop(
        partition.partition,
        source(store, commits, partition, options),
        options,
      );
      const wake = () => loop.wake();
      partition.readers.add(wake);
      return { partition, loop, wake };
    });
    options.onAssignment?.(this.partitions());
  }

  partitions(): number[] {
    return this.loops.map(({ partition }) => partition.partition);
  }

  async stop(): Promise<void> {
    const loops = this.loops;
    this.loops = [];
    for (const { partition, loop, wake } of loops) {
      partition.readers.delete(wake);
      loop.cancel();
    }
    await Promise.all(loops.map(({ loop }) => loop.done));
    if (loops.length > 0) this.onStopped();
    await this.commits.flush();
  }
}

function source(
  store: Store,
  commits: Commits,
  partition: Partition,
  options: SubscribeOptions,
): BatchSource {
  const limits = {
    maxRecords: options.maxBatchRecords ?? MAX_BATCH_RECORDS,
    maxBytes: options.maxBatchBytes ?? MAX_BATCH_BYTES,
  };
  let position = commits.position(options.group, partition) ?? partition.start;
  return {
    next(): LogBatch | null {
      return readBatch(store, partition, position, limits, (error) => {
        position = error.next;
        options.onError?.(error, partition.partition);
      });
    },
    commit(offset: number): void {
      position = offset;
      commits.set(options.group, partition, offset);
    },
    rewind(offset: number): void {
      position = Math.min(Math.max(offset, partition.start), partition.end);
      commits.set(options.group, partition, position);
    },
  };
}
