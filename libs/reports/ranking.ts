/** Leaderboards from the warehouse (R12), with the rows that the live counters give too. */
import type { Day } from '#calendar';
import { boardOf, fromMinor, metricSql, type BoardId, type BoardMetric } from '#metrics';
import { minor } from './amounts';
import type { EmployeeIdentity } from './org';
import type { Run } from './run';
import { inScope } from './scope';
import { and, raw, sql } from './sql';
import { compareText } from '#text';

export interface LeaderboardRow extends EmployeeIdentity {
  rank: number;
  /** Decimal string for money and quantity, number for counts. */
  value: string | number;
}

interface ValueRow {
  id: string;
  value: string | number;
}

/** The board of a leaderboard's id. @throws Error when there is none. */
export function boardNamed(id: BoardId): BoardMetric {
  const board = boardOf(id);
  if (!board) throw new Error(`no board ${id}`);
  return board;
}

/**
 * Everybody with at least one counted record in the period, best first, equals by id; `without` leaves
 * out what is dated on that day.
 */
export async function ranking(run: Run, board: BoardMetric, without?: Day): Promise<LeaderboardRow[]> {
  const [org, found] = await Promise.all([run.org(), valuesByEmployee(run, board, without)]);
  const sorted = found
    .map(({ id, value }) => ({ id, units: board.unit === 'count' ? BigInt(value) : minor(String(value)) }))
    .sort((a, b) => (a.units === b.units ? compareText(a.id, b.id) : a.units < b.units ? 1 : -1));
  let rank = 0;
  return sorted.map(({ id, units }, index) => {
    if (index === 0 || sorted[index - 1]?.units !== units) rank = index + 1;
    return {
      rank,
      ...org.identityOf(id),
      value: board.unit === 'count' ? Number(units) : fromMinor(units),
    };
  });
}

async function valuesByEmployee(run: Run, board: BoardMetric, without?: Day): Promise<ValueRow[]> {
  const { arrayJoin, where, credit, date: dated, value } = metricSql(board);
  const date = { column: dated.expression, kind: dated.kind };
  const ofRecord = and(...where.map(raw), inScope(credit, run.scope, run.context.tenant.id));
  const excluded = without === undefined ? [] : [{ from: without, to: without }];
  const within = and(run.during(date), ...excluded.map((day) => sql`NOT (${run.during(date, day)})`));
  // Items are dated one by one, after the newest version of their record is known.
  const from =
    arrayJoin === ''
      ? sql`${run.newest(board.entity, and(ofRecord, within))}`
      : sql`${run.newest(board.entity, ofRecord)} ${raw(arrayJoin)} WHERE ${within}`;
  return run.rows<ValueRow>(sql`
    SELECT ${raw(credit)} AS id, ${raw(value)} AS value FROM ${from} GROUP BY ${raw(credit)}`);
}
