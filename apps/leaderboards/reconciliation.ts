/**
 * Compares the counters with the warehouse again and again, tells the outcome, and has mended what
 * differs. Done by the process that looks after the store.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ChangeLog } from '#change-log';
import type { Counters } from '#counters';
import { CHANGE_LOG, COUNTERS, LOGGER, SETTINGS, TENANTS, WAREHOUSE } from '#engines';
import { RECONCILIATION_STATUS, type ReconciliationStatus } from '#pipeline';
import type { Logger, Settings, Tenant, Tenants } from '#platform';
import { NotComparable, verify } from '#reconciliation';
import type { Warehouse } from '#warehouse';
import { CounterRecovery } from './counter-recovery';

/** How often the held records themselves are compared: they cost as much reading as a rebuild. */
const RECORDS_MS = 86_400_000;
/** What could not be mended is not tried again for this long: it would be no better then. */
const HOPELESS_MS = 3_600_000;
/** Whoever starts a process wants to know soon. */
const FIRST_MS = 30_000;
/** After a drift the next comparison shows soon that it is gone. */
const AFTER_DRIFT_MS = 60_000;

@Injectable()
export class Reconciliation {
  private readonly recordsAt = new Map<string, number>();
  private readonly hopelessUntil = new Map<string, number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly recovery: CounterRecovery,
  ) {}

  /** Begins; a setting of 0 leaves it to `floorboard verify`. */
  start(): void {
    const period = this.settings.RECONCILIATION_SECONDS * 1000;
    if (period > 0) this.running = this.run(period);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(period: number): Promise<void> {
    let next = Math.min(period, FIRST_MS);
    while (!this.stopping.signal.aborted) {
      await sleep(next, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      next = period;
      for (const tenant of this.tenants.all) {
        if (!this.recovery.isInCharge || this.stopping.signal.aborted) break;
        if (await this.reconcile(tenant)) next = Math.min(period, AFTER_DRIFT_MS);
      }
    }
  }

  /** Whether a drift was found. */
  private async reconcile(tenant: Tenant): Promise<boolean> {
    const { log, counters, warehouse } = this;
    const stopped = (): boolean => this.stopping.signal.aborted;
    const records = Date.now() > (this.recordsAt.get(tenant.id) ?? 0);
    try {
      const compare = { repair: false, records };
      const seen = await verify({ log, counters, warehouse, stopped }, tenant, compare);
      if (records) this.recordsAt.set(tenant.id, Date.now() + RECORDS_MS);
      await this.tell(tenant, seen);
      if (seen.drift === 0) return false;
      const { drift, differences, wrongRecords } = seen;
      this.logger.error({ tenant: tenant.id, drift, differences, wrongRecords }, 'the counters have drifted');
      if (Date.now() > (this.hopelessUntil.get(tenant.id) ?? 0)) await this.mend(tenant, records);
      return true;
    } catch (error) {
      if (!stopped()) {
        const level = error instanceof NotComparable ? 'debug' : 'warn';
        this.logger[level]({ err: error, tenant: tenant.id }, 'the counters were not compared');
      }
      return false;
    }
  }

  private async mend(tenant: Tenant, records: boolean): Promise<void> {
    const { log, counters, warehouse } = this;
    const stopped = (): boolean => this.stopping.signal.aborted;
    const options = { log, counters, warehouse, stopped };
    const { remaining } = await verify(options, tenant, { repair: true, records });
    if (!remaining) {
      this.logger.info({ tenant: tenant.id }, 'the counters are mended');
      return;
    }
    this.hopelessUntil.set(tenant.id, Date.now() + HOPELESS_MS);
    this.logger.error(
      { tenant: tenant.id, remaining },
      'the counters differ from the warehouse after a rebuild',
    );
  }

  private async tell(tenant: Tenant, seen: { at: number; compared: number; drift: number }): Promise<void> {
    const { at, compared, drift } = seen;
    const status: ReconciliationStatus = { at, compared, drift };
    await this.counters.publishStatus(RECONCILIATION_STATUS + tenant.id, { ...status });
  }
}
