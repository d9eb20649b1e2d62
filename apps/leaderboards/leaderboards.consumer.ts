/**
 * Keeps the live counters: every batch of change events becomes contributions, applied in one step
 * with the position they bring the store to.
 */
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { LogConsumer, Rewind, TOPICS, type BatchContext, type ChangeLog, type LogBatch } from '#change-log';
import { PositionLost, type Counters, type RecordChange } from '#counters';
import type { ControlStore } from '#control';
import type { Change } from '#crm';
import { CHANGE_LOG, CONTROL, COUNTERS, LOGGER, TENANTS } from '#engines';
import { recordChange } from '#metrics';
import { decodeInTurns } from '#pipeline';
import type { Logger, Tenants } from '#platform';
import { CounterRecovery } from './counter-recovery';
import { LEADERBOARDS } from './names';
import { LeaderboardWatermarks } from './leaderboards.watermarks';

@Controller()
export class LeaderboardsConsumer {
  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(CONTROL) private readonly control: ControlStore,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly recovery: CounterRecovery,
    private readonly watermarks: LeaderboardWatermarks,
  ) {}

  /** Resolves when every change of the batch is in the counters; the log commits after that. */
  @LogConsumer(TOPICS.events, LEADERBOARDS.transport)
  async handle(@Payload() batch: LogBatch, @Ctx() context: BatchContext): Promise<void> {
    this.watermarks.marks.working(batch);
    const now = Date.now();
    const changes: RecordChange[] = [];
    const knowsTenant = (tenant: string): boolean => this.tenants.has(tenant);
    const isErased = (change: Change): boolean => this.control.erasures.covers(change);
    await decodeInTurns(batch, { knowsTenant, now, isErased }, ({ decoded }) => {
      for (const { change } of decoded) {
        const tenant = this.tenants.get(change.tenant);
        const wanted = tenant && recordChange(change, tenant.zone, now);
        if (wanted) changes.push(wanted);
      }
    });
    await this.write(batch, changes, context);
    this.watermarks.marks.done(batch);
  }

  /** Until the counters hold the batch and stand behind it. @throws Rewind to where they stand if they fell back. */
  private async write(batch: LogBatch, changes: RecordChange[], context: BatchContext): Promise<void> {
    const { partition } = batch;
    while (!context.cancelled()) {
      const lost = await this.tryToWrite(batch, changes);
      if (!lost) return;
      const { shard, stored } = lost;
      this.logger.warn({ partition, shard, stored, next: batch.next }, 'the counters lost their place');
      if (stored !== null && (await this.isKept(partition, stored))) throw new Rewind(stored);
      await this.recovery.restorePositions();
    }
    throw new Error('the partition was lost while the counters were being repaired');
  }

  /** Undefined when all is written; otherwise where the store stands instead. */
  private async tryToWrite(
    { partition, records, next }: LogBatch,
    changes: RecordChange[],
  ): Promise<Pick<PositionLost, 'shard' | 'stored'> | undefined> {
    const from = records[0]?.offset ?? next;
    const result = await this.counters.apply({ partition, from, to: next, changes, today: this.todayOf });
    if (result.outcome === 'lost') return result;
    this.watermarks.marks.ignored(partition, result.staleBySource);
    try {
      await this.counters.advance(partition, next);
      return undefined;
    } catch (error) {
      if (error instanceof PositionLost) return error;
      throw error;
    }
  }

  private async isKept(partition: number, offset: number): Promise<boolean> {
    const offsets = await this.log.offsets(TOPICS.events);
    return offsets.some((entry) => entry.partition === partition && entry.start <= offset);
  }

  private readonly todayOf = (tenant: string): number =>
    this.tenants.get(tenant)?.zone.dayAt(Date.now()) ?? Math.floor(Date.now() / 86_400_000);
}
