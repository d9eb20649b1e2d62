/** Rebuild of the live counters: asked for here, done by the leaderboards consumer. */
import { randomUUID } from 'node:crypto';
import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Counters } from '#counters';
import { auditEntry, type ControlStore } from '#control';
import { CONTROL, COUNTERS } from '#engines';
import { actorOf, Roles, type CallerRequest } from '#guard';
import { REBUILD_REQUEST, REBUILD_STATUS } from '#pipeline';

@Controller('v1/rebuild')
@Roles('manage')
export class RebuildController {
  constructor(
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(CONTROL) private readonly store: ControlStore,
  ) {}

  @Post()
  @HttpCode(202)
  async start(@Req() request: CallerRequest): Promise<{ id: string }> {
    const id = randomUUID();
    await this.store.write(auditEntry(actorOf(request), 'rebuild.requested', id));
    await this.counters.publishStatus(REBUILD_REQUEST, { id });
    return { id };
  }

  /** Progress of the newest rebuild; `{state: "none"}` when there was none. */
  @Get()
  async progress(): Promise<Record<string, unknown>> {
    const status = (await this.counters.statuses(REBUILD_STATUS)).get(REBUILD_STATUS);
    return status ?? { state: 'none' };
  }
}
