/** What is said of the connections to the engine: how many statements run on them and wait for one, by kind. */
import type { Slots } from './slots';

export type Access = 'read' | 'write';

/** Statements of one kind, now. */
export interface PoolUse {
  access: Access;
  running: number;
  waiting: number;
}

/** Told of every statement how long it waited for a connection, seconds; also where it gave up. */
export type WaitListener = (access: Access, seconds: number) => void;

export class Pool {
  private readonly counts = { read: { running: 0, waiting: 0 }, write: { running: 0, waiting: 0 } };
  private heard: WaitListener = () => undefined;

  /** @param slots of each kind; both kinds may share them. */
  constructor(
    private readonly slots: Record<Access, Slots>,
    /** Statements that may run at a time, of both kinds together. */
    readonly connections: number,
  ) {}

  /** A connection for a statement, as {@link Slots.take} gives it. */
  async take(access: Access, timeoutMs: number, late: () => Error): Promise<() => void> {
    const count = this.counts[access];
    const since = performance.now();
    count.waiting++;
    let release: () => void;
    try {
      release = await this.slots[access].take(timeoutMs, late);
    } catch (error) {
      count.waiting--;
      throw error;
    } finally {
      this.heard(access, (performance.now() - since) / 1000);
    }
    count.waiting--;
    count.running++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      count.running--;
      release();
    };
  }

  use(): PoolUse[] {
    const { read, write } = this.counts;
    return [
      { access: 'read', ...read },
      { access: 'write', ...write },
    ];
  }

  /** One listener at a time: whoever measures the process. */
  onWait(listener: WaitListener): void {
    this.heard = listener;
  }
}
