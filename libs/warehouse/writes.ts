/** The writes of this process to one warehouse: how many are under way, and when they are over. */

/** Writes as {@link Writes.run} runs them. */
export interface WriteCounts {
  underWay: number;
  /** However they did. */
  ended: number;
  /** Statements that are no inserts, only which can take rows out of a table: those that have begun so far. */
  commands: number;
  /** Those of them that are under way. */
  commanding: number;
}

export class Writes {
  private readonly counts: WriteCounts = { underWay: 0, ended: 0, commands: 0, commanding: 0 };
  /** Who waits until none is under way. */
  private readonly waiting = new Set<() => void>();

  /** @param alone whether no other process can write to this warehouse. */
  constructor(readonly alone: boolean) {}

  /**
   * Runs a write: one statement, or several that are one change together, such as the rows of the same events in their
   * tables. Settles as `write` does.
   */
  async run<T>(write: () => Promise<T>): Promise<T> {
    this.counts.underWay++;
    try {
      return await write();
    } finally {
      this.counts.underWay--;
      this.counts.ended++;
      if (this.counts.underWay === 0) for (const over of this.waiting) over();
    }
  }

  /** The same for a statement that is no insert. */
  async command<T>(write: () => Promise<T>): Promise<T> {
    this.counts.commands++;
    this.counts.commanding++;
    try {
      return await this.run(write);
    } finally {
      this.counts.commanding--;
    }
  }

  /** The same for an insert, which may be a part of a write that is under way. */
  insert<T>(write: () => Promise<T>): Promise<T> {
    return this.counts.underWay > this.counts.commanding ? write() : this.run(write);
  }

  now(): WriteCounts {
    return { ...this.counts };
  }

  /** Resolves when none is under way, and after `mostMs` in any case; with whether one was. */
  async over(mostMs: number): Promise<boolean> {
    if (this.counts.underWay === 0) return false;
    await new Promise<void>((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        this.waiting.delete(over);
        resolve();
      };
      const timer = setTimeout(over, mostMs);
      this.waiting.add(over);
    });
    return true;
  }
}
