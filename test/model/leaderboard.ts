/** Leaderboards and goals as the live side answers them. */
import { boardRow, rankCredits, type BoardId, type Place } from './boards';
import { ask, type ModelContext, type Question, type ReportParams, type Row } from './question';
import type { Period } from './period';
import { boardPeople, creditsInPeriod, placesOf } from './reports/boards';
import { goalProgress } from './reports/targets';
import type { World } from './world';

export interface LeaderboardParams extends ReportParams {
  /** The employee whose neighbourhood is asked for. */
  around?: string;
}

/** `GET /v1/leaderboards/{id}` without `source` and `freshness`. */
export interface LeaderboardAnswer {
  report: string;
  period: Period;
  rows: Row[];
  /** Only when asked for: the employee's row with up to two above and below; null when not listed. */
  around?: Row[] | null;
}

function shown(
  q: Question,
  params: LeaderboardParams,
  places: Place[],
  row: (place: Place) => Row,
): LeaderboardAnswer {
  const answer: LeaderboardAnswer = {
    report: q.report,
    period: q.period,
    rows: places.slice(0, params.limit ?? 10).map(row),
  };
  if (params.around === undefined) return answer;
  const index = places.findIndex((place) => place.employeeId === params.around);
  const around = index < 0 ? null : places.slice(Math.max(0, index - 2), index + 3).map(row);
  return { ...answer, around };
}

/** A board's first rows (10 unless `limit` says otherwise). @throws NotFound */
export function naiveLeaderboard(
  world: World,
  board: BoardId,
  { around, ...params }: LeaderboardParams,
  ctx: ModelContext,
): LeaderboardAnswer {
  const q = ask(world, board, params, ctx);
  return shown(q, { ...params, around }, placesOf(q, board), (place) => boardRow(world, board, place));
}

/**
 * The same as the live topic sends it: with `previousRank` in each row, the rank without what is dated
 * today (null for the preset `today`, and for whoever was not listed without it).
 */
export function naiveLiveLeaderboard(
  world: World,
  board: BoardId,
  { around, ...params }: LeaderboardParams,
  ctx: ModelContext,
): LeaderboardAnswer {
  const q = ask(world, board, params, ctx);
  const earlier = creditsInPeriod(q, board).filter((credit) => credit.date !== q.today);
  const before = rankCredits(board, earlier, boardPeople(q));
  const previous = (id: string): number | null =>
    params.preset === 'today' ? null : (before.find((place) => place.employeeId === id)?.rank ?? null);
  return shown(q, { ...params, around }, placesOf(q, board), (place) => ({
    ...boardRow(world, board, place),
    previousRank: previous(place.employeeId),
  }));
}

/** The live topic `goals`: progress of a scope in the running month, quarter or year. */
export interface GoalProgress {
  period: Period;
  metric: string;
  target: string | null;
  done: string;
  rate: number | null;
}

/** Progress as `goal-completion-rate` has it; by whom (`subject`) is what was asked. @throws NotFound */
export function naiveGoals(world: World, params: ReportParams, ctx: ModelContext): GoalProgress {
  const metric = params.metric ?? 'receivable-amount';
  const q = ask(world, 'goal-completion-rate', { ...params, metric }, ctx);
  const { target, done, rate } = goalProgress(q, 'receivable-amount');
  return {
    period: q.period,
    metric,
    target: target as string | null,
    done: done as string,
    rate: rate as number | null,
  };
}
