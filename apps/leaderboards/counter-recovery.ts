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
import type { ControlStore } from '#control';
import { CHANGE_LOG, CONTROL, COUNTERS, LOGGER, TENANTS, WAREHOUSE } from '#engines';
import { COUNTED_ENTITIES, recordChange } from '#metrics';
import {
  CALENDAR_ENTITY,
  CALENDAR_ID,
  FACTS_GROUP,
  readWatermarks,
  publishRebuild,
  rebuildRequests,
  zoneNote,
  type RebuildProgress,
} from '#pipeline';
import type { Logger, Tenant, Tenants } from '#platform';
import { countRecords, latestEvents, type Warehouse } from '#warehouse';
import { LEADERBOARDS } from './names';

const POLL_MS = 200;
/** How often the store is looked at when nothing is applied. */
const LOOK_MS = 500;
/** How often what has expired is dropped. */
const SWEEP_MS = 3_600_000;

interface WantedRebuild {
  reason: string;
  /** Id of the request that asked for it. */
  request?: string;
  /** Whose counters; absent: everybody's. */
  tenants?: string[];
}

@Injectable()
export class CounterRecovery {
  private inCharge = false;
  private zonesSeen = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly requestsSeen = new Set<string>();
  private looking: Promise<void> | null = null;
  private partitionSeen = 0;
  private nextSweep = 0;
  private stopped = false;
  /** Positions found older than what was committed, for which the counters were rebuilt. */
  private readonly madeGood = new Map<number, number>();

  constructor(
    @Inject(CHANGE_LOG) private readonly log: ChangeLog,
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    @Inject(TENANTS) private readonly tenants: Tenants,
    @Inject(CONTROL) private readonly control: ControlStore,
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
    for (const { id } of await rebuildRequests(this.counters)) this.requestsSeen.add(id);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
  }

  /** Partitions this process owns now. One process looks after the store: the owner of the first one. */
  assigned(partitions: number[]): void {
    this.inCharge = partitions.includes(0);
  }

  /** An apply was refused because positions are gone: gives them back; whoever is in charge rebuilds. */
  async restorePositions(): Promise<void> {
    const offsets = await this.log.offsets(TOPICS.events);
    const committed = await this.log.committed(TOPICS.events, LEADERBOARDS.group);
    for (const { partition, start } of offsets) {
      await this.counters.initialize(partition, committed.get(partition) ?? start, false);
    }
  }

  /** A rebuild under way is given up; whoever is in charge next starts another. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** Whether this process looks after the store. */
  get isInCharge(): boolean {
    return this.inCharge && !this.stopped;
  }

  private look(): void {
    if (this.looking) return;
    this.looking = this.lookAtStore()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the counters cannot be looked at'))
      .finally(() => {
        this.looking = null;
      });
  }

  /** What no batch would tell: a rebuild is asked for, or an idle store has lost its memory. */
  private async lookAtStore(): Promise<void> {
    if (!this.inCharge) return;
    const wanted = await this.rebuildWanted();
    if (wanted !== null) await this.rebuild(wanted);
    if (Date.now() > this.nextSweep) {
      this.nextSweep = Date.now() + SWEEP_MS;
      await this.counters.sweep((tenant) => this.tenants.get(tenant)?.zone.dayAt(Date.now()) ?? 0);
    }
  }

  private async rebuildWanted(): Promise<WantedRebuild | null> {
    const requests = await rebuildRequests(this.counters);
    const request = requests.find(({ id }) => !this.requestsSeen.has(id));
    if (request !== undefined) {
      this.requestsSeen.add(request.id);
      const { id, tenants, reason = 'asked for' } = request;
      return { reason, request: id, tenants };
    }
    const reason = await this.reasonToRebuild();
    return reason === null ? null : { reason };
  }

  private async reasonToRebuild(): Promise<string | null> {
    const { complete, building } = await this.counters.rebuildState();
    if (!complete) return 'the store holds no complete counters';
    // Whoever built it is gone; left alone, it would be written with every batch and never be looked at.
    if (building !== null) return 'a rebuild was cut short';
    if (await this.hasFallenBack()) return 'the store was restored from an older state';
    if (this.zonesSeen) return null;
    const moved = await this.zoneMoved();
    // Only now: what could not be noted this time is noted the next.
    this.zonesSeen = true;
    return moved ? 'a tenant counts days in another zone now' : null;
  }

  /** Whether the store stands before what was committed, one partition a look: it was restored. */
  private async hasFallenBack(): Promise<boolean> {
    const committed = [...(await this.log.committed(TOPICS.events, LEADERBOARDS.group))];
    const next = committed[this.partitionSeen++ % Math.max(1, committed.length)];
    if (!next) return false;
    const [partition, offset] = next;
    const position = (await this.counters.position(partition)) ?? -1;
    // A rebuild has made good what an older position missed; the next batch goes back to it by itself.
    if (position >= offset || this.madeGood.get(partition) === position) return false;
    this.madeGood.set(partition, position);
    return true;
  }

  /** Whether the generation was counted in other zones than the settings name; notes the zone of a new tenant. */
  private async zoneMoved(): Promise<boolean> {
    let moved = false;
    for (const tenant of this.tenants.all) {
      const held = (await this.counters.references(tenant.id, CALENDAR_ENTITY)).get(CALENDAR_ID);
      if (held === undefined) await this.applyOutOfLog(tenant, [zoneNote(tenant)]);
      else if (held !== zoneNote(tenant).reference) moved = true;
    }
    return moved;
  }

  private async applyOutOfLog(tenant: Tenant, changes: RecordChange[]): Promise<void> {
    const today = (): number => tenant.zone.dayAt(Date.now());
    const result = await this.counters.apply({
      partition: 0,
      from: 0,
      to: 0,
      changes,
      today,
      outOfLog: true,
    });
    if (result.outcome !== 'applied') throw new Error('the store of the counters lost its memory');
    if (this.stopped) throw new Error('the process stops');
  }

  private async rebuild({ reason, request, tenants: names }: WantedRebuild): Promise<void> {
    await this.restorePositions();
    const shards = names && [...new Set(names.map((name) => this.counters.shardOf(name)))];
    const tenants = this.tenants.all.filter(({ id }) => shards?.includes(this.counters.shardOf(id)) ?? true);
    const progress: RebuildProgress = {
      state: 'running',
      reason,
      request,
      tenants: shards && tenants.map(({ id }) => id),
      total: null,
      startedAt: Date.now(),
      at: Date.now(),
      records: 0,
    };
    const say = async (change: Partial<RebuildProgress>): Promise<void> => {
      Object.assign(progress, change, { at: Date.now() });
      await publishRebuild(this.counters, progress);
    };
    this.logger.info({ reason }, 'rebuilding the counters');
    await say({});
    try {
      await this.counters.beginRebuild(shards);
      await this.waitForFacts(() => say({}));
      await say({ total: await this.countRecords(tenants) });
      await this.applyWarehouse(tenants, (records) => say({ records: progress.records + records }));
      await this.counters.finishRebuild(shards);
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
      if (this.stopped) throw new Error('the process stops');
      await alive();
    }
  }

  /** For the progress only: more may arrive while the records are read. */
  private async countRecords(tenants: readonly Tenant[]): Promise<number> {
    const ids = tenants.map(({ id }) => id);
    return countRecords(this.warehouse, { tenants: ids, entities: COUNTED_ENTITIES });
  }

  private async applyWarehouse(
    tenants: readonly Tenant[],
    told: (records: number) => Promise<void>,
  ): Promise<void> {
    for (const tenant of tenants) {
      await this.applyOutOfLog(tenant, [zoneNote(tenant)]);
      const apply = async (states: Change[]): Promise<void> => {
        const changes = states
          .filter((change) => !this.control.erasures.covers(change))
          .map((change) => recordChange(change, tenant.zone, 0))
          .filter((change): change is RecordChange => change !== null);
        await this.applyOutOfLog(tenant, changes);
        await told(states.length);
      };
      await latestEvents(this.warehouse, { tenant: tenant.id, entities: COUNTED_ENTITIES }, apply);
    }
  }
}
