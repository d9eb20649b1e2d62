/** How long to wait before the same request is sent again. */

export interface Backoff {
  /** The wait after the first failure, milliseconds. */
  firstMs: number;
  /** No wait grows beyond this, milliseconds. */
  longestMs: number;
}

/** A share by which a time named by the server is exceeded at most, so that not all come back at once. */
const SPREAD = 0.1;

/**
 * Milliseconds to wait after the given attempt (1 is the first): doubling, half of it by chance; never
 * less than what the server asked for.
 */
export function waitAfter(attempt: number, { firstMs, longestMs }: Backoff, askedMs: number | null): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  const own = full / 2 + (full / 2) * Math.random();
  return askedMs === null ? own : Math.max(own, askedMs * (1 + SPREAD * Math.random()));
}

/** Resolves after a while; rejects as soon as the signal says so. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
