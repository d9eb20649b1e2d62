/**
 * Keys of chunks: topic id, partition and first offset, big endian, so that the chunks of one
 * partition lie together in the order of their offsets.
 */
export function chunkKey(topicId: number, partition: number, firstOffset: number): Buffer {
  const key = Buffer.allocUnsafeSlow(14);
  key.writeUInt32BE(topicId, 0);
  key.writeUInt32BE(partition, 4);
  key.writeUIntBE(firstOffset, 8, 6);
  return key;
}

/** The first offset in a chunk's key. */
export function chunkPosition(key: Buffer): number {
  return key.readUIntBE(8, 6);
}
