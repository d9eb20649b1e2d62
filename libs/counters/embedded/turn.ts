/** Long work of the process' one thread, in turns with whatever else it has to do. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest that work keeps the event loop to itself, milliseconds. */
const TURN_MS = 4;

export class Turn {
  private started = performance.now();

  isOver(): boolean {
    return performance.now() - this.started > TURN_MS;
  }

  /** Lets others have theirs. */
  async yield(): Promise<void> {
    await nextTurn();
    this.started = performance.now();
  }
}
