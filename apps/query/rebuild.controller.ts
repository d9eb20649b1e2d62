/** Rebuild of the live counters: asked for here, done by the leaderboards consumer. */
import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Counters } from '#counters';
import { auditEntry, type ControlStore } from '#control';
import { CONTROL, COUNTERS, TENANTS } from '#engines';
import { actorOf, callerOf, Roles, type CallerRequest } from '#guard';
import { rebuildProgress, requestRebuild, type RebuildProgress } from '#pipeline';
import type { Tenants } from '#platform';

@Controller('v1/rebuild')
@Roles('manage')
export class RebuildController {
  constructor(
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(CONTROL) private readonly store: ControlStore,
    @Inject(TENANTS) private readonly tenants: Tenants,
  ) {}

  /** Of the key's tenant; `floorboard rebuild` builds everybody's. */
  @Post()
  @HttpCode(202)
  async start(@Req() request: CallerRequest): Promise<{ id: string }> {
    const { tenant } = callerOf(request);
    const id = await requestRebuild(this.counters, { tenant });
    await this.store.write(auditEntry(actorOf(request), 'rebuild.requested', id));
    return { id };
  }

  /** The newest rebuild that concerned the key's tenant; `{state: "none"}` when there was none. */
  @Get()
  async progress(@Req() request: CallerRequest): Promise<RebuildView | { state: 'none' }> {
    const progress = await rebuildProgress(this.counters, callerOf(request).tenant);
    return progress ? viewOf(progress, this.tenants.all.length === 1) : { state: 'none' };
  }
}

export interface RebuildView {
  state: RebuildProgress['state'];
  /** Id of the request; null when nobody asked. */
  request: string | null;
  reason: string;
  startedAt: string;
  at: string;
  /** Share of the records that is done, 0 to 1; null before they are counted. */
  done: number | null;
  /** Records done and in all; null where other tenants' are among them. */
  records: number | null;
  total: number | null;
  error: string | null;
}

function viewOf(progress: RebuildProgress, alone: boolean): RebuildView {
  const { state, request = null, reason, startedAt, at, records, total, error = null } = progress;
  const own = alone || progress.tenants?.length === 1;
  return {
    ...{ state, request, reason, error },
    startedAt: new Date(startedAt).toISOString(),
    at: new Date(at).toISOString(),
    done: state === 'done' ? 1 : total === null ? null : Math.min(1, records / Math.max(1, total)),
    records: own ? records : null,
    total: own ? total : null,
  };
}
