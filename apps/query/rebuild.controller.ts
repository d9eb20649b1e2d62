/** Rebuild of the live counters: asked for here, done by the leaderboards consumer. */
import { randomUUID } from 'node:crypto';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import type { Counters } from '#counters';
import { COUNTERS } from '#engines';
import { REBUILD_REQUEST, REBUILD_STATUS } from '#pipeline';

@Controller('v1/rebuild')
export class RebuildController {
  constructor(@Inject(COUNTERS) private readonly counters: Counters) {}

  @Post()
  @HttpCode(202)
  async start(): Promise<{ id: string }> {
    const id = randomUUID();
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
