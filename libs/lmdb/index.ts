/** Transactions of LMDB whose failures have a reason, and whose ends can be relied on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';

/** How long to wait for the reason of a failed write, milliseconds. */
const REASON_MS = 500;
/** A write that has not ended after so long, milliseconds, never will. */
const STALLED_MS = 30_000;

/**
 * One transaction; resolves when it is committed, rejects with the engine's own reason (a full disk, for
 * instance).
 *
 * When the page that says what is committed (the meta page) could not be written, LMDB gives the environment
 * up: whatever begins a transaction after that fails, and the next write that does so keeps the lock of all
 * writes for good, so that opening or closing a database would block the main thread. Only a new process gets
 * past it: this one is ended by an error nobody catches, at once, and likewise when a write does not end.
 *
 * @param what is written, for the message.
 */
export async function transact(
  root: Pick<RootDatabase, 'batch' | 'getStats' | 'resetReadTxn'>,
  what: string,
  operations: () => void,
): Promise<void> {
  const watch = watchOver(what);
  try {
    await root.batch(operations);
  } catch (error) {
    if (isGivenUp(root))
      endBy(new Error(`${what}: a refused write has left the engine useless`, { cause: error }));
    throw new Error(`${what}: write failed: ${String(await reasonOf(error))}`, { cause: error });
  } finally {
    clearInterval(watch);
  }
}

/** Whether the engine has given the environment up: then it cannot even be read. */
function isGivenUp(root: Pick<RootDatabase, 'getStats' | 'resetReadTxn'>): boolean {
  try {
    root.resetReadTxn();
    root.getStats();
    return false;
  } catch (error) {
    return String(error).includes('MDB_PANIC');
  }
}

/** From outside of any promise, so that nobody can catch it. */
function endBy(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

/** When several transactions failed together, only one of them may ever be told why. */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<unknown> };
  const told = commitError?.catch((cause: unknown) => cause);
  return (await Promise.race([told, sleep(REASON_MS, undefined, { ref: false })])) ?? error;
}

function watchOver(what: string): NodeJS.Timeout {
  // Looked at twice: a process that was halted itself gets the time to hear of the end.
  let looks = 0;
  return setInterval(() => {
    looks += 1;
    if (looks > 1) throw new Error(`${what}: a write has not ended in ${STALLED_MS / 1_000} s`);
  }, STALLED_MS / 2);
}
