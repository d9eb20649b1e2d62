import { Logger } from '@nestjs/common';
import type { Partition, Store } from './store';

/** How long a commit may wait for others to be written with it, milliseconds. */
const DELAY_MS = 100;

/**
 * Committed offsets of all groups, written together: every transaction is a sync of the disk, which
 * appends are waiting for too. A commit lost with the process only means that a batch comes again.
 */
export class Commits {
  private readonly logger = new Logger('EmbeddedChangeLog');
  private readonly waiting = new Map<string, Map<Partition, number>>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly store: Store) {}

  /** The group's position as of now, written or not. */
  position(group: string, partition: Partition): number | undefined {
    return this.waiting.get(group)?.get(partition) ?? this.store.committed(group, partition);
  }

  set(group: string, partition: Partition, offset: number): void {
    const offsets = this.waiting.get(group) ?? new Map<Partition, number>();
    this.waiting.set(group, offsets.set(partition, offset));
    this.timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => this.logger.error(String(error)));
    }, DELAY_MS);
  }

  /** Resolves when everything set before is durable. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const write = this.writing.then(() => this.write());
    this.writing = write.catch(() => undefined);
    await write;
  }

  private async write(): Promise<void> {
    const offsets = [...this.waiting].flatMap(([group, positions]) =>
      [...positions].map(([partition, offset]) => ({ group, partition, offset })),
    );
    if (offsets.length === 0) return;
    await this.store.commit(offsets);
    for (const { group, partition, offset } of offsets) {
      const positions = this.waiting.get(group);
      // A newer position set meanwhile stays for the next write.
      if (positions?.get(partition) === offset) positions.delete(partition);
    }
  }
}
