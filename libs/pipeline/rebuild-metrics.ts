/** The newest rebuild of the counters as metrics. */
import type { Counters } from '#counters';
import type { Metrics } from '#platform';
import { REBUILD_STATUS, type RebuildProgress } from './rebuild-status';

export function observeRebuild(metrics: Metrics, counters: Counters): void {
  const gauge = (
    name: string,
    help: string,
    value: (progress: RebuildProgress | undefined) => number,
  ): void =>
    metrics.observe(name, help, [], async () => {
      const statuses = await counters.statuses(REBUILD_STATUS);
      return [{ value: value(statuses.get(REBUILD_STATUS) as RebuildProgress | undefined) }];
    });
  gauge('floorboard_rebuild_running', '1 while the counters are being rebuilt.', (progress) =>
    progress?.state === 'running' ? 1 : 0,
  );
  gauge('floorboard_rebuild_failed', '1 when the newest rebuild has failed.', (progress) =>
    progress?.state === 'failed' ? 1 : 0,
  );
  gauge(
    'floorboard_rebuild_records',
    'Records that the newest rebuild has applied.',
    (progress) => progress?.records ?? 0,
  );
}
