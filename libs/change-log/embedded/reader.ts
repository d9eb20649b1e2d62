import type { LogBatch, StoredRecord } from '../port';
import { chunkHeader, chunkIsIntact, decodeChunk } from './chunk';
import { CorruptChunk, type Partition, type Store } from './store';

export interface ReadLimits {
  maxRecords: number;
  /** Bytes of values. */
  maxBytes: number;
}

/**
 * The records of a partition from `position` on, at least one and otherwise within the limits, or
 * null at the end. Positions no longer kept are passed over, and so are damaged chunks, each told
 * to `onCorrupt`.
 */
export function readBatch(
  store: Store,
  partition: Partition,
  position: number,
  limits: ReadLimits,
  onCorrupt: (error: CorruptChunk) => void,
): LogBatch | null {
  const { topic, end } = partition;
  const from = Math.max(position, partition.start);
  if (from >= end) return null;
  const records: StoredRecord[] = [];
  let bytes = 0;
  let next = from;
  for (const { firstOffset, chunk } of store.chunksFrom(partition, from)) {
    // Chunks beyond the end known here belong to a transaction that is just being written.
    if (firstOffset >= end) break;
    if (!chunkIsIntact(chunk)) {
      next = store.chunkAfter(partition, firstOffset) ?? end;
      onCorrupt(new CorruptChunk(partition, firstOffset, next));
      continue;
    }
    for (const record of decodeChunk(chunk, firstOffset, from)) {
      bytes += record.value.length;
      const full = records.length === limits.maxRecords || (records.length > 0 && bytes > limits.maxBytes);
      if (full) return { topic, partition: partition.partition, records, next, end };
      records.push(record);
      next = record.offset + 1;
    }
    next = Math.max(next, firstOffset + chunkHeader(chunk).span);
  }
  return records.length > 0 ? { topic, partition: partition.partition, records, next, end } : null;
}
