import { mkdir } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { open, type Database, type RootDatabase } from 'lmdb';
import { transact } from '#lmdb';
import type { TopicSpec } from '../port';
import { chunkIsIntact } from './chunk';
import { chunkKey, chunkPosition } from './keys';

/** One partition as held in memory; `end` moves only after the records below it are durable. */
export interface Partition {
  readonly topic: string;
  readonly topicId: number;
  readonly partition: number;
  /** Oldest offset kept. */
  start: number;
  /** Offset of the next append. */
  end: number;
  /** Bytes of chunks ever appended. */
  bytes: number;
  /** Append time of the newest chunk, epoch milliseconds. */
  timestamp: number;
  /** Called after every append, to wake the readers. */
  readonly readers: Set<() => void>;
}

export interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: readonly Partition[];
}

/** What is kept of a topic. */
interface TopicEntry {
  id: number;
  partitions: number;
  compacted: boolean;
  retentionMs: number | null;
  retentionBytes: number | null;
}

/** What moves with every append to a partition; the start moves apart from it, with retention. */
export interface EndEntry {
  end: number;
  bytes: number;
  timestamp: number;
}

type StateKey = (string | number)[];

/** A chunk as read, with the offset its key gives. */
export interface StoredChunk {
  firstOffset: number;
  chunk: Buffer;
}

/**
 * The LMDB environment of the log: `chunks` holds the records, `state` topics, ends, starts and
 * committed offsets (JSON).
 */
export class Store {
  private readonly logger = new Logger('EmbeddedChangeLog');
  private readonly root: RootDatabase;
  private readonly chunks: Database<Buffer, Buffer>;
  private readonly state: Database<unknown, StateKey>;
  private readonly topics = new Map<string, Topic>();

  constructor(
    path: string,
    private readonly defaultPartitions: number,
  ) {
    this.root = open({
      path,
      // A folder whose name has a dot would otherwise be taken for a file.
      noSubdir: false,
      // The plain commit: write the pages, fdatasync, then the meta page, and only then resolve.
      overlappingSync: false,
      // Its transaction per turn has a promise nobody can await: a failed write would end the process.
      eventTurnBatching: false,
      maxDbs: 2,
      mapSize: 1024 ** 3,
    });
    this.chunks = this.root.openDB({ name: 'chunks', keyEncoding: 'binary', encoding: 'binary' });
    this.state = this.root.openDB({ name: 'state', encoding: 'json' });
    for (const { key, value } of this.state.getRange({ start: ['topic'], end: ['topic\uffff'] })) {
      this.load(String(key[1]), value as TopicEntry);
    }
  }

  /** All topics known. */
  all(): Topic[] {
    return [...this.topics.values()];
  }

  /** Throws for a topic that was never created. */
  topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (!topic) throw new Error(`unknown topic ${name}`);
    return topic;
  }

  /** Throws for a topic or partition that is not there. */
  partition(name: string, partition: number): Partition {
    const found = this.topic(name).partitions[partition];
    if (!found) throw new Error(`topic ${name} has no partition ${partition}`);
    return found;
  }

  /** Creates the topics that are missing, durably. */
  async ensureTopics(specs: TopicSpec[]): Promise<void> {
    for (const spec of specs) {
      if (this.topics.has(spec.name)) continue;
      const entry: TopicEntry = {
        id: this.topics.size + 1,
        partitions: spec.partitions ?? this.defaultPartitions,
        compacted: spec.compacted ?? false,
        retentionMs: spec.retentionMs ?? null,
        retentionBytes: spec.retentionBytes ?? null,
      };
      // In memory at once, so that two calls at a time cannot give one id to two topics.
      this.load(spec.name, entry);
      await this.state.put(['topic', spec.name], entry);
    }
  }

  /** Writes chunks and the ends they lead to in one transaction; resolves when it is durable. */
  async append(chunks: { key: Buffer; chunk: Buffer }[], ends: [Partition, EndEntry][]): Promise<void> {
    await this.write(() => {
      for (const { key, chunk } of chunks) void this.chunks.put(key, chunk);
      for (const [{ topicId, partition }, end] of ends) void this.state.put(['end', topicId, partition], end);
    });
  }

  /** Removes and replaces chunks, and moves the partition's start, in one transaction. */
  async rewrite(
    { topicId, partition }: Partition,
    change: { remove: number[]; replace?: Map<number, Buffer>; start?: number },
  ): Promise<void> {
    await this.write(() => {
      for (const first of change.remove) void this.chunks.remove(chunkKey(topicId, partition, first));
      for (const [first, chunk] of change.replace ?? []) {
        void this.chunks.put(chunkKey(topicId, partition, first), chunk);
      }
      if (change.start !== undefined) void this.state.put(['start', topicId, partition], change.start);
    });
  }

  /** Chunks in order, beginning with the one that holds `offset`. */
  *chunksFrom({ topicId, partition }: Partition, offset: number): Generator<StoredChunk> {
    const at = chunkKey(topicId, partition, offset);
    const lowest = chunkKey(topicId, partition, 0);
    const [holding] = this.chunks.getKeys({ start: at, end: lowest, reverse: true, limit: 1 });
    const end = chunkKey(topicId, partition + 1, 0);
    for (const { key, value } of this.chunks.getRange({ start: holding ?? lowest, end })) {
      yield { firstOffset: chunkPosition(key), chunk: value };
    }
  }

  /** First offset of the chunk after `firstOffset`, or null when that is the last. */
  chunkAfter({ topicId, partition }: Partition, firstOffset: number): number | null {
    const start = chunkKey(topicId, partition, firstOffset + 1);
    const [next] = this.chunks.getKeys({ start, end: chunkKey(topicId, partition + 1, 0), limit: 1 });
    return next ? chunkPosition(next) : null;
  }

  /** Committed offsets of a group, by partition. */
  committed(group: string, { topicId, partition }: Partition): number | undefined {
    return this.state.get(['commit', group, topicId, partition]) as number | undefined;
  }

  /** Groups that have committed a position of this partition. */
  groups({ topicId, partition }: Partition): Set<string> {
    const groups = new Set<string>();
    for (const key of this.state.getKeys({ start: ['commit'], end: ['commit\uffff'] })) {
      if (key[2] === topicId && key[3] === partition) groups.add(String(key[1]));
    }
    return groups;
  }

  async commit(offsets: { group: string; partition: Partition; offset: number }[]): Promise<void> {
    await this.write(() => {
      for (const { group, partition, offset } of offsets) {
        void this.state.put(['commit', group, partition.topicId, partition.partition], offset);
      }
    });
  }

  /** A copy of what is durable now, without free pages. */
  async backup(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    await this.root.backup(path, true);
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  private write(operations: () => void): Promise<void> {
    return transact(this.root, 'change log', operations);
  }

  private load(name: string, entry: TopicEntry): void {
    const { id, ...settings } = entry;
    const partitions = Array.from({ length: entry.partitions }, (_, partition) =>
      this.loadPartition(name, id, partition),
    );
    this.topics.set(name, { spec: { name, ...settings }, partitions });
  }

  private loadPartition(topic: string, topicId: number, partition: number): Partition {
    const end = this.state.get(['end', topicId, partition]) as EndEntry | undefined;
    const start = (this.state.get(['start', topicId, partition]) as number | undefined) ?? 0;
    const loaded: Partition = {
      topic,
      topicId,
      partition,
      start,
      ...(end ?? { end: 0, bytes: 0, timestamp: 0 }),
      readers: new Set(),
    };
    if (end) this.checkTail(loaded);
    return loaded;
  }

  /** A write torn by a power cut can only be the last one: say so at start, not at the first read. */
  private checkTail(partition: Partition): void {
    if (partition.start === partition.end) return;
    for (const { firstOffset, chunk } of this.chunksFrom(partition, partition.end - 1)) {
      if (!chunkIsIntact(chunk))
        this.logger.error(new CorruptChunk(partition, firstOffset, partition.end).message);
    }
  }
}

/** Stored records whose bytes are not those that were written. They are never handed out. */
export class CorruptChunk extends Error {
  constructor(
    { topic, partition }: Partition,
    readonly firstOffset: number,
    readonly next: number,
  ) {
    super(
      `change log: records ${firstOffset} to ${next - 1} of ${topic}, partition ${partition}, are damaged ` +
        '(checksum) and are left out; the records they held come back when their source sends them again',
    );
  }
}
