/**
 * What a process measures of itself, in Prometheus' terms: every metric is declared here, with its
 * name, its unit and its labels. Counters and histograms are written where things happen; gauges that
 * somebody else knows are asked for when a scrape comes.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. From a counter's apply to a report over a year. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds from acceptance to the sink: catching up takes minutes. */
const DELAYS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800];
const RECORDS = [1, 5, 25, 100, 500, 1000, 2500, 5000];

/** Values with their labels, as {@link Metrics.observe} is given them. */
export type Reading = readonly { labels?: Record<string, string>; value: number }[];
type Reader = () => Reading | Promise<Reading>;

/** A gauge that follows from a reading; undefined leaves it out. */
export interface DerivedGauge<T> {
  name: string;
  help: string;
  value: (reading: T) => number | undefined;
}

/**
 * How often the event loop's lag is looked at, and the least that is told of it. At the client's usual 10 ms these
 * wake-ups are a third of what an idle process does: 0.5 % of a core.
 */
const LAG_SAMPLE_MS = 50;

export class Metrics {
  readonly registry = new Registry();
  private readonly readers = new Map<string, Reader[]>();

  readonly httpDuration = this.histogram(
    'floorboard_http_request_duration_seconds',
    'Time from a request to the end of its answer, by route.',
    ['method', 'route', 'status'],
    SECONDS,
  );
  readonly accepted = this.counter(
    'floorboard_events_accepted_total',
    'Events that POST /v1/events answered with 202 for: durable in the log.',
  );
  readonly rejected = this.counter(
    'floorboard_events_rejected_total',
    'Events that POST /v1/events refused; each is a dead letter.',
  );
  readonly turnedAway = this.counter(
    'floorboard_intake_turned_away_total',
    'Publishing requests answered with 429: too many bytes under way.',
  );
  readonly refused = this.counter(
    'floorboard_refused_requests_total',
    'Requests that were not let in, by reason.',
    ['reason'],
  );
  readonly batchRecords = this.histogram(
    'floorboard_consumer_batch_records',
    'Records of one batch that a consumer was handed.',
    ['consumer'],
    RECORDS,
  );
  readonly batchDuration = this.histogram(
    'floorboard_consumer_batch_duration_seconds',
    "Time a consumer took for one batch, its sink's acknowledgement included.",
    ['consumer'],
    SECONDS,
  );
  readonly eventDelay = this.histogram(
    'floorboard_event_delay_seconds',
    'Time from the append to the log to the acknowledgement of the sink, of the oldest event of each batch.',
    ['consumer'],
    DELAYS,
  );
  readonly consumed = this.counter(
    'floorboard_consumer_records_total',
    'Records that a consumer has finished.',
    ['consumer'],
  );
  readonly batchFailures = this.counter(
    'floorboard_consumer_batch_failures_total',
    'Batches that failed and are tried again.',
    ['consumer'],
  );
  readonly setAside = this.counter(
    'floorboard_events_set_aside_total',
    'Records of the log that the facts consumer made dead letters of, by reason.',
    ['reason'],
  );
  readonly reportDuration = this.histogram(
    'floorboard_report_duration_seconds',
    'Time to compute a report from the warehouse.',
    ['report'],
    SECONDS,
  );
  readonly warehouseWait = this.histogram(
    'floorboard_warehouse_wait_seconds',
    'Time a statement waited for a free connection to the warehouse, by kind (read, write).',
    ['kind'],
    SECONDS,
  );
  readonly boardAnswers = this.counter(
    'floorboard_board_answers_total',
    'Leaderboards answered, by source: live counters, warehouse (no window answers the period), ' +
      'fallback (a window does, but the counters do not vouch for it: overflow or rebuild).',
    ['source'],
  );
  readonly frames = this.counter('floorboard_live_frames_total', 'Snapshots computed for live topics.', [
    'topic',
  ]);

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_SAMPLE_MS });
  }

  /**
   * A gauge whose values are read at each scrape; several readers may share one, each with label values
   * of its own. A reading that fails leaves its values out: an alert on absence sees it, and everything
   * else is served all the same.
   */
  observe(name: string, help: string, labelNames: string[], read: Reader): void {
    const known = this.readers.get(name);
    if (known) {
      known.push(read);
      return;
    }
    const readers = [read];
    this.readers.set(name, readers);
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect(): Promise<void> {
        const readings = await Promise.allSettled(readers.map(async (reader) => reader()));
        this.reset();
        // Without labels a reset gauge says 0, which nobody has read.
        this.remove({});
        for (const reading of readings) {
          if (reading.status === 'rejected') continue;
          for (const { labels = {}, value } of reading.value) this.set(labels, value);
        }
      },
    });
  }

  /** Gauges without labels that follow from one reading: it is made once a scrape, however many they are. */
  observeTogether<T>(read: () => Promise<T>, gauges: readonly DerivedGauge<T>[]): void {
    let reading: Promise<T> | undefined;
    // A scrape asks all gauges at once: those that come while a reading is under way share it.
    const shared = (): Promise<T> => (reading ??= read().finally(() => (reading = undefined)));
    for (const { name, help, value } of gauges) {
      this.observe(name, help, [], async () => {
        const derived = value(await shared());
        return derived === undefined ? [] : [{ value: derived }];
      });
    }
  }

  private counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
