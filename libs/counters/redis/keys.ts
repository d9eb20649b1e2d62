/**
 * Key names. Tenants hash into shards; every key of a shard starts with its tag, so that a call
 * touches one slot of a Redis Cluster. What a generation holds starts with tag and generation.
 *
 * | key | type | holds |
 * |---|---|---|
 * | `{sNN}:meta` | hash | generations: `current`, `complete`, `boards`, `building`, `repairs` |
 * | `{sNN}:pos` | hash | log partition: position |
 * | `{sNN}:feed:TENANT` | list | feed items, newest first |
 * | `{sNN}:gN:h` | hash | tenant: horizon, the latest today it was written on |
 * | `{sNN}:gN:v:TENANT:BUCKET` | hash | record digest: head, kept for ever |
 * | `{sNN}:gN:c:TENANT:YEAR:BUCKET` | hash | record digest: contributions, expire with the year |
 * | `{sNN}:gN:b:TENANT:BOARD:WINDOW` | sorted set | employee: negated value |
 * | `{sNN}:gN:n:TENANT:BOARD:WINDOW` | hash | employee: number of records (boards that sum) |
 * | `{sNN}:gN:i:TENANT:BOARD:WINDOW:EMPLOYEE` | hash | item: number of records (distinct boards) |
 * | `{sNN}:gN:o:TENANT` | set | `BOARD:WINDOW` of overflowed windows |
 * | `{sNN}:gN:r:TENANT:ENTITY` | hash | id: reference record |
 * | `{sNN}:gN:e` | set | `TENANT:ENTITY` of reference records |
 */

/** A number of shards for ever: another number would look for every tenant in another place. */
export const SHARDS = 64;

const BUCKET_BITS = 14;

export const TOUCHED_CHANNEL = 'floorboard:counters:touched';
/** Number of the layout that this file describes; absent on what 0.1.0 wrote, whose layout is 1. */
export const LAYOUT_KEY = 'floorboard:counters:layout';
export const STATUS_KEY = 'floorboard:counters:status';

/** The hash tag of a shard, as every one of its keys begins. */
export const tagOf = (shard: number): string => `{s${String(shard).padStart(2, '0')}}`;
export const metaKey = (shard: number): string => `${tagOf(shard)}:meta`;
export const positionsKey = (shard: number): string => `${tagOf(shard)}:pos`;
export const feedKey = (shard: number, tenant: string): string => `${tagOf(shard)}:feed:${tenant}`;

/** How the keys of one generation begin, colon included. */
export const generationPrefix = (shard: number, generation: number): string =>
  `${tagOf(shard)}:g${generation}:`;

/** Of 16,384 per tenant, so that a bucket of a million records' heads is still a compact listpack. */
export const bucketOf = (digest: Buffer): number => digest.readUInt16BE(0) >> (16 - BUCKET_BITS);

/** Shard and generation of a generation's key; null for any other key. */
export function generationOf(key: string): { shard: number; generation: number } | null {
  const match = /^\{s(\d\d)\}:g(\d+):/.exec(key);
  return match ? { shard: Number(match[1]), generation: Number(match[2]) } : null;
}
