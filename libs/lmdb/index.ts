/** Transactions of LMDB whose failures have a reason, and whose ends can be relied on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';

/** How long to wait for the reason of a failed write, milliseconds. */
const REASON_MS = 500;
/** A write that has not ended after so long, milliseconds, never will. */
const STALLED_MS = 30_000;

/**
 * One transaction; resolves when it is committed, rejects with the engine's own reason (a full disk, for
 * instance). After a disk has failed under load the engine may never end a write: that ends the process
 * by an error nobody catches, since only a new process gets past it.
 *
 * @param what is written, for the message.
 */
export async function transact(
  root: Pick<RootDatabase, 'batch'>,
  what: string,
  operations: () => void,
): Promise<void> {
  const watch = watchOver(what);
  try {
    await root.batch(operations);
  } catch (error) {
    throw new Error(`${what}: write failed: ${String(await reasonOf(error))}`, { cause: error });
  } finally {
    clearInterval(watch);
  }
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
