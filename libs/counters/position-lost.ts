/**
 * Thrown when positions should move on although the store does not stand where it stood: it was
 * flushed (`stored` null) or restored from an older state. Nothing may be committed to the log; what is
 * missing comes again from `stored`, the oldest position found. An apply may not have noticed: it looks
 * at the shards it writes, and these may have been restored from a later moment than the others.
 */
export class PositionLost extends Error {
  constructor(
    readonly partition: number,
    readonly shard: number,
    readonly stored: number | null,
  ) {
    super(`counters: shard ${shard} stands at ${stored ?? 'no position'} of partition ${partition}`);
  }
}
