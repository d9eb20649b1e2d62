/** Generations: what a rebuild writes beside what is read, and takes its place at the end. */
import { Cluster, type Redis } from 'ioredis';
import type { RebuildState, WindowRef } from '../port';
import { runScript, type RedisClient } from './client';
import { generationOf, metaKey, SHARDS, tagOf } from './keys';

const SCAN_COUNT = 1_000;

const SHARD_NUMBERS = Array.from({ length: SHARDS }, (_, shard) => shard);

/** A tenant in a generation just finished, and the entities of its reference records. */
export interface Built {
  tenant: string;
  references: string[];
}

export class Generations {
  constructor(
    private readonly client: RedisClient,
    private readonly boards: string,
  ) {}

  /**
   * Returns the number of the generation being built, the highest of the shards'.
   *
   * @throws Error when a shard was never set up.
   */
  async begin(shards: readonly number[] = SHARD_NUMBERS): Promise<number> {
    const replies = await Promise.all(
      shards.map((shard) => runScript(this.client, 'begin', [metaKey(shard)], [this.boards])),
    );
    const numbers = (replies as [string?, string?][]).map(([generation], index) => {
      if (generation === undefined) throw new Error(`counters: shard ${shards[index]} has no position yet`);
      return Number(generation);
    });
    return Math.max(...numbers);
  }

  /**
   * Flips the shards; returns what is now current. `repairs`: out-of-log writes acknowledged
   * per shard.
   *
   * @throws Error when some shard has lost what was built; the others are flipped.
   */
  async finish(
    repairs: (shard: number) => number,
    shards: readonly number[] = SHARD_NUMBERS,
  ): Promise<Built[]> {
    const replies = await Promise.all(
      shards.map((shard) =>
        runScript(this.client, 'finish', [metaKey(shard)], [tagOf(shard), repairs(shard)]),
      ),
    );
    const lost = shards.filter((_, index) => replies[index] === null);
    if (lost.length > 0)
      throw new Error(`counters: the rebuild of shards ${lost.join(', ')} was lost; start it again`);
    return (replies as [string[], string[]][]).flatMap(([tenants, references]) =>
      tenants.map((tenant) => ({
        tenant,
        references: references
          .filter((name) => name.startsWith(`${tenant}:`))
          .map((name) => name.slice(tenant.length + 1)),
      })),
    );
  }

  async state(): Promise<RebuildState> {
    const metas = await Promise.all(
      SHARD_NUMBERS.map((shard) => this.client.hmget(metaKey(shard), 'current', 'building', 'complete')),
    );
    const highest = (index: number): number | null => {
      const numbers = metas.flatMap((meta) => (meta[index] ? [Number(meta[index])] : []));
      return numbers.length > 0 ? Math.max(...numbers) : null;
    };
    return { current: highest(0), building: highest(1), complete: metas.every((meta) => meta[2] === '1') };
  }

  /** Drops the keys of generations older than their shard's current one. */
  async dropOld(): Promise<void> {
    const currents = await this.currents();
    for await (const { node, keys } of this.scan('{s*}:g*')) {
      const old = keys.filter((key) => isOld(key, currents));
      // One key a command: a cluster's node holds keys of many slots.
      await Promise.all(old.map((key) => node.unlink(key)));
    }
  }

  /** Windows of the current generations that hold a cell. */
  async windows(): Promise<WindowRef[]> {
    const currents = await this.currents();
    const found = new Map<string, WindowRef>();
    for await (const { keys } of this.scan('{s*}:g*:b:*')) {
      for (const key of keys) {
        const owner = generationOf(key);
        if (owner?.generation !== currents[owner?.shard ?? 0]) continue;
        const [tenant = '', board = '', window = ''] = key.split(':').slice(3);
        // A scan may show a key twice.
        found.set(key, { tenant, board, window });
      }
    }
    return [...found.values()];
  }

  /** The current generation of every shard. */
  private async currents(): Promise<number[]> {
    const metas = await Promise.all(
      SHARD_NUMBERS.map((shard) => this.client.hget(metaKey(shard), 'current')),
    );
    return metas.map((current) => Number(current ?? 0));
  }

  private async *scan(pattern: string): AsyncGenerator<{ node: Redis; keys: string[] }> {
    const nodes: Redis[] = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    for (const node of nodes) {
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
        cursor = next;
        yield { node, keys };
      }
    }
  }
}

function isOld(key: string, currents: readonly number[]): boolean {
  const owner = generationOf(key);
  return owner !== null && owner.generation < (currents[owner.shard] ?? 0);
}
