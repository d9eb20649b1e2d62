/** How complete an answer is: from the consumers' published positions, not from the clock. */
import { Inject, Injectable } from '@nestjs/common';
import type { Counters } from '#counters';
import { COUNTERS } from '#engines';
import { FACTS_GROUP, LEADERBOARDS_GROUP, readAsOf } from '#pipeline';

export interface Freshness {
  /** Everything accepted before this instant is in the answer; null while no position is known. */
  asOf: string | null;
  /** Age of `asOf`, milliseconds. */
  lagMs: number | null;
}

/** Freshness of both sinks, by the names that boards give their source. */
export interface SinkFreshness {
  live: Freshness;
  warehouse: Freshness;
}

/** `asOf` in epoch milliseconds, as {@link readAsOf} says it. */
export function freshnessOf(asOf: number | null): Freshness {
  if (asOf === null || asOf === 0) return { asOf: null, lagMs: null };
  return { asOf: new Date(asOf).toISOString(), lagMs: Math.max(0, Date.now() - asOf) };
}

@Injectable()
export class FreshnessReader {
  constructor(@Inject(COUNTERS) private readonly counters: Counters) {}

  /**
   * Freshness of what a sink holds. Ask before the query runs: what is then added by the query can
   * only be newer.
   */
  async of(sink: 'warehouse' | 'live'): Promise<Freshness> {
    return freshnessOf(
      await readAsOf(this.counters, sink === 'warehouse' ? FACTS_GROUP : LEADERBOARDS_GROUP),
    );
  }

  async ofBoth(): Promise<SinkFreshness> {
    const [live, warehouse] = await Promise.all([this.of('live'), this.of('warehouse')]);
    return { live, warehouse };
  }
}
