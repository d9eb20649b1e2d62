/**
 * Leaderboards: from the live counters where a window answers the period, else from the warehouse.
 * Both give the same rows.
 */
import { Inject, Injectable } from '@nestjs/common';
import { windowBetween, windowsOf, type Period } from '#calendar';
import type { Counters, WindowRef } from '#counters';
import { COUNTERS, METRICS, WAREHOUSE } from '#engines';
import { boardOf, type BoardMetric } from '#metrics';
import type { Metrics, Tenant } from '#platform';
import {
  answerPeriod,
  intersect,
  leaderboardRows,
  mustExist,
  permittedPeople,
  UnknownReport,
  type IdSet,
  type PeriodAnswer,
  type ReportContext,
} from '#reports';
import type { Warehouse } from '#warehouse';
import type { Caller } from '#access';
import { BoardVisibility } from '../board-visibility';
import { Directories, type Directory } from '../directory';
import { Pictures, type Pictured } from '../pictures';
import { FreshnessReader, type Freshness } from '../freshness';
import { rememberFor } from '../remember';
import type { BoardQuery } from './board-query';
import { aroundIn, LiveBoards, type BoardQuestion, type BoardRow } from './live-boards';

type ShownRow = BoardRow & Pictured & { previousRank?: number | null };

export interface LeaderboardAnswer {
  report: string;
  period: PeriodAnswer;
  rows: ShownRow[];
  around?: ShownRow[] | null;
  source: 'live' | 'warehouse';
  freshness: Freshness;
}

/** Ranks before today of distinct counts come from the warehouse; they hardly change within seconds. */
const BASELINE_MS = 5_000;
const AROUND_SPAN = 2;

@Injectable()
export class LeaderboardsService {
  private readonly baselines = rememberFor<Map<string, number>>(BASELINE_MS);

  constructor(
    @Inject(COUNTERS) private readonly counters: Counters,
    @Inject(WAREHOUSE) private readonly warehouse: Warehouse,
    private readonly visibility: BoardVisibility,
    private readonly boards: LiveBoards,
    private readonly directories: Directories,
    private readonly freshness: FreshnessReader,
    private readonly pictures: Pictures,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** @throws UnknownReport for an unknown board, NotFound for an unknown department. */
  async answer(caller: Caller, tenant: Tenant, id: string, query: BoardQuery): Promise<LeaderboardAnswer> {
    const board = boardOf(id);
    if (!board) throw new UnknownReport(id);
    const directory = await this.directories.of(tenant.id);
    const ref = countedWindow(tenant, board, query.period, directory);
    const live = ref && (await this.fromCounters(caller, tenant, board, query, ref, directory));
    this.metrics.boardAnswers.inc({ source: live?.source ?? fallbackOf(tenant, query.period) });
    const answer = live ?? (await this.fromWarehouse(caller, tenant, board, query));
    const picture = this.pictures.of(tenant.id, directory.org);
    return withRows(answer, (row) => ({ ...row, ...picture(row.employeeId) }));
  }

  /**
   * The same with each row's rank without what is dated today; null for the preset `today`, and for who was not listed.
   * A period without today in it is the same without it.
   */
  async withPreviousRanks(
    caller: Caller,
    tenant: Tenant,
    id: string,
    query: BoardQuery,
  ): Promise<LeaderboardAnswer> {
    const answer = await this.answer(caller, tenant, id, query);
    const { period, today } = query;
    if (today < period.from || today > period.to) {
      return withRows(answer, (row) => ({ ...row, previousRank: row.rank }));
    }
    const ranks = await this.previousRanks(caller, tenant, id, query, answer.source);
    return withRows(answer, (row) => ({ ...row, previousRank: ranks?.get(row.employeeId) ?? null }));
  }

  /** Null when the counters do not vouch for the window. */
  private async fromCounters(
    caller: Caller,
    tenant: Tenant,
    board: BoardMetric,
    query: BoardQuery,
    ref: WindowRef,
    directory: Directory,
  ): Promise<LeaderboardAnswer | null> {
    const question = this.questionOf(caller, tenant, board, query, ref, directory);
    const answer = await this.boards.answer(question, directory);
    return answer && { ...head(board, query.period, tenant), ...answer, source: 'live' };
  }

  private async fromWarehouse(
    caller: Caller,
    tenant: Tenant,
    board: BoardMetric,
    query: BoardQuery,
  ): Promise<LeaderboardAnswer> {
    const freshness = await this.freshness.of('warehouse');
    const { from, to } = query.period;
    const ranked = await leaderboardRows(this.context(caller, tenant), board, {
      from,
      to,
      departmentId: query.departmentId,
    });
    const rows = ranked.slice(0, query.limit);
    const asked = query.around;
    const around =
      asked === undefined
        ? {}
        : {
            around:
              aroundIn(
                ranked.map((row) => ({ ...row, employee: row.employeeId })),
                asked,
                AROUND_SPAN,
              )?.map(({ employee: _, ...row }) => row) ?? null,
          };
    return { ...head(board, query.period, tenant), rows, ...around, source: 'warehouse', freshness };
  }

  private async previousRanks(
    caller: Caller,
    tenant: Tenant,
    id: string,
    query: BoardQuery,
    source: 'live' | 'warehouse',
  ): Promise<Map<string, number> | null> {
    const board = boardOf(id);
    const { period, today } = query;
    if (!board || (period.from === today && period.to === today)) return null;
    const directory = await this.directories.of(tenant.id);
    const ref = source === 'live' ? countedWindow(tenant, board, period, directory) : null;
    if (ref && board.measure.kind !== 'distinct' && (await this.counters.isLive(ref))) {
      const [day] = windowsOf(today);
      if (!day) return null;
      return this.boards.ranksBefore(this.questionOf(caller, tenant, board, query, ref, directory), {
        ...ref,
        window: day.key,
      });
    }
    const viewer =
      this.visibility.of(tenant) === 'everyone' ? [] : [caller.permission, caller.employeeId ?? ''];
    const about = [period.from, period.to, today, query.departmentId ?? ''];
    const key = JSON.stringify([tenant.id, id, ...about, ...viewer]);
    return this.baselines(key, async () => {
      const rows = await leaderboardRows(this.context(caller, tenant), board, {
        from: period.from,
        to: period.to,
        departmentId: query.departmentId,
        without: today,
      });
      return new Map(rows.map(({ employeeId, rank }) => [employeeId, rank]));
    });
  }

  /** @throws NotFound for an unknown department, as the reports do. */
  private questionOf(
    caller: Caller,
    tenant: Tenant,
    board: BoardMetric,
    { departmentId, limit, around }: BoardQuery,
    ref: WindowRef,
    { org }: Directory,
  ): BoardQuestion {
    let people: IdSet = null;
    if (this.visibility.of(tenant) === 'permission') people = permittedPeople(caller, org).ids;
    if (departmentId !== undefined) {
      mustExist(caller, org.departments.has(departmentId), 'departmentId');
      people = intersect(people, org.membersOf(org.departmentTree(departmentId)));
    }
    return { board, ref, employees: people && [...people], limit, around };
  }

  private context(caller: Caller, tenant: Tenant): ReportContext {
    return {
      warehouse: this.warehouse,
      tenant,
      caller,
      now: Date.now(),
      boardVisibility: this.visibility.of(tenant),
    };
  }
}

/** The answer with each row as `shown` makes it, those around an employee too. */
function withRows(answer: LeaderboardAnswer, shown: (row: ShownRow) => ShownRow): LeaderboardAnswer {
  const { rows, around } = answer;
  return {
    ...answer,
    rows: rows.map(shown),
    ...(around === undefined ? {} : { around: around && around.map(shown) }),
  };
}

/** The window that holds a period exactly and is still kept. */
function currentWindow(tenant: Tenant, { from, to }: Period): ReturnType<typeof windowBetween> {
  const window = windowBetween(from, to);
  return window && window.expires > tenant.zone.dayAt(Date.now()) ? window : null;
}

/** The window of the live counters that holds a period, if they count days as the tenant does now. */
function countedWindow(
  tenant: Tenant,
  board: BoardMetric,
  period: Period,
  { zone }: Directory,
): WindowRef | null {
  const window = currentWindow(tenant, period);
  if (!window || zone !== tenant.zone.name) return null;
  return { tenant: tenant.id, board: board.id, window: window.key };
}

/** What is counted of an answer from the warehouse: whether the counters should have given it. */
const fallbackOf = (tenant: Tenant, period: Period): string =>
  currentWindow(tenant, period) ? 'fallback' : 'warehouse';

function head(
  board: BoardMetric,
  period: Period,
  tenant: Tenant,
): Pick<LeaderboardAnswer, 'report' | 'period'> {
  return { report: board.id, period: answerPeriod(period, tenant.zone) };
}
