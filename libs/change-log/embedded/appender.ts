import type { LogRecord } from '../port';
import { partitionOf } from '../partition';
import { CHUNK_BYTES, encodeChunk, recordBytes, type PlacedRecord } from './chunk';
import { chunkKey } from './keys';
import type { EndEntry, Partition, Store } from './store';

/** Upper bound of what goes into one transaction, unless a single append is larger. */
const TRANSACTION_BYTES = 16 * 1024 * 1024;

interface Request {
  /** Records per partition, in the order given. */
  records: Map<Partition, LogRecord[]>;
  bytes: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes appends one transaction at a time: whatever arrives while one is being synced goes
 * together into the next, so that many small appends share one fdatasync.
 */
export class Appender {
  private waiting: Request[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly store: Store) {}

  /** Resolves when the records are durable and can be read. */
  append(topic: string, records: LogRecord[]): Promise<void> {
    const partitions = this.store.topic(topic).partitions;
    const request = { records: new Map<Partition, LogRecord[]>(), bytes: 0 };
    for (const record of records) {
      const partition = partitions[partitionOf(record.key, partitions.length)]!;
      const others = request.records.get(partition);
      if (others) others.push(record);
      else request.records.set(partition, [record]);
      request.bytes += recordBytes(record);
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...request, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Appends of the same turn join the first transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.writeTogether(this.takeWaiting());
    this.running = null;
  }

  private takeWaiting(): Request[] {
    let bytes = 0;
    let taken = 0;
    for (const request of this.waiting) {
      bytes += request.bytes;
      if (taken > 0 && bytes > TRANSACTION_BYTES) break;
      taken += 1;
    }
    return this.waiting.splice(0, taken);
  }

  private async writeTogether(requests: Request[]): Promise<void> {
    try {
      const { chunks, ends } = pack(requests, Date.now());
      await this.store.append(chunks, ends);
      for (const [partition, end] of ends) {
        Object.assign(partition, end);
        for (const wake of partition.readers) wake();
      }
      for (const request of requests) request.resolve();
    } catch (error) {
      for (const request of requests) request.reject(error);
    }
  }
}

function pack(
  requests: Request[],
  now: number,
): { chunks: { key: Buffer; chunk: Buffer }[]; ends: [Partition, EndEntry][] } {
  const byPartition = new Map<Partition, LogRecord[]>();
  for (const request of requests) {
    for (const [partition, records] of request.records) {
      const others = byPartition.get(partition);
      byPartition.set(partition, others ? others.concat(records) : records);
    }
  }
  const chunks: { key: Buffer; chunk: Buffer }[] = [];
  const ends: [Partition, EndEntry][] = [];
  for (const [partition, records] of byPartition) {
    // The clock may be set back; the time of an append never is.
    const state = {
      end: partition.end,
      bytes: partition.bytes,
      timestamp: Math.max(now, partition.timestamp),
    };
    for (const placed of runs(records)) {
      const header = { span: placed.length, timestamp: state.timestamp, before: state.bytes };
      const chunk = encodeChunk(header, placed);
      chunks.push({ key: chunkKey(partition.topicId, partition.partition, state.end), chunk });
      state.end += placed.length;
      state.bytes += chunk.length;
    }
    ends.push([partition, state]);
  }
  return { chunks, ends };
}

/** Cuts records into runs of at most {@link CHUNK_BYTES}. */
function* runs(records: LogRecord[]): Generator<PlacedRecord[]> {
  let run: PlacedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = recordBytes(record);
    if (run.length > 0 && bytes + size > CHUNK_BYTES) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push({ delta: run.length, record });
    bytes += size;
  }
  if (run.length > 0) yield run;
}
