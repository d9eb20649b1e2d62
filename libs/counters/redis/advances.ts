/**
 * Moves the positions of all shards: what several partitions ask for while a call is under way goes
 * together into the next one. With small batches of many partitions these calls would be most of what Redis does.
 */
import { Cluster } from 'ioredis';
import type { AcknowledgedPositions } from '../positions';
import { PositionLost } from '../position-lost';
import { runScript, type RedisClient } from './client';
import { positionsKey, SHARDS } from './keys';

interface Move {
  partition: number;
  to: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** A shard that does not stand where it was known to stand; `stored` null: it has no position at all. */
interface Lost {
  move: Move;
  shard: number;
  stored: number | null;
}

const shardNumbers = Array.from({ length: SHARDS }, (_, shard) => shard);

export class Advances {
  /** Shards of one call: all of them, but where each may live on another server. */
  private readonly groups: number[][];
  private waiting: Move[] = [];
  private running = false;

  constructor(
    private readonly client: RedisClient,
    private readonly positions: AcknowledgedPositions,
  ) {
    this.groups = client instanceof Cluster ? shardNumbers.map((shard) => [shard]) : [shardNumbers];
  }

  /** Resolves when every shard stands at `to` or behind it. @throws PositionLost when one has fallen back. */
  move(partition: number, to: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ partition, to, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) await this.moveTogether(this.waiting.splice(0));
    this.running = false;
  }

  private async moveTogether(moves: Move[]): Promise<void> {
    try {
      const lost = (await Promise.all(this.groups.map((shards) => this.send(shards, moves)))).flat();
      for (const move of moves) {
        this.settle(
          move,
          lost.filter((found) => found.move === move),
        );
      }
    } catch (error) {
      for (const { reject } of moves) reject(error);
    }
  }

  private async send(shards: readonly number[], moves: readonly Move[]): Promise<Lost[]> {
    const args = moves.flatMap(({ partition, to }) => [
      partition,
      to,
      ...shards.map((shard) => this.positions.of(partition, shard)),
    ]);
    const reply = (await runScript(this.client, 'advance', shards.map(positionsKey), args)) as (
      string | number | null
    )[];
    const lost: Lost[] = [];
    for (let i = 0; i < reply.length; i += 3) {
      const move = moves[Number(reply[i]) - 1];
      const stored = reply[i + 2] ?? null;
      if (move) {
        lost.push({
          move,
          shard: shards[Number(reply[i + 1]) - 1] ?? 0,
          stored: stored === null ? null : Number(stored),
        });
      }
    }
    return lost;
  }

  private settle({ partition, to, resolve, reject }: Move, lost: Lost[]): void {
    // What has no position at all before what has the oldest.
    const [worst] = lost.sort((a, b) => (a.stored ?? -1) - (b.stored ?? -1));
    if (worst) {
      this.positions.forget(partition);
      reject(new PositionLost(partition, worst.shard, worst.stored));
      return;
    }
    for (const shard of shardNumbers) this.positions.acknowledge(partition, shard, to);
    this.positions.finish(partition, to);
    resolve();
  }
}
