/** Reports from the warehouse, each with how complete it is. */
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#access';
import { METRICS, WAREHOUSE } from '#engines';
import type { Metrics, Tenant } from '#platform';
import { runRecords, runReport, type RawQuery, type ReportContext } from '#reports';
import type { Warehouse } from '#warehouse';
import { BoardVisibility } from './board-visibility';
import { FreshnessReader } from './freshness';

export interface ReportQuestion {
  id: string;
  /** Parameters as they came. */
  query: RawQuery;
  caller: Caller;
  tenant: Tenant;
}

@Injectable()
export class ReportsService {
  constructor(
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    private readonly visibility: BoardVisibility,
    private readonly freshness: FreshnessReader,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  async run(question: ReportQuestion): Promise<object> {
    const freshness = await this.freshness.of('warehouse');
    const start = performance.now();
    const answer = await runReport(question.id, question.query, this.contextOf(question));
    this.metrics.reportDuration.observe({ report: question.id }, (performance.now() - start) / 1000);
    return { ...answer, freshness };
  }

  async records(question: ReportQuestion): Promise<object> {
    const freshness = await this.freshness.of('warehouse');
    return { ...(await runRecords(question.id, question.query, this.contextOf(question))), freshness };
  }

  contextOf({ caller, tenant }: ReportQuestion): ReportContext {
    return {
      warehouse: this.warehouse,
      tenant,
      caller,
      now: Date.now(),
      boardVisibility: this.visibility.of(tenant),
    };
  }
}
