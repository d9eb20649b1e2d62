/** The parameters of a leaderboard, checked. */
import { dayOf, type Day, type Period } from '#calendar';
import type { Tenant } from '#platform';
import { LeaderboardQuery, parseQuery, periodOf, type RawQuery } from '#reports';

const DEFAULT_LIMIT = 10;

export interface BoardQuery {
  period: Period;
  /** The day everything is seen from. */
  today: Day;
  departmentId?: string;
  limit: number;
  around?: string;
}

/** @throws BadParameters naming every wrong parameter. */
export function parseBoardQuery(query: RawQuery, tenant: Tenant): BoardQuery {
  const given = parseQuery(LeaderboardQuery, query);
  const today = given.today === undefined ? tenant.zone.dayAt(Date.now()) : dayOf(given.today);
  const { departmentId, limit = DEFAULT_LIMIT, around } = given;
  return { period: periodOf(given, 'year', today), today, departmentId, limit, around };
}
