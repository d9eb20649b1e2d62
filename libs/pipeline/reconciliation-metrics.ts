/** How the newest comparisons of counters and warehouse ended, over all tenants, as metrics. */
import type { Counters } from '#counters';
import type { Metrics } from '#platform';
import { RECONCILIATION_STATUS, type ReconciliationStatus } from './reconciliation-status';

export function observeReconciliation(metrics: Metrics, counters: Counters): void {
  const gauge = (
    name: string,
    help: string,
    value: (statuses: ReconciliationStatus[]) => number | undefined,
  ): void =>
    metrics.observe(name, help, [], async () => {
      const statuses = [...(await counters.statuses(RECONCILIATION_STATUS)).values()];
      const read = value(statuses as unknown as ReconciliationStatus[]);
      return read === undefined ? [] : [{ value: read }];
    });
  const sumOf = (field: 'drift' | 'compared') => (statuses: ReconciliationStatus[]) =>
    statuses.reduce((sum, status) => sum + status[field], 0);
  gauge(
    'floorboard_reconciliation_drift',
    'Cells and records that differed from the warehouse in the newest comparisons; expected: 0.',
    sumOf('drift'),
  );
  gauge(
    'floorboard_reconciliation_compared',
    'Cells that the newest comparisons looked at.',
    sumOf('compared'),
  );
  gauge(
    'floorboard_reconciliation_age_seconds',
    'Age of the oldest of the newest comparisons; absent before the first.',
    (statuses) =>
      statuses.length === 0 ? undefined : (Date.now() - Math.min(...statuses.map(({ at }) => at))) / 1000,
  );
}
