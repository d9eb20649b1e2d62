/** How the newest comparisons of counters and warehouse ended, over all tenants, as metrics. */
import type { Counters } from '#counters';
import type { Metrics } from '#platform';
import { RECONCILIATION_STATUS, type ReconciliationStatus } from './reconciliation-status';

export function observeReconciliation(metrics: Metrics, counters: Counters): void {
  const read = async (): Promise<ReconciliationStatus[]> =>
    [...(await counters.statuses(RECONCILIATION_STATUS)).values()] as unknown as ReconciliationStatus[];
  const sumOf = (field: 'drift' | 'compared') => (statuses: ReconciliationStatus[]) =>
    statuses.reduce((sum, status) => sum + status[field], 0);
  metrics.observeTogether(read, [
    {
      name: 'floorboard_reconciliation_drift',
      help: 'Cells and records that differed from the warehouse in the newest comparisons; expected: 0.',
      value: sumOf('drift'),
    },
    {
      name: 'floorboard_reconciliation_compared',
      help: 'Cells that the newest comparisons looked at.',
      value: sumOf('compared'),
    },
    {
      name: 'floorboard_reconciliation_age_seconds',
      help: 'Age of the oldest of the newest comparisons; absent before the first.',
      value: (statuses) =>
        statuses.length === 0 ? undefined : (Date.now() - Math.min(...statuses.map(({ at }) => at))) / 1000,
    },
  ]);
}
