/** Requests that were not let in: counted, kept within bounds per address, and said in the log now and then. */
import { ProblemError, TokenBuckets, type Logger, type Metrics } from '#platform';

/** Why a request was not let in. */
export type RefusalReason = 'no-key' | 'wrong-key' | 'role' | 'open' | 'rate' | 'streams' | 'failures';

const SUMMARY_MS = 60_000;

export interface RefusalOptions {
  logger: Logger;
  metrics: Metrics;
  /** Wrong keys of one address that are answered 401; further ones 429. */
  failuresPerMinute: number;
}

export class Refusals {
  private readonly counter: Metrics['refused'];
  private readonly failures: TokenBuckets;
  private readonly logger: Logger;
  private unsaid = new Map<RefusalReason, number>();
  private saidAt = -Infinity;

  constructor({ logger, metrics, failuresPerMinute }: RefusalOptions) {
    this.logger = logger;
    this.counter = metrics.refused;
    this.failures = new TokenBuckets({ perSecond: failuresPerMinute / 60, burst: failuresPerMinute });
  }

  count(reason: RefusalReason): void {
    this.counter.inc({ reason });
    this.unsaid.set(reason, (this.unsaid.get(reason) ?? 0) + 1);
    const now = performance.now();
    // Whoever knocks without end must not fill the log.
    if (now - this.saidAt < SUMMARY_MS) return;
    this.logger.warn({ refused: Object.fromEntries(this.unsaid) }, 'requests were not let in');
    this.unsaid = new Map();
    this.saidAt = now;
  }

  /**
   * A key or link that opens nothing came from an address.
   * @throws ProblemError 429 when too many did.
   */
  wrongKey(address: string): void {
    this.count('wrong-key');
    const wait = this.failures.take(networkOf(address));
    if (wait === 0) return;
    this.count('failures');
    throw tooMany('Too many wrong keys came from this address.', wait);
  }
}

/** Whoever holds an IPv6 address holds the 2^64 beside it too. */
export function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined || !address.includes(':')) return v4 ?? address;
  const [head = '', tail] = address.split('::') as [string, string | undefined];
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

/** 429, to be tried again after so many seconds. */
export const tooMany = (detail: string, retryAfterS: number): ProblemError =>
  new ProblemError(429, 'Too many requests', detail, { headers: { 'retry-after': String(retryAfterS) } });
