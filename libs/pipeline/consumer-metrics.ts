/** What a consumer tells of its batches and its place in the log, as metrics. */
import type { LogBatch } from '#change-log';
import type { Metrics } from '#platform';
import type { Watermark, Watermarks } from './watermarks';

/** A batch is in the sink. */
export function measureBatch(metrics: Metrics, consumer: string, batch: LogBatch, tookMs: number): void {
  const labels = { consumer };
  metrics.batchRecords.observe(labels, batch.records.length);
  metrics.batchDuration.observe(labels, tookMs / 1000);
  metrics.consumed.inc(labels, batch.records.length);
  const oldest = batch.records[0]?.timestamp;
  if (oldest !== undefined) metrics.eventDelay.observe(labels, Math.max(0, Date.now() - oldest) / 1000);
}

/** Lag per partition that this process owns, and what was ignored as old. */
export function observeConsumer(metrics: Metrics, consumer: string, marks: Watermarks): void {
  const gauge = (name: string, help: string, value: (mark: Watermark) => number): void =>
    metrics.observe(name, help, ['consumer', 'partition'], () =>
      marks.current().map((mark) => ({
        labels: { consumer, partition: String(mark.partition) },
        value: value(mark),
      })),
    );
  gauge(
    'floorboard_consumer_lag_events',
    'Records of the log that a consumer has not finished.',
    ({ end, position }) => Math.max(0, end - position),
  );
  gauge(
    'floorboard_consumer_lag_seconds',
    'Age of the moment up to which a consumer has everything; 0 when it has passed the end of the log.',
    ({ asOf, end, position }) => (position >= end ? 0 : Math.max(0, Date.now() - asOf) / 1000),
  );
  gauge(
    'floorboard_consumer_stale_events',
    'Events ignored as old since the process took the partition.',
    ({ stale }) =>
      Object.values(stale)
        .flatMap((sources) => Object.values(sources))
        .reduce((sum, count) => sum + count, 0),
  );
}
