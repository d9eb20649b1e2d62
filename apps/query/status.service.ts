/** The state of the pipeline as operators see it. */
import { Inject, Injectable } from '@nestjs/common';
import type { ChangeLog } from '#change-log';
import type { Counters } from '#counters';
import { DeadLetterStore } from '#dead-letters';
import { CHANGE_LOG, COUNTERS, WAREHOUSE } from '#engines';
import {
  FACTS_GROUP,
  LEADERBOARDS_GROUP,
  readWatermarks,
  RECONCILIATION_STATUS,
  type ReconciliationStatus,
} from '#pipeline';
import type { Warehouse } from '#warehouse';

export interface ConsumerStatus {
  name: string;
  lagEvents: number;
  /** Age of what the consumer has everything up to; null while it has not been heard of. */
  lagMs: number | null;
  /** Events of the tenant ignored as old since its consumers started, by source. */
  stale: Record<string, number>;
}

export interface Status {
  consumers: ConsumerStatus[];
  /** The tenant's that are open. */
  deadLetters: number;
  /** The newest comparison of the tenant's counters with the warehouse; `at` null before the first. */
  reconciliation: { at: string | null; compared: number; drift: number };
  engines: { log: string; counters: string; warehouse: string };
}

@Injectable()
export class StatusService {
  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    private readonly letters: DeadLetterStore,
  ) {}

  async read(tenant: string): Promise<Status> {
    const [leaderboards, facts, deadLetters, reconciliation] = await Promise.all([
      this.consumer('leaderboards', LEADERBOARDS_GROUP, tenant),
      this.consumer('facts', FACTS_GROUP, tenant),
      this.letters.count(tenant),
      this.reconciliation(tenant),
    ]);
    return {
      consumers: [leaderboards, facts],
      deadLetters,
      reconciliation,
      engines: { log: this.log.engine, counters: this.counters.engine, warehouse: this.warehouse.engine },
    };
  }

  private async consumer(name: string, group: string, tenant: string): Promise<ConsumerStatus> {
    const marks = await readWatermarks(this.counters, group);
    const complete = marks.length > 0 && marks.length === marks[0]?.partitions;
    const stale: Record<string, number> = {};
    for (const mark of marks) {
      for (const [source, count] of Object.entries(mark.stale[tenant] ?? {})) {
        stale[source] = (stale[source] ?? 0) + count;
      }
    }
    return {
      name,
      lagEvents: marks.reduce((sum, mark) => sum + Math.max(0, mark.end - mark.position), 0),
      lagMs: complete ? Math.max(0, Date.now() - Math.min(...marks.map((mark) => mark.asOf))) : null,
      stale,
    };
  }

  private async reconciliation(tenant: string): Promise<Status['reconciliation']> {
    const name = RECONCILIATION_STATUS + tenant;
    const status = (await this.counters.statuses(name)).get(name) as ReconciliationStatus | undefined;
    if (!status) return { at: null, compared: 0, drift: 0 };
    const { at, compared, drift } = status;
    return { at: new Date(at).toISOString(), compared, drift };
  }
}
