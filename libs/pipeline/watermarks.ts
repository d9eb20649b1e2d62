/**
 * How far a consumer is, published for the other processes: position, lag, and `asOf`, the moment
 * up to which everything accepted has reached the sink.
 *
 * `asOf` is conservative: it moves only when the log's end was read before the position that passed
 * it, so a stopped or stuck consumer simply leaves its last true value standing.
 */
import type { ChangeLog, LogBatch } from '#change-log';
import type { Counters, StaleCount } from '#counters';
import type { Logger } from 'pino';

const PUBLISH_MS = 500;
const MAX_SOURCES = 100;
const OTHER_SOURCES = '(others)';

/** What one consumer says of one partition. Times are epoch milliseconds. */
export interface Watermark {
  consumer: string;
  partition: number;
  /** Partitions of the topic, so that a reader knows when some are missing. */
  partitions: number;
  position: number;
  end: number;
  asOf: number;
  /** When this was published. */
  at: number;
  /** Events ignored as old since this process took the partition, by tenant and source. */
  stale: StaleBySource;
}

type StaleBySource = Record<string, Record<string, number>>;

interface Progress {
  position: number;
  asOf: number;
  /** Append time of the oldest record in work, if any. */
  oldest: number | null;
  stale: StaleBySource;
}

export class Watermarks {
  private readonly partitions = new Map<number, Progress>();
  /** As published last, of the partitions owned now. */
  private readonly published = new Map<number, Watermark>();
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> = Promise.resolve();

  constructor(
    private readonly consumer: string,
    private readonly topic: string,
    private readonly log: ChangeLog,
    private readonly counters: Counters,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.publishing = this.publishing.then(() => this.publish());
    }, PUBLISH_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.publishing;
    await this.publish();
  }

  /** Partitions this process owns now; for new ones the state is read from the log. */
  async assigned(partitions: number[]): Promise<void> {
    for (const partition of this.partitions.keys()) {
      if (partitions.includes(partition)) continue;
      this.partitions.delete(partition);
      this.published.delete(partition);
    }
    const fresh = partitions.filter((partition) => !this.partitions.has(partition));
    if (fresh.length === 0) return;
    const committed = await this.log.committed(this.topic, this.consumer);
    const offsets = await this.log.offsets(this.topic);
    for (const { partition, start } of offsets) {
      if (!fresh.includes(partition)) continue;
      const position = Math.max(committed.get(partition) ?? start, start);
      const [next] = await this.log.read(this.topic, partition, position, 1);
      // A batch may have come meanwhile; it knows better.
      if (this.partitions.has(partition)) continue;
      this.partitions.set(partition, {
        position,
        asOf: next?.timestamp ?? 0,
        oldest: next?.timestamp ?? null,
        stale: {},
      });
    }
  }

  /** A batch is being worked on: nothing before its first record is missing. */
  working(batch: LogBatch): void {
    const oldest = batch.records[0]?.timestamp ?? null;
    const progress = this.partitions.get(batch.partition);
    if (!progress) {
      this.partitions.set(batch.partition, {
        position: batch.records[0]?.offset ?? 0,
        asOf: oldest ?? 0,
        oldest,
        stale: {},
      });
      return;
    }
    progress.oldest = oldest;
    if (oldest !== null && oldest > progress.asOf) progress.asOf = oldest;
  }

  /** The sink has acknowledged a batch. */
  done(batch: LogBatch): void {
    const progress = this.partitions.get(batch.partition);
    if (!progress) return;
    progress.position = Math.max(progress.position, batch.next);
    progress.oldest = null;
  }

  /** Events were ignored because a newer state is held. */
  ignored(partition: number, counts: readonly StaleCount[]): void {
    const stale = this.partitions.get(partition)?.stale;
    if (!stale) return;
    for (const { tenant, source, count } of counts) {
      const ofTenant = (stale[tenant] ??= Object.create(null) as Record<string, number>);
      // Sources are the senders' own words: not more of them are kept apart than a status can show.
      const known = source in ofTenant || Object.keys(ofTenant).length < MAX_SOURCES;
      const name = known ? source : OTHER_SOURCES;
      ofTenant[name] = (ofTenant[name] ?? 0) + count;
    }
  }

  /** Where the partitions of this process stood when they were published last. */
  current(): Watermark[] {
    return [...this.published.values()];
  }

  private async publish(): Promise<void> {
    try {
      const before = Date.now();
      const offsets = await this.log.offsets(this.topic);
      for (const { partition, end } of offsets) {
        const progress = this.partitions.get(partition);
        if (!progress) continue;
        if (progress.position >= end) progress.asOf = Math.max(progress.asOf, before);
        const mark: Watermark = {
          consumer: this.consumer,
          partition,
          partitions: offsets.length,
          position: progress.position,
          end,
          asOf: progress.asOf,
          at: Date.now(),
          stale: progress.stale,
        };
        this.published.set(partition, mark);
        await this.counters.publishStatus(`${watermarkPrefix(this.consumer)}${partition}`, { ...mark });
      }
    } catch (error) {
      this.logger.warn({ err: error, consumer: this.consumer }, 'could not publish the position');
    }
  }
}

/**
 * The moment up to which a consumer has everything (epoch milliseconds), over all partitions; null
 * while a partition has not been heard of.
 */
export async function readAsOf(counters: Counters, consumer: string): Promise<number | null> {
  return asOfIn(await counters.statuses(watermarkPrefix(consumer)));
}

/** As {@link readAsOf}, from the statuses under {@link watermarkPrefix}. */
export function asOfIn(statuses: ReadonlyMap<string, Record<string, unknown>>): number | null {
  const marks = marksIn(statuses);
  const [first] = marks;
  if (!first || marks.length < first.partitions) return null;
  return Math.min(...marks.map((mark) => mark.asOf));
}

export async function readWatermarks(counters: Counters, consumer: string): Promise<Watermark[]> {
  return marksIn(await counters.statuses(watermarkPrefix(consumer)));
}

/** How the names begin under which a consumer publishes its positions. */
export const watermarkPrefix = (consumer: string): string => `${consumer}/`;

const marksIn = (statuses: ReadonlyMap<string, Record<string, unknown>>): Watermark[] =>
  [...statuses.values()] as unknown as Watermark[];
