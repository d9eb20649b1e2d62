/**
 * The partition of a key: the function of Kafka's own default partitioner (murmur2 of the UTF-8
 * bytes, sign bit cleared, modulo), so that any other Kafka client puts a record where we do, and
 * both engines agree.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** 32-bit murmur2 as in Kafka's `Utils.murmur2`; a signed integer. */
function murmur2(data: Buffer): number {
  const length = data.length;
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(data.readInt32LE(i), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (length > whole) {
    let tail = 0;
    for (let i = length - 1; i >= whole; i -= 1) tail = (tail << 8) | data.readUInt8(i);
    hash = Math.imul(hash ^ tail, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
