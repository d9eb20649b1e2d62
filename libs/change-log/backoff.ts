import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Exponential back-off between attempts: 100 ms, doubling, at most 5 s. */
export class Backoff {
  private nextMs = FIRST_MS;

  /** Waits for the next delay, or until the signal aborts; never rejects. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = this.nextMs;
    this.nextMs = Math.min(ms * 2, LONGEST_MS);
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }

  reset(): void {
    this.nextMs = FIRST_MS;
  }
}
