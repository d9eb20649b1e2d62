/** Reports from the warehouse, each with how complete it is. */
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#access';
import { WAREHOUSE } from '#engines';
import type { Tenant } from '#platform';
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
  ) {}

  async run(question: ReportQuestion): Promise<object> {
    const freshness = await this.freshness.of('warehouse');
    return { ...(await runReport(question.id, question.query, this.contextOf(question))), freshness };
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
