/** Events that wait to be sent or for their answer: bounded by number and by bytes. */
import type { ChangeEvent } from './events';

/** An event on its way, with whoever waits for its outcome. */
export interface Entry {
  readonly event: ChangeEvent;
  readonly json: string;
  /** Of the JSON as UTF-8. */
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface QueueLimits {
  /** Events at most. */
  events: number;
  /** Bytes from which on no more is taken. */
  bytes: number;
}

export class EventQueue {
  private readonly waiting: Entry[] = [];
  private waitingBytes = 0;
  private held = 0;
  private heldBytes = 0;
  private readonly roomWanted: (() => void)[] = [];
  /** Ever pushed, and of these settled. Events are settled in the order in which they came. */
  private pushed = 0;
  private done = 0;
  private readonly doneWanted: { upTo: number; heard: () => void }[] = [];

  constructor(private readonly limits: QueueLimits) {}

  /** Events that have no outcome yet. */
  get size(): number {
    return this.held;
  }

  get full(): boolean {
    return this.held >= this.limits.events || this.heldBytes >= this.limits.bytes;
  }

  /** Events not sent yet, and their bytes. */
  get unsent(): { events: number; bytes: number } {
    return { events: this.waiting.length, bytes: this.waitingBytes };
  }

  push(entry: Entry): void {
    this.waiting.push(entry);
    this.waitingBytes += entry.bytes;
    this.pushed += 1;
    this.held += 1;
    this.heldBytes += entry.bytes;
  }

  /** The oldest unsent events, at least one; they count until they are {@link settled}. */
  take(batch: QueueLimits): Entry[] {
    let count = 0;
    let bytes = 0;
    for (const entry of this.waiting) {
      if (count > 0 && (count >= batch.events || bytes + entry.bytes > batch.bytes)) break;
      count += 1;
      bytes += entry.bytes;
    }
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  /** These have their outcome. */
  settled(entries: readonly Entry[]): void {
    this.done += entries.length;
    this.held -= entries.length;
    for (const { bytes } of entries) this.heldBytes -= bytes;
    if (!this.full) this.roomWanted.splice(0).forEach((heard) => heard());
    while (this.doneWanted[0] && this.doneWanted[0].upTo <= this.done) this.doneWanted.shift()?.heard();
  }

  /** Resolves when there is room; at once where there is some. */
  room(): Promise<void> {
    return this.full ? new Promise((resolve) => this.roomWanted.push(resolve)) : Promise.resolve();
  }

  /** Resolves when every event that is in the queue now has its outcome. */
  emptied(): Promise<void> {
    if (this.held === 0) return Promise.resolve();
    return new Promise((heard) => this.doneWanted.push({ upTo: this.pushed, heard }));
  }
}
