/**
 * The change log: an ordered, durable, partitioned record of every change event.
 *
 * Two engines implement this port (`kafka/` and `embedded/`); one conformance suite runs against
 * both. The contract, in one paragraph: an append is durable before its promise resolves; records
 * with one key stay in one partition and in order; a consumer group sees every record at least
 * once, in batches of one partition, and commits only after its handler's promise has resolved.
 */

import { RpcException } from '@nestjs/microservices';

/** One record to append. The key decides the partition, so all versions of one CRM record stay in order. */
export interface LogRecord {
  key: string;
  value: Buffer;
  headers?: Record<string, string>;
}

/** One record as read back. `timestamp` is when the log took it, epoch milliseconds. */
export interface StoredRecord {
  offset: number;
  timestamp: number;
  key: string;
  value: Buffer;
  headers: Record<string, string>;
}

/**
 * A run of records of one partition, ascending by offset, never empty.
 * `next` is the position after the last one: what is committed once the handler has resolved.
 * `end` is the log's end as known when the batch was read.
 */
export interface LogBatch {
  topic: string;
  partition: number;
  records: StoredRecord[];
  next: number;
  end: number;
}

/** What a handler may watch while it works on a batch. */
export interface BatchContext {
  /** True once the partition was lost or the subscription is stopping: finish or give up, but start nothing new. */
  cancelled(): boolean;
}

/**
 * Resolves when the sink has acknowledged every record of the batch. Throwing {@link Rewind} moves
 * the partition back; any other error pauses the partition with back-off and hands the same
 * records over again (nothing is dropped, nothing is committed).
 */
export type BatchHandler = (batch: LogBatch, context: BatchContext) => Promise<void>;

/**
 * Thrown by a handler whose sink has lost its memory: continue this partition from `offset` instead
 * (from the oldest record kept, when that one is gone). The committed position moves with it, so a
 * restart continues from there too.
 */
export class Rewind extends RpcException {
  constructor(readonly offset: number) {
    super(`rewind to offset ${offset}`);
  }

  /** Nest hands on what this returns and hides every other error: so a rewind reaches the log as it is. */
  override getError(): object {
    return this;
  }
}

export interface SubscribeOptions {
  topic: string;
  /** Consumer group. Every process of one app shares it; the partitions are spread over them. */
  group: string;
  handler: BatchHandler;
  /** Upper bound of one batch, records (default 5,000). */
  maxBatchRecords?: number;
  /** Upper bound of one batch, bytes of values (default 8 MiB). */
  maxBatchBytes?: number;
  /**
   * Where reading takes requests to a server, each waits for so many bytes, or a tenth of a second (default 1): for
   * whoever would rather take fewer, larger ones. The embedded log has none to save.
   */
  minFetchBytes?: number;
  /** Told of every failed attempt, for logs and metrics. */
  onError?: (error: unknown, partition: number | null) => void;
  /** The consumer cannot come back in this process: the caller exits non-zero so that it is restarted. */
  onFatal?: (error: unknown) => void;
  /** Told when this process gains or loses partitions. */
  onAssignment?: (partitions: number[]) => void;
}

export interface Subscription {
  /** Partitions this process owns now. */
  partitions(): number[];
  /** Stops fetching, waits for the handlers under way, commits what they finished, leaves the group. */
  stop(): Promise<void>;
}

export interface PartitionOffsets {
  partition: number;
  /** Oldest offset still kept. */
  start: number;
  /** Offset the next append will get. */
  end: number;
}

export interface TopicSpec {
  name: string;
  /** Number of partitions, fixed for the life of the topic; absent: the engine's own default. */
  partitions?: number;
  /** Keep only the newest record per key (control data). */
  compacted?: boolean;
  /** Delete records older than this, milliseconds; null or absent keeps them for ever. Ignored when compacted. */
  retentionMs?: number | null;
  /** Delete the oldest records beyond this size per partition, bytes; null or absent: no bound. Ignored when compacted. */
  retentionBytes?: number | null;
}

export interface ChangeLog {
  readonly engine: 'kafka' | 'embedded';
  /** Creates the topics that are missing; an existing topic keeps its partitions and settings. */
  ensureTopics(topics: TopicSpec[]): Promise<void>;
  /** Appends records; resolves when all are durable. Rejecting says nothing about which were kept. */
  append(topic: string, records: LogRecord[]): Promise<void>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Start and end of every partition, by partition number. */
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /**
   * The group's committed position per partition; a partition it never committed is absent. What
   * this process has handled but not yet written down is written down first.
   */
  committed(topic: string, group: string): Promise<Map<number, number>>;
  /**
   * Reads up to `limit` records from `offset` on (from the oldest kept, when that one is gone),
   * outside any group; an empty array at the end.
   */
  read(topic: string, partition: number, offset: number, limit: number): Promise<StoredRecord[]>;
  /**
   * Takes records out for good, the others keep their offsets; resolves with how many there were. Absent
   * where the log cannot: there they end with its retention.
   */
  remove?(topic: string, isWanted: (record: StoredRecord) => boolean): Promise<number>;
  /** Writes a consistent copy to a folder, which is made; absent where the servers have their own way. */
  backup?(path: string): Promise<void>;
  /** Rejects when the log cannot be reached. */
  ping(): Promise<void>;
  /** Stops the subscriptions still open, waits for appends under way, lets go of the engine. */
  close(): Promise<void>;
}

/** Topic names, shared by every app. */
export const TOPICS = {
  events: 'crm.events.v1',
  deadLetters: 'crm.events.v1.dead-letter',
  control: 'floorboard.control.v1',
} as const;
