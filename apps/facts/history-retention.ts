/** Drops what the warehouse need not keep of its records' past, once a day. */
import type { Logger } from '#platform';
import { dropHistory, type Warehouse } from '#warehouse';

const DAY_MS = 86_400_000;
/** A start has better things to do. */
const FIRST_MS = 600_000;

/** With 0 days everything is kept. Several processes may do it: it drops the same. */
export function startHistoryRetention(
  warehouse: Warehouse,
  days: number,
  logger: Logger,
): { stop: () => void } {
  if (days === 0) return { stop: () => undefined };
  let timer: NodeJS.Timeout;
  const next = (after: number): void => {
    timer = setTimeout(() => {
      dropHistory(warehouse, days).catch((error: unknown) =>
        logger.warn({ err: error }, 'old events were not dropped; tried again in a day'),
      );
      next(DAY_MS);
    }, after).unref();
  };
  next(FIRST_MS);
  return { stop: () => clearTimeout(timer) };
}
