/** Waits until both consumers have passed what is in the log now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS, type ChangeLog, type PartitionOffsets } from '#change-log';

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
      behind = Math.max(behind, await recordsAhead(log, group, ends));
    }
    told(behind);
    if (behind === 0) return;
    await sleep(100);
  }
}

/** How many change events up to these ends a consumer group has not finished. */
export async function recordsAhead(
  log: ChangeLog,
  group: string,
  ends: readonly PartitionOffsets[],
): Promise<number> {
  const committed = await log.committed(TOPICS.events, group);
  return ends.reduce(
    (sum, { partition, start, end }) => sum + Math.max(0, end - (committed.get(partition) ?? start)),
    0,
  );
}
