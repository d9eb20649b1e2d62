import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { TENANTS } from '#engines';
import type { Tenants } from '#platform';
import { catalogue, type RawQuery } from '#reports';
import { callerOf, tenantOf, type CallerRequest } from './caller';
import { ReportsService } from './reports.service';

/** `GET /v1/reports…`: the catalogue, the reports, and the records behind their numbers. */
@Controller('v1/reports')
export class ReportsController {
  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    private readonly reports: ReportsService,
  ) {}

  @Get()
  list(): object {
    return catalogue();
  }

  @Get(':id')
  read(@Req() request: CallerRequest, @Param('id') id: string, @Query() query: RawQuery): Promise<object> {
    const caller = callerOf(request, this.tenants);
    return this.reports.run(id, query, caller, tenantOf(caller, this.tenants));
  }

  @Get(':id/records')
  records(@Req() request: CallerRequest, @Param('id') id: string, @Query() query: RawQuery): Promise<object> {
    const caller = callerOf(request, this.tenants);
    return this.reports.records(id, query, caller, tenantOf(caller, this.tenants));
  }
}
