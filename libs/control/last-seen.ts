/** When each wall screen was last there: known to the minute, written seldom. */
import type { Logger } from '#platform';
import type { ScreenSeenRecord, ScreenTokenRecord } from './records';

/** What is written at most once in this time; a screen asks, or has its stream open, every second. */
const WRITE_MS = 5 * 60_000;

export class LastSeen {
  /** By token, epoch milliseconds: what is in the log, and what this process has seen since. */
  private readonly written = new Map<string, number>();
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly write: (record: ScreenSeenRecord) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** A record of the log, by whichever process. */
  take({ id, createdAt }: ScreenSeenRecord): void {
    this.written.set(id, Math.max(createdAt, this.written.get(id) ?? 0));
  }

  /** A screen is there now. Never waits, never fails: it is told late rather than not shown. */
  note({ id, tenant }: Pick<ScreenTokenRecord, 'id' | 'tenant'>, now = Date.now()): void {
    this.seen.set(id, now);
    if (now - (this.written.get(id) ?? 0) < WRITE_MS) return;
    this.written.set(id, now);
    this.write({ kind: 'screen-seen', id, tenant, createdAt: now }).catch((error: unknown) =>
      this.logger.warn({ err: error }, 'that a wall screen was there could not be written'),
    );
  }

  /** When a token was last shown, epoch milliseconds; null: never. */
  of(id: string): number | null {
    const last = Math.max(this.seen.get(id) ?? 0, this.written.get(id) ?? 0);
    return last === 0 ? null : last;
  }
}
