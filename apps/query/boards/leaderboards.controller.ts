import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { TENANTS } from '#engines';
import type { Tenants } from '#platform';
import type { RawQuery } from '#reports';
import { callerOf, tenantOf, type CallerRequest } from '../caller';
import { parseBoardQuery } from './board-query';
import { LeaderboardsService, type LeaderboardAnswer } from './leaderboards.service';

/** `GET /v1/leaderboards/{id}`: live where the counters keep the period. */
@Controller('v1/leaderboards')
export class LeaderboardsController {
  constructor(
    @Inject(TENANTS) private readonly tenants: Tenants,
    private readonly boards: LeaderboardsService,
  ) {}

  @Get(':id')
  read(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Query() query: RawQuery,
  ): Promise<LeaderboardAnswer> {
    const caller = callerOf(request, this.tenants);
    const tenant = tenantOf(caller, this.tenants);
    return this.boards.answer(caller, tenant, id, parseBoardQuery(query, tenant));
  }
}
