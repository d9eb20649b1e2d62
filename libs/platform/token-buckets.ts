/**
 * How often something may happen, per name: a token bucket each. Memory is bounded: beyond `most` names
 * the one that asked longest ago is forgotten, which gives it a full bucket again.
 */
const MOST = 10_000;

export interface BucketOptions {
  perSecond: number;
  /** So many may come at once. */
  burst: number;
  /** Names that are remembered. */
  most?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly options: BucketOptions) {}

  /** Names that are remembered now. */
  get size(): number {
    return this.buckets.size;
  }

  /** Takes one: 0 when there was one, else the seconds until there is, rounded up. */
  take(name: string, now = performance.now()): number {
    const bucket = this.touch(name, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.options.perSecond));
  }

  /** Filled up to now, and the last to be forgotten. */
  private touch(name: string, now: number): Bucket {
    const { perSecond, burst, most = MOST } = this.options;
    const known = this.buckets.get(name);
    this.buckets.delete(name);
    const filled = known ? known.tokens + ((now - known.at) / 1000) * perSecond : burst;
    const bucket = { tokens: Math.min(burst, filled), at: now };
    this.buckets.set(name, bucket);
    if (this.buckets.size > most) this.buckets.delete(this.buckets.keys().next().value as string);
    return bucket;
  }
}
