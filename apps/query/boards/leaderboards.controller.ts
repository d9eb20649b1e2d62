import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { TENANTS } from '#engines';
import { callerOf, Roles, tenantOf, type CallerRequest } from '#guard';
import type { Tenants } from '#platform';
import type { RawQuery } from '#reports';
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
  @Roles('read', 'screen')
  read(
    @Req() request: CallerRequest,
    @Param('id') id: string,
    @Query() query: RawQuery,
  ): Promise<LeaderboardAnswer> {
    const caller = callerOf(request);
    const tenant = tenantOf(caller, this.tenants);
    return this.boards.answer(caller, tenant, id, parseBoardQuery(query, tenant));
  }
}
