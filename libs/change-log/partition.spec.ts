import { Partitioners } from 'kafkajs';
import fc from 'fast-check';
import { partitionOf } from './partition';

/** Hashes published with Kafka's own `UtilsTest.testMurmur2`. */
const KNOWN: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
];

describe('partitionOf', () => {
  it.each(KNOWN)('hashes %s as Kafka does', (key, hash) => {
    for (const partitions of [1, 2, 4, 12, 1000]) {
      expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
    }
  });

  it('agrees with the default partitioner of kafkajs for any key', () => {
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      partitionErrorCode: 0,
      replicas: [1],
      isr: [1],
    }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const message = { key: Buffer.from(key), value: Buffer.alloc(0) };
        expect(partitionOf(key, 12)).toBe(choose({ topic: 't', partitionMetadata, message }));
      }),
    );
  });
});
