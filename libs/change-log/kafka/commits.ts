/** How long a commit may wait for others to be sent with it, milliseconds. */
const DELAY_MS = 200;

/**
 * Handled positions of one consumer, sent together. A commit that fails stays waiting: at worst
 * a batch comes again.
 */
export class CoalescedCommits {
  private readonly waiting = new Map<number, number>();
  private timer: NodeJS.Timeout | null = null;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly send: (offsets: Map<number, number>) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  set(partition: number, offset: number): void {
    this.waiting.set(partition, offset);
    this.timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** The partition is no longer ours to commit. */
  drop(partition: number): void {
    this.waiting.delete(partition);
  }

  /** Sends what is waiting; never rejects, failures go to `onError` and are tried again later. */
  async flush(): Promise<void> {
    this.clearTimer();
    this.sending = this.sending.then(() => this.sendWaiting());
    await this.sending;
  }

  /** Sends what is waiting, and nothing later. */
  async close(): Promise<void> {
    await this.flush();
    this.clearTimer();
  }

  private async sendWaiting(): Promise<void> {
    const offsets = new Map(this.waiting);
    if (offsets.size === 0) return;
    try {
      await this.send(offsets);
      for (const [partition, offset] of offsets) {
        if (this.waiting.get(partition) === offset) this.waiting.delete(partition);
      }
    } catch (error) {
      this.onError(error);
      this.timer ??= setTimeout(() => void this.flush(), DELAY_MS);
    }
  }

  private clearTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}
