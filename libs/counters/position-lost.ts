/**
 * Thrown when positions should move on although the store does not stand where it stood: it was
 * flushed (`stored` null) or restored from an older state. Nothing may be committed to the log; the
 * next apply answers `lost` with the position to go back to.
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
