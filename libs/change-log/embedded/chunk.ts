import { crc32 } from 'node:zlib';
import type { LogRecord, StoredRecord } from '../port';

/**
 * The stored form of a run of records of one partition: one LMDB value, little endian.
 *
 * ```
 * header   crc u32 | format u32 | span u32 | count u32 | timestamp f64 | before f64
 * record   delta u32 | key length u32 | value length u32 | headers length u32 | key | value | headers (JSON)
 * ```
 *
 * `crc` covers everything after it. `span` is how many offsets the chunk stands for (compaction
 * takes records out and leaves the span), `delta` a record's distance from the chunk's first
 * offset, `before` how many bytes of chunks the partition had ever taken before this one, so that
 * the size kept is one subtraction.
 */
const HEADER_BYTES = 32;
const RECORD_BYTES = 16;
const FORMAT = 1;

/** Upper bound of what is packed into one chunk, unless a single record is larger. */
export const CHUNK_BYTES = 1024 * 1024;

export interface ChunkHeader {
  span: number;
  count: number;
  /** Epoch milliseconds of the append. */
  timestamp: number;
  before: number;
}

/** A record with its distance from the first offset of its chunk. */
export interface PlacedRecord {
  delta: number;
  record: LogRecord;
}

/** What one record adds to a chunk, bytes. */
export function recordBytes(record: LogRecord): number {
  return RECORD_BYTES + Buffer.byteLength(record.key) + record.value.length + headersText(record).length;
}

export function encodeChunk(header: Omit<ChunkHeader, 'count'>, records: PlacedRecord[]): Buffer {
  let bytes = HEADER_BYTES;
  for (const { record } of records) {
    // Headers may hold any text, so their length in bytes is known only here.
    bytes += RECORD_BYTES + Buffer.byteLength(record.key) + record.value.length;
    bytes += Buffer.byteLength(headersText(record));
  }
  const chunk = Buffer.allocUnsafeSlow(bytes);
  chunk.writeUInt32LE(FORMAT, 4);
  chunk.writeUInt32LE(header.span, 8);
  chunk.writeUInt32LE(records.length, 12);
  chunk.writeDoubleLE(header.timestamp, 16);
  chunk.writeDoubleLE(header.before, 24);
  let at = HEADER_BYTES;
  for (const placed of records) at = writeRecord(chunk, at, placed);
  chunk.writeUInt32LE(crc32(chunk.subarray(4)), 0);
  return chunk;
}

/** The header alone; only of an intact chunk. */
export function chunkHeader(chunk: Buffer): ChunkHeader {
  return {
    span: chunk.readUInt32LE(8),
    count: chunk.readUInt32LE(12),
    timestamp: chunk.readDoubleLE(16),
    before: chunk.readDoubleLE(24),
  };
}

/** Whether the bytes are those that were written. */
export function chunkIsIntact(chunk: Buffer): boolean {
  return (
    chunk.length >= HEADER_BYTES &&
    chunk.readUInt32LE(4) === FORMAT &&
    chunk.readUInt32LE(0) === crc32(chunk.subarray(4))
  );
}

/**
 * The records of an intact chunk, ascending by offset, from `from` on. Values are views into the
 * chunk: copy what is kept.
 */
export function decodeChunk(chunk: Buffer, firstOffset: number, from: number): StoredRecord[] {
  const { count, timestamp } = chunkHeader(chunk);
  const records: StoredRecord[] = [];
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i += 1) {
    const offset = firstOffset + chunk.readUInt32LE(at);
    const keyEnd = at + RECORD_BYTES + chunk.readUInt32LE(at + 4);
    const valueEnd = keyEnd + chunk.readUInt32LE(at + 8);
    const end = valueEnd + chunk.readUInt32LE(at + 12);
    if (offset >= from) {
      records.push({
        offset,
        timestamp,
        key: chunk.toString('utf8', at + RECORD_BYTES, keyEnd),
        value: chunk.subarray(keyEnd, valueEnd),
        headers: end > valueEnd ? parseHeaders(chunk.toString('utf8', valueEnd, end)) : {},
      });
    }
    at = end;
  }
  return records;
}

function writeRecord(chunk: Buffer, start: number, { delta, record }: PlacedRecord): number {
  let at = start + RECORD_BYTES;
  const keyBytes = chunk.write(record.key, at);
  at += keyBytes;
  at += record.value.copy(chunk, at);
  const headersBytes = chunk.write(headersText(record), at);
  chunk.writeUInt32LE(delta, start);
  chunk.writeUInt32LE(keyBytes, start + 4);
  chunk.writeUInt32LE(record.value.length, start + 8);
  chunk.writeUInt32LE(headersBytes, start + 12);
  return at + headersBytes;
}

function headersText(record: LogRecord): string {
  if (!record.headers) return '';
  const text = JSON.stringify(record.headers);
  return text === '{}' ? '' : text;
}

function parseHeaders(text: string): Record<string, string> {
  return JSON.parse(text) as Record<string, string>;
}
