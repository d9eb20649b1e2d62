/** Leaderboards as reports, and the dashboard's card. */
import { boardRow, creditsOf, rankCredits, type BoardId, type Credit, type Place } from '../boards';
import { isIn } from '../dates';
import { Forbidden } from '../errors';
import { wholeMonths } from '../period';
import type { Cell, Question, RecordSet, ReportModel, Row } from '../question';
import { covers, departmentFilter, intersect, permittedPeople, type IdSet } from '../scope';
import { idSet } from '../tables';
import { completion, targetOf } from '../targets';

/**
 * The people a board ranks: a department with its descendants, or everybody. The caller's permission
 * matters only where the tenant says so.
 */
export function boardPeople(q: Question): IdSet {
  const { departmentId } = q.params;
  const filter = departmentId === undefined ? null : departmentFilter(q.world, departmentId, q.ctx.caller);
  return q.ctx.boardVisibility === 'permission'
    ? intersect(filter, permittedPeople(q.world, q.ctx.caller))
    : filter;
}

export const creditsInPeriod = (q: Question, board: BoardId): Credit[] =>
  creditsOf(q.world, board, q.timeZone).filter((credit) => isIn(credit.date, q.period));

/** All places of a board in the asked period. */
export const placesOf = (q: Question, board: BoardId): Place[] =>
  rankCredits(board, creditsInPeriod(q, board), boardPeople(q));

const limited = <T>(items: T[], limit: number | undefined): T[] =>
  limit === undefined ? items : items.slice(0, limit);

const ENTITY: Record<BoardId, string> = {
  'rank-contract-amount': 'contract',
  'rank-receivable-amount': 'receivable',
  'rank-contract-count': 'contract',
  'rank-new-customers': 'customer',
  'rank-product-quantity': 'contract',
  'rank-new-contacts': 'contact',
  'rank-follow-ups': 'activity',
  'rank-followed-customers': 'customer',
  'rank-business-trips': 'business-trip',
};

/** The records behind a board's cell, under the data permission. @throws Forbidden outside it */
function boardRecords(q: Question, board: BoardId, { column, row }: Cell): RecordSet | null {
  if (column !== 'value') return null;
  const permitted = permittedPeople(q.world, q.ctx.caller);
  if (row !== undefined && !covers(permitted, row)) throw new Forbidden();
  const people = intersect(boardPeople(q), row === undefined ? permitted : new Set([row]));
  const credits = creditsInPeriod(q, board).filter((credit) => covers(people, credit.employeeId));
  return idSet(
    ENTITY[board],
    credits.map((credit) => credit.id),
  );
}

export const leaderboard = (board: BoardId): ReportModel => ({
  answer: (q) => ({
    period: q.period,
    rows: limited(placesOf(q, board), q.params.limit).map((place) => boardRow(q.world, board, place)),
  }),
  records: (q, cell) => boardRecords(q, board, cell),
});

const TARGETS = {
  'rank-contract-amount': 'contract-amount',
  'rank-receivable-amount': 'receivable-amount',
} as const;

/** value / the person's own target; null outside the permission and in parts of months. */
function targetRate(q: Question, board: keyof typeof TARGETS, place: Place): number | null {
  const months = wholeMonths(q.period);
  if (!months || !covers(permittedPeople(q.world, q.ctx.caller), place.employeeId)) return null;
  const own = { subjectType: 'employee', subjects: new Set([place.employeeId]) } as const;
  return completion(place.value, targetOf(q.world, TARGETS[board], own, months));
}

function cardRow(q: Question, board: BoardId, place: Place): Row {
  const row = boardRow(q.world, board, place);
  if (board !== 'rank-contract-amount' && board !== 'rank-receivable-amount') return row;
  return { ...row, targetRate: targetRate(q, board, place) };
}

const cardBoard = (q: Question): BoardId =>
  (q.params.metric as BoardId | undefined) ?? 'rank-receivable-amount';

export const dashboardLeaderboard: ReportModel = {
  answer(q) {
    const rows = placesOf(q, cardBoard(q)).map((place) => cardRow(q, cardBoard(q), place));
    const self = rows.find((row) => row['employeeId'] === q.ctx.caller.employeeId) ?? null;
    return { period: q.period, rows: limited(rows, q.params.limit), headline: { self } };
  },
  records: (q, cell) => boardRecords(q, cardBoard(q), cell),
};
