/** The newest rebuild of the counters as metrics. */
import type { Counters } from '#counters';
import type { Metrics } from '#platform';
import { rebuildProgress, type RebuildProgress } from './rebuild-status';

export function observeRebuild(metrics: Metrics, counters: Counters): void {
  const read = (): Promise<RebuildProgress | undefined> => rebuildProgress(counters);
  metrics.observeTogether(read, [
    {
      name: 'floorboard_rebuild_running',
      help: '1 while the counters are being rebuilt.',
      value: (progress) => (progress?.state === 'running' ? 1 : 0),
    },
    {
      name: 'floorboard_rebuild_failed',
      help: '1 when the newest rebuild has failed.',
      value: (progress) => (progress?.state === 'failed' ? 1 : 0),
    },
    {
      name: 'floorboard_rebuild_records',
      help: 'Records that the newest rebuild has applied.',
      value: (progress) => progress?.records ?? 0,
    },
  ]);
}
