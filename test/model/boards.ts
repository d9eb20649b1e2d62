/** The nine leaderboards: who is credited with what on which day, and how that ranks (R12). */
import { compareNumbers, compareText, decimal, hundredths, sum } from './exact';
import { describeEmployee } from './organisation';
import { dateOfInstant } from './dates';
import { covers, type IdSet } from './scope';
import { isEffective } from './selections';
import type { Row } from './question';
import type { World } from './world';

export const BOARD_IDS = [
  'rank-contract-amount',
  'rank-receivable-amount',
  'rank-contract-count',
  'rank-new-customers',
  'rank-product-quantity',
  'rank-new-contacts',
  'rank-follow-ups',
  'rank-followed-customers',
  'rank-business-trips',
] as const;
export type BoardId = (typeof BOARD_IDS)[number];

/** What a record gives a person on a board. */
export interface Credit {
  employeeId: string | null | undefined;
  /** Local date; null is in no period. */
  date: string | null | undefined;
  /** Hundredths of money or quantity; 1 for what is counted. */
  value: bigint;
  entity: string;
  /** The record behind it; on a distinct board the thing counted once. */
  id: string;
}

const once = (
  entity: string,
  id: string,
  employeeId: string | null | undefined,
  date: string | null | undefined,
): Credit => ({
  entity,
  id,
  employeeId,
  date,
  value: 1n,
});

/**
 * All credits of a board. A contract without lines sells nothing and a trip without legs goes nowhere:
 * neither is a counted record of its board.
 */
export function creditsOf(world: World, board: BoardId, timeZone: string): Credit[] {
  const local = (instant: string): string => dateOfInstant(instant, timeZone);
  const contracts = world.all('contract').filter(isEffective);
  const followUps = world.all('activity').filter((activity) => activity.kind === 'follow-up');
  switch (board) {
    case 'rank-contract-amount':
      return contracts.map((c) => ({
        ...once('contract', c.id, c.ownerId, c.orderDate),
        value: hundredths(c.amount),
      }));
    case 'rank-receivable-amount':
      return world
        .all('receivable')
        .filter(isEffective)
        .map((r) => ({ ...once('receivable', r.id, r.ownerId, r.returnDate), value: hundredths(r.amount) }));
    case 'rank-contract-count':
      return contracts.map((c) => once('contract', c.id, c.ownerId, c.orderDate));
    case 'rank-new-customers':
      return world.all('customer').map((c) => once('customer', c.id, c.ownerId, local(c.createdAt)));
    case 'rank-product-quantity':
      return contracts.flatMap((c) =>
        c.lines.map((line) => ({
          ...once('contract', c.id, c.ownerId, c.orderDate),
          value: hundredths(line.quantity),
        })),
      );
    case 'rank-new-contacts':
      return world.all('contact').map((c) => once('contact', c.id, c.creatorId, local(c.createdAt)));
    case 'rank-follow-ups':
      return followUps.map((a) => once('activity', a.id, a.authorId, local(a.createdAt)));
    case 'rank-followed-customers':
      return followUps.flatMap((a) =>
        typeof a.customerId === 'string'
          ? [once('customer', a.customerId, a.authorId, local(a.createdAt))]
          : [],
      );
    case 'rank-business-trips':
      return world
        .all('business-trip')
        .filter(isEffective)
        .flatMap((t) => t.legs.map((leg) => once('business-trip', t.id, t.applicantId, local(leg.startsAt))));
  }
}

/** A person's place on a board. */
export interface Place {
  rank: number;
  employeeId: string;
  value: bigint;
}

const valueOf = (board: BoardId, credits: Credit[]): bigint =>
  board === 'rank-followed-customers'
    ? BigInt(new Set(credits.map((credit) => credit.id)).size)
    : sum(credits.map((credit) => credit.value));

/** Everybody with at least one credit: value descending, ties share a rank, in order of id within a tie. */
export function rankCredits(board: BoardId, credits: Credit[], people: IdSet): Place[] {
  const listed = [...new Set(credits.map((credit) => credit.employeeId))].filter((id) => covers(people, id));
  const places = listed.map((employeeId) => ({
    rank: 0,
    employeeId,
    value: valueOf(
      board,
      credits.filter((credit) => credit.employeeId === employeeId),
    ),
  }));
  places.sort((a, b) => compareNumbers(b.value, a.value) || compareText(a.employeeId, b.employeeId));
  return places.map((place) => ({
    ...place,
    rank: 1 + places.filter((other) => other.value > place.value).length,
  }));
}

const DECIMAL: readonly BoardId[] = [
  'rank-contract-amount',
  'rank-receivable-amount',
  'rank-product-quantity',
];

/** A place as a board shows it: money and quantity as decimal strings, counts as numbers. */
export const boardRow = (world: World, board: BoardId, place: Place): Row => ({
  rank: place.rank,
  ...describeEmployee(world, place.employeeId),
  value: DECIMAL.includes(board) ? decimal(place.value) : Number(place.value),
});
