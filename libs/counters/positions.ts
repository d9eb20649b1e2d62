/**
 * Up to where this process knows each shard to have been written, per log partition. What a store
 * answers must never be older: then it has lost what it had acknowledged.
 */
interface Known {
  shards: number[];
  /** Where the next batch continues when nothing happened in between. */
  next: number;
}

export class AcknowledgedPositions {
  private readonly partitions = new Map<number, Known>();

  constructor(private readonly shards: number) {}

  /**
   * The positions the shards must at least have before a batch that starts at `from`. Whoever
   * committed `from` to the log has moved every shard there first, so a batch that does not follow
   * on this process's last one (its first, or the first after another owner's) raises all of them.
   */
  before(partition: number, from: number): readonly number[] {
    let known = this.partitions.get(partition);
    if (!known) {
      known = { shards: new Array<number>(this.shards).fill(from), next: from };
      this.partitions.set(partition, known);
    } else if (from > known.next) {
      known.shards = known.shards.map((position) => Math.max(position, from));
    }
    return known.shards;
  }

  /** As {@link before} for a shard of a partition that may not have been used yet. */
  of(partition: number, shard: number): number {
    return this.partitions.get(partition)?.shards[shard] ?? 0;
  }

  acknowledge(partition: number, shard: number, to: number): void {
    const known = this.partitions.get(partition);
    if (known) known.shards[shard] = Math.max(known.shards[shard] ?? 0, to);
  }

  /** A batch that ends at `to` is applied. */
  finish(partition: number, to: number): void {
    const known = this.partitions.get(partition);
    if (known) known.next = Math.max(known.next, to);
  }

  /** The store has lost its memory: the next batch starts afresh. */
  forget(partition: number): void {
    this.partitions.delete(partition);
  }
}
