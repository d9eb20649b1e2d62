/** What is said of the connections to the engine: how many statements run on them and wait for one, by kind. */
import type { Slots } from './slots';

export type Access = 'read' | 'write';

/** Statements of one kind, now. */
export interface PoolUse {
  access: Access;
  running: number;
  waiting: number;
}

/** Writes that are {@link Pool.whole}. */
export interface Writes {
  underWay: number;
  /** However they did. */
  ended: number;
}

/** Told of every statement how long it waited for a connection, seconds; also where it gave up. */
export type WaitListener = (access: Access, seconds: number) => void;

export class Pool {
  private readonly counts = { read: { running: 0, waiting: 0 }, write: { running: 0, waiting: 0 } };
  private heard: WaitListener = () => undefined;
  private readonly writing: Writes = { underWay: 0, ended: 0 };
  /** Who waits until no write is under way. */
  private readonly writesEnd = new Set<() => void>();

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

  /**
   * Runs a write of this process: one statement, or several that are one change together, such as the rows of the same
   * events in their tables. Settles as `write` does.
   */
  async whole<T>(write: () => Promise<T>): Promise<T> {
    this.writing.underWay++;
    try {
      return await write();
    } finally {
      this.writing.underWay--;
      this.writing.ended++;
      if (this.writing.underWay === 0) for (const end of this.writesEnd) end();
    }
  }

  /** The writes of this process so far. */
  writes(): Writes {
    return { ...this.writing };
  }

  /** Resolves when no write of this process is under way, and after `mostMs` in any case; with whether one was. */
  async written(mostMs: number): Promise<boolean> {
    if (this.writing.underWay === 0) return false;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.writesEnd.delete(end);
        resolve();
      };
      const timer = setTimeout(end, mostMs);
      this.writesEnd.add(end);
    });
    return true;
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
