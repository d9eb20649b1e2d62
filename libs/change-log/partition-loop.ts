import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backoff } from './backoff';
import { Rewind, type BatchContext, type LogBatch, type SubscribeOptions } from './port';

/** Where a {@link PartitionLoop} takes its batches from and leaves its positions. */
export interface BatchSource {
  /** The records after the last ones returned, or null when there are none now. */
  next(): LogBatch | null;
  /** Everything below `offset` is handled. */
  commit(offset: number): void;
  /** Continue from `offset`, and commit that. */
  rewind(offset: number): void;
}

/**
 * Hands the batches of one partition to the handler, one at a time, for as long as it is not
 * cancelled: the same delivery rules for both engines. A failed batch is held and handed over
 * again after a back-off; nothing else of the partition is read meanwhile.
 */
export class PartitionLoop {
  private readonly cancellation = new AbortController();
  private readonly backoff = new Backoff();
  private readonly context: BatchContext = { cancelled: () => this.cancellation.signal.aborted };
  private wakeUp: (() => void) | null = null;
  private rewinds = 0;

  /** Resolves when the loop has ended after {@link cancel}; no handler call is under way then. */
  readonly done: Promise<void>;

  constructor(
    private readonly partition: number,
    private readonly source: BatchSource,
    private readonly options: Pick<SubscribeOptions, 'handler' | 'onError'>,
    after: Promise<void> = Promise.resolve(),
  ) {
    this.done = after.then(() => this.run());
  }

  /** More may be there to read. */
  wake(): void {
    this.wakeUp?.();
  }

  /** Tells the handler under way, and starts no other. */
  cancel(): void {
    this.cancellation.abort();
    this.wakeUp?.();
  }

  private async run(): Promise<void> {
    while (!this.context.cancelled()) {
      const batch = await this.take();
      if (batch) {
        await this.deliver(batch);
        // A handler that never leaves the microtask queue must not starve everything else.
        await nextTurn();
      }
    }
  }

  private async take(): Promise<LogBatch | null> {
    try {
      const batch = this.source.next();
      if (!batch) await this.idle();
      return batch;
    } catch (error) {
      this.report(error);
      await this.backoff.wait(this.cancellation.signal);
      return null;
    }
  }

  private async idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
    this.wakeUp = null;
  }

  private async deliver(batch: LogBatch): Promise<void> {
    do {
      try {
        await this.options.handler(batch, this.context);
        this.source.commit(batch.next);
        this.backoff.reset();
        this.rewinds = 0;
        return;
      } catch (error) {
        if (error instanceof Rewind) return this.rewind(error.offset);
        this.report(error);
        await this.backoff.wait(this.cancellation.signal);
      }
    } while (!this.context.cancelled());
  }

  private async rewind(offset: number): Promise<void> {
    this.source.rewind(offset);
    // One rewind is answered at once; a handler that rewinds again and again gets the back-off.
    if (this.rewinds > 0) await this.backoff.wait(this.cancellation.signal);
    this.rewinds += 1;
  }

  /** An observer that throws must not stop the partition. */
  private report(error: unknown): void {
    try {
      this.options.onError?.(error, this.partition);
    } catch {
      // The error it was told of is the one that matters, and that one is retried.
    }
  }
}
