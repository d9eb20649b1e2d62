/** Waits until both consumers have passed what is in the log now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS, type ChangeLog } from '#change-log';

/** `told` hears how many records are still ahead of the slower consumer. */
export async function catchUp(
  log: ChangeLog,
  groups: readonly string[],
  told: (behind: number) => void = () => undefined,
): Promise<void> {
  const ends = await log.offsets(TOPICS.events);
  for (;;) {
    let behind = 0;
    for (const group of groups) {
      const committed = await log.committed(TOPICS.events, group);
      const ahead = ends.reduce(
        (sum, { partition, start, end }) => sum + Math.max(0, end - (committed.get(partition) ?? start)),
        0,
      );
      behind = Math.max(behind, ahead);
    }
    told(behind);
    if (behind === 0) return;
    await sleep(100);
  }
}
