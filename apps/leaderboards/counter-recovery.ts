/**
 * Where the counters stand when this process starts, and how they come back when their store has
 * lost its memory: a new generation is built from the warehouse while both are written, then made
 * the current one.
 *
 *  1. mark the new generation: from now on every apply writes it too;
 *  2. note the log's end and wait until facts has passed it, so that the warehouse holds everything
 *     that was applied before the mark;
 *  3. read the newest state of every counted record and apply it through the same version check;
 *  4. make the new generation current.
 *
 * A failure at any point leaves the old generation in place; the next attempt starts a new one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type ChangeLog } from '#change-log';
import type { Counters, RecordChange } from '#counters';
import type { Change } from '#crm';
import { CHANGE_LOG, COUNTERS, LOGGER, TENANTS, WAREHOUSE } from '#engines';
import { COUNTED_ENTITIES, recordChange } from '#metrics';
import {
  FACTS_GROUP,
  readWatermarks,
  REBUILD_REQUEST,
  REBUILD_STATUS,
  type RebuildProgress,
} from '#pipeline';
import type { Logger, Tenants } from '#platform';
import { latestEvents, type Warehouse } from '#warehouse';
import { LEADERBOARDS } from './names';

const POLL_MS = 200;
/** A rebuild that has not said anything for this long has died. */
const REBUILD_SILENT_MS = 10_000;

@Injectable()
export class CounterRecovery {
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private requestSeen: unknown = null;

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before consuming: gives every partition a position, or finds that the store has lost its own. */
  async prepare(): Promise<void> {
    const offsets = await this.log.offsets(TOPICS.events);
    const committed = await this.log.committed(TOPICS.events, LEADERBOARDS.group);
    const positions = new Map<number, number | null>();
    for (const { partition } of offsets) positions.set(partition, await this.counters.position(partition));
    const missing = offsets.filter(({ partition }) => positions.get(partition) === null);
    if (missing.length > 0) {
      const lost = missing.some(({ partition, start }) => (committed.get(partition) ?? start) > start);
      const fresh = !lost && offsets.every(({ start }) => start === 0);
      for (const { partition, start } of missing) {
        await this.counters.initialize(partition, committed.get(partition) ?? start, fresh);
      }
    }
    const state = await this.counters.rebuildState();
    if (!state.complete) this.rebuildInBackground('the store holds no complete counters');
    this.watchRequests();
  }

  /** An apply was refused because positions are gone: gives them back and rebuilds. */
  async rebuildLost(): Promise<void> {
    await this.restorePositions();
    this.rebuildInBackground('the store lost its positions');
  }

  /** Rebuilds unless a rebuild runs already, in this process or another. */
  async rebuild(reason: string): Promise<void> {
    if (this.running) return this.running;
    if (await this.runsElsewhere()) return;
    this.running = this.run(reason).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private rebuildInBackground(reason: string): void {
    this.rebuild(reason).catch((error: unknown) => {
      this.logger.error(
        { err: error },
        'the rebuild of the counters failed; boards are answered from the warehouse',
      );
    });
  }

  private async restorePositions(): Promise<void> {
    const offsets = await this.log.offsets(TOPICS.events);
    const committed = await this.log.committed(TOPICS.events, LEADERBOARDS.group);
    for (const { partition, start } of offsets) {
      await this.counters.initialize(partition, committed.get(partition) ?? start, false);
    }
  }

  private async runsElsewhere(): Promise<boolean> {
    const status = (await this.counters.statuses(REBUILD_STATUS)).get(REBUILD_STATUS);
    const progress = status as unknown as RebuildProgress | undefined;
    return progress?.state === 'running' && Date.now() - progress.at < REBUILD_SILENT_MS;
  }

  private watchRequests(): void {
    this.timer ??= setInterval(() => {
      void this.counters
        .statuses(REBUILD_REQUEST)
        .then((statuses) => {
          const id = statuses.get(REBUILD_REQUEST)?.['id'];
          if (id === undefined || id === this.requestSeen) return;
          this.requestSeen = id;
          this.rebuildInBackground('asked for');
        })
        .catch(() => undefined);
    }, 500);
  }

  private async run(reason: string): Promise<void> {
    const progress: RebuildProgress = {
      state: 'running',
      reason,
      startedAt: Date.now(),
      at: Date.now(),
      records: 0,
    };
    const say = async (change: Partial<RebuildProgress>): Promise<void> => {
      Object.assign(progress, change, { at: Date.now() });
      await this.counters.publishStatus(REBUILD_STATUS, { ...progress });
    };
    this.logger.info({ reason }, 'rebuilding the counters');
    await say({});
    try {
      await this.counters.beginRebuild();
      await this.waitForFacts(() => say({}));
      await this.applyWarehouse((records) => say({ records: progress.records + records }));
      await this.counters.finishRebuild();
      await say({ state: 'done' });
      this.logger.info(
        { records: progress.records, ms: Date.now() - progress.startedAt },
        'counters rebuilt',
      );
    } catch (error) {
      await say({ state: 'failed', error: (error as Error).message }).catch(() => undefined);
      throw error;
    }
  }

  private async waitForFacts(alive: () => Promise<void>): Promise<void> {
    const ends = new Map(
      (await this.log.offsets(TOPICS.events)).map(({ partition, end }) => [partition, end]),
    );
    for (;;) {
      const marks = await readWatermarks(this.counters, FACTS_GROUP);
      const passed = new Set(
        marks
          .filter((mark) => mark.position >= (ends.get(mark.partition) ?? 0))
          .map((mark) => mark.partition),
      );
      if ([...ends].every(([partition, end]) => end === 0 || passed.has(partition))) return;
      await sleep(POLL_MS);
      await alive();
    }
  }

  private async applyWarehouse(told: (records: number) => Promise<void>): Promise<void> {
    for (const tenant of this.tenants.all) {
      const today = (): number => tenant.zone.dayAt(Date.now());
      const apply = async (states: Change[]): Promise<void> => {
        const changes = states
          .map((change) => recordChange(change, tenant.zone, 0))
          .filter((change): change is RecordChange => change !== null);
        await this.counters.apply({ partition: 0, from: 0, to: 0, changes, today, outOfLog: true });
        await told(states.length);
      };
      await latestEvents(this.warehouse, { tenant: tenant.id, entities: COUNTED_ENTITIES }, apply);
    }
  }
}
