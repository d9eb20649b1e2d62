/** Connections that wait for the next statement like those they have served. */

/** So many are kept; whoever waits longest goes. */
const MOST_IDLE = 16;

export class Idle<C> {
  private readonly waiting: { kind: string; connection: C }[] = [];

  /** One that has served this kind of statement; it is the caller's then. */
  take(kind: string): C | undefined {
    const index = this.waiting.findLastIndex((idle) => idle.kind === kind);
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]?.connection;
  }

  /** Gives back those that are to be closed. */
  keep(kind: string, connection: C): C[] {
    this.waiting.push({ kind, connection });
    return this.waiting.splice(0, this.waiting.length - MOST_IDLE).map(({ connection }) => connection);
  }

  /** All of them, which are to be closed. */
  clear(): C[] {
    return this.waiting.splice(0).map(({ connection }) => connection);
  }
}
