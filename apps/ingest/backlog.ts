/**
 * Back-pressure from behind the log: events that a consumer has not taken yet must neither fill the
 * disk nor grow so old, or so many, that the log would let them expire. Before that the intake says so.
 */
import { statfs } from 'node:fs/promises';
import { TOPICS, type ChangeLog } from '#change-log';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import type { Logger, Settings } from '#platform';

const LOOK_MS = 1_000;
/** Ages take a read per partition. */
const LOOK_AT_AGES_MS = 30_000;
const DAY_MS = 86_400_000;
/** Of what the log keeps: from here on intake stops. */
const SHARE = 0.8;
/** Intake goes on when the backlog is this much smaller again, so that it does not flutter. */
const RELEASE = 0.9;
const RETRY_AFTER_SECONDS = 5;

/** Why nothing is taken now. */
export interface Refusal {
  detail: string;
  retryAfterSeconds: number;
}

export type BacklogSettings = Pick<
  Settings,
  'INTAKE_MAX_LAG' | 'INTAKE_MIN_FREE_BYTES' | 'LOG_RETENTION_BYTES' | 'LOG_RETENTION_DAYS' | 'dataDir'
>;

interface Lag {
  events: number;
  /** The longest of a partition. */
  longest: number;
  /** Where the slowest consumer stands in partitions that it has not finished. */
  positions: { partition: number; position: number }[];
}

export class Backlog {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;
  private refused: Refusal | null = null;
  private lag = 0;
  private agesAt = 0;
  private tooOld = false;
  private bytes = 0;
  private events = 0;

  constructor(
    private readonly log: ChangeLog,
    private readonly settings: BacklogSettings,
    private readonly logger: Logger,
  ) {}

  /** Why publishing is refused at the moment; null: it is not. */
  get refusal(): Refusal | null {
    return this.refused;
  }

  /** Events that the slower consumer has not taken yet, as of the last look. */
  get lagEvents(): number {
    return this.lag;
  }

  /** Events were appended: how large they are on average tells how large the backlog is. */
  appended(events: number, bytes: number): void {
    this.events += events;
    this.bytes += bytes;
  }

  start(): void {
    const next = (): void => {
      if (this.stopped) return;
      this.looking = this.look().catch((error: unknown) =>
        // The log is down: appends fail by themselves, and what was known holds.
        this.logger.debug({ err: error }, 'the backlog cannot be looked at'),
      );
      void this.looking.then(() => {
        if (!this.stopped) this.timer = setTimeout(next, LOOK_MS).unref();
      });
    };
    next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Looks once. @throws when the log cannot be asked. */
  async look(now = Date.now()): Promise<void> {
    const lag = await this.measure();
    this.lag = lag.events;
    if (now >= this.agesAt || this.tooOld) {
      this.agesAt = now + LOOK_AT_AGES_MS;
      this.tooOld = await this.isTooOld(lag, now);
    }
    const refusal = (await this.diskRefusal()) ?? this.lagRefusal(lag);
    if (refusal && !this.refused) this.logger.warn({ lag: lag.events }, refusal.detail);
    if (!refusal && this.refused) this.logger.info({ lag: lag.events }, 'events are taken again');
    this.refused = refusal;
  }

  private async measure(): Promise<Lag> {
    const offsets = await this.log.offsets(TOPICS.events);
    const groups = await Promise.all(
      [FACTS_GROUP, LEADERBOARDS_GROUP].map((group) => this.log.committed(TOPICS.events, group)),
    );
    const behind = groups.map((committed) =>
      offsets.map(({ partition, start, end }) => {
        const position = Math.max(committed.get(partition) ?? start, start);
        return { partition, position, events: Math.max(0, end - position) };
      }),
    );
    const sums = behind.map((partitions) => partitions.reduce((sum, { events }) => sum + events, 0));
    const slowest = behind[sums.indexOf(Math.max(...sums))] ?? [];
    return {
      events: Math.max(...sums),
      longest: Math.max(0, ...behind.flat().map(({ events }) => events)),
      positions: slowest.filter(({ events }) => events > 0),
    };
  }

  private async isTooOld({ positions }: Lag, now: number): Promise<boolean> {
    const oldest = now - this.settings.LOG_RETENTION_DAYS * DAY_MS * SHARE;
    for (const { partition, position } of positions) {
      const [record] = await this.log.read(TOPICS.events, partition, position, 1);
      if (record && record.timestamp < oldest) return true;
    }
    return false;
  }

  private async diskRefusal(): Promise<Refusal | null> {
    if (this.log.engine !== 'embedded') return null;
    const { bavail, bsize } = await statfs(this.settings.dataDir);
    if (bavail * bsize >= this.settings.INTAKE_MIN_FREE_BYTES) return null;
    return refusal(
      'The disk of the change log is nearly full; send the same request again when there is room.',
    );
  }

  private lagRefusal({ events, longest }: Lag): Refusal | null {
    const share = this.refused ? RELEASE : 1;
    const size = this.events === 0 ? 0 : this.bytes / this.events;
    const late =
      events > this.settings.INTAKE_MAX_LAG * share ||
      longest * size > this.settings.LOG_RETENTION_BYTES * SHARE * share ||
      this.tooOld;
    if (!late) return null;
    return refusal('Too many events wait to be counted and stored; send the same request again later.');
  }
}

const refusal = (detail: string): Refusal => ({ detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
