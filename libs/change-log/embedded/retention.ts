import { setImmediate as nextTurn } from 'node:timers/promises';
import { chunkHeader, chunkIsIntact, decodeChunk, encodeChunk } from './chunk';
import type { StoredRecord } from '../port';
import type { Partition, Store, Topic } from './store';

/** Chunks removed or replaced in one transaction, so that appends are not held up. */
const CHUNKS_AT_ONCE = 500;

/** Deletes what a topic's settings no longer keep, whole chunks at a time. */
export class Retention {
  /** End of each compacted partition when it was last compacted. */
  private readonly compactedTo = new Map<Partition, number>();

  /**
   * @param taken up to where every consumer of a partition has come; what is beyond stays, whatever the settings.
   * @param held told when something stays for that reason alone.
   */
  constructor(
    private readonly store: Store,
    private readonly taken: (partition: Partition) => number = () => Infinity,
    private readonly held: (partition: Partition, from: number) => void = () => undefined,
  ) {}

  async sweep(now: number): Promise<void> {
    for (const topic of this.store.all()) {
      for (const partition of topic.partitions) {
        if (topic.spec.compacted) await this.compact(partition);
        else await this.expire(topic, partition, now);
      }
    }
  }

  /** Takes the wanted records out of every partition; a chunk without any stays, for its offsets. */
  async remove({ partitions }: Topic, isWanted: (record: StoredRecord) => boolean): Promise<number> {
    let removed = 0;
    for (const partition of partitions) {
      for (const first of this.firstOffsets(partition, partition.end)) {
        for (const { firstOffset, chunk } of this.store.chunksFrom(partition, first)) {
          if (firstOffset !== first || !chunkIsIntact(chunk)) break;
          const header = chunkHeader(chunk);
          const kept = decodeChunk(chunk, first, 0).filter((record) => !isWanted(record));
          if (kept.length < header.count) {
            removed += header.count - kept.length;
            const placed = kept.map((record) => ({ delta: record.offset - first, record }));
            await this.store.rewrite(partition, {
              remove: [],
              replace: new Map([[first, encodeChunk(header, placed)]]),
            });
          }
          break;
        }
        await nextTurn();
      }
    }
    return removed;
  }

  /** Chunks that are too old, or lie beyond the size kept, from the oldest on. */
  private async expire({ spec }: Topic, partition: Partition, now: number): Promise<void> {
    const { retentionMs, retentionBytes } = spec;
    if (retentionMs == null && retentionBytes == null) return;
    for (;;) {
      const remove: number[] = [];
      let start = partition.start;
      for (const { firstOffset, chunk } of this.store.chunksFrom(partition, partition.start)) {
        if (firstOffset >= partition.end || remove.length === CHUNKS_AT_ONCE) break;
        const next = this.store.chunkAfter(partition, firstOffset) ?? partition.end;
        // A damaged chunk has no age to go by; once it is the oldest it goes.
        const { timestamp, before } = chunkIsIntact(chunk) ? chunkHeader(chunk) : { timestamp: 0, before: 0 };
        const tooOld = retentionMs != null && timestamp < now - retentionMs;
        // The newest chunk stays whatever its size: a bound on size never empties a partition.
        const tooMuch =
          retentionBytes != null && partition.bytes - before > retentionBytes && next < partition.end;
        if (!(tooOld || tooMuch)) break;
        if (next > this.taken(partition)) {
          this.held(partition, firstOffset);
          break;
        }
        remove.push(firstOffset);
        start = next;
      }
      if (remove.length === 0) return;
      await this.store.rewrite(partition, { remove, start });
      partition.start = start;
      await nextTurn();
    }
  }

  /** Keeps the newest record of every key. Offsets stay what they were; the start does not move. */
  private async compact(partition: Partition): Promise<void> {
    const end = partition.end;
    if (this.compactedTo.get(partition) === end) return;
    const newest = this.newestOffsets(partition, end);
    let remove: number[] = [];
    let replace = new Map<number, Buffer>();
    const write = async () => {
      if (remove.length + replace.size > 0) await this.store.rewrite(partition, { remove, replace });
      remove = [];
      replace = new Map();
      await nextTurn();
    };
    for (const firstOffset of this.firstOffsets(partition, end)) {
      const kept = this.compacted(partition, firstOffset, newest);
      if (kept === 'empty') remove.push(firstOffset);
      else if (kept) replace.set(firstOffset, kept);
      if (remove.length + replace.size === CHUNKS_AT_ONCE) await write();
    }
    await write();
    this.compactedTo.set(partition, end);
  }

  private newestOffsets(partition: Partition, end: number): Map<string, number> {
    const newest = new Map<string, number>();
    for (const { firstOffset, chunk } of this.store.chunksFrom(partition, 0)) {
      if (firstOffset >= end || !chunkIsIntact(chunk)) continue;
      for (const { key, offset } of decodeChunk(chunk, firstOffset, 0)) newest.set(key, offset);
    }
    return newest;
  }

  private firstOffsets(partition: Partition, end: number): number[] {
    const offsets: number[] = [];
    for (const { firstOffset } of this.store.chunksFrom(partition, 0)) {
      if (firstOffset < end) offsets.push(firstOffset);
    }
    return offsets;
  }

  /** The chunk without the records that have a newer one; null when it has none of those. */
  private compacted(
    partition: Partition,
    first: number,
    newest: Map<string, number>,
  ): Buffer | 'empty' | null {
    for (const { firstOffset, chunk } of this.store.chunksFrom(partition, first)) {
      if (firstOffset !== first || !chunkIsIntact(chunk)) return null;
      const header = chunkHeader(chunk);
      const kept = decodeChunk(chunk, first, 0).filter(({ key, offset }) => newest.get(key) === offset);
      if (kept.length === header.count) return null;
      if (kept.length === 0) return 'empty';
      return encodeChunk(
        header,
        kept.map((record) => ({ delta: record.offset - first, record })),
      );
    }
    return null;
  }
}
