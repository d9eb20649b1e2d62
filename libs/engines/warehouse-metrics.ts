/** The warehouse's connections as metrics. */
import type { Metrics } from '#platform';
import type { Warehouse } from '#warehouse';

export function observeWarehouse(metrics: Metrics, { pool }: Warehouse): void {
  pool.onWait((kind, seconds) => metrics.warehouseWait.observe({ kind }, seconds));
  metrics.observe(
    'floorboard_warehouse_connections',
    'Statements to the warehouse that may run at a time.',
    [],
    () => [{ value: pool.connections }],
  );
  const gauge = (name: string, help: string, of: 'running' | 'waiting'): void =>
    metrics.observe(name, help, ['kind'], () =>
      pool.use().map((use) => ({ labels: { kind: use.access }, value: use[of] })),
    );
  gauge(
    'floorboard_warehouse_statements_running',
    'Statements to the warehouse that run, by kind (read, write).',
    'running',
  );
  gauge(
    'floorboard_warehouse_statements_waiting',
    'Statements to the warehouse that wait for a free connection, by kind (read, write).',
    'waiting',
  );
}
