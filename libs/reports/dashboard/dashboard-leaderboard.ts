import { boardRecords } from '../records/board';
import { TARGET_METRICS, type BoardId, type TargetMetric } from '#metrics';
import { minor } from '../amounts';
import { column, EMPLOYEE_COLUMNS } from '../columns';
import { BoardCardQuery } from '../parameters';
import { boardNamed, ranking, type LeaderboardRow } from '../ranking';
import { defineReport } from '../report';
import type { Run } from '../run';
import { permittedPeople } from '../scope';
import { completion, readTargets } from '../targets';

const STANDARD_BOARD: BoardId = 'rank-receivable-amount';

type CardRow = LeaderboardRow & { targetRate?: number | null };

const METRIC_OF = new Map<BoardId, TargetMetric>(
  Object.entries(TARGET_METRICS).map(([metric, board]) => [board, metric as TargetMetric]),
);

/**
 * Each row's value against the employee's own target; null without one, and for colleagues whose
 * numbers the caller may not see.
 */
async function withTargetRates(
  run: Run<BoardCardQuery>,
  metric: TargetMetric,
  rows: readonly LeaderboardRow[],
): Promise<CardRow[]> {
  const { ids: covered } = permittedPeople(run.context.caller, await run.org());
  const targets = await readTargets(run, metric, { type: 'employee', ids: covered }, run.period);
  return rows.map((row) => {
    const visible = covered === null || covered.has(row.employeeId);
    const target = visible ? targets.overFor(row.employeeId, run.period) : null;
    return { ...row, targetRate: completion(minor(String(row.value)), target) };
  });
}

export default defineReport({
  id: 'dashboard-leaderboard',
  group: 'dashboard',
  name: { 'zh-CN': '排行榜', en: 'Leaderboard' },
  about: {
    'zh-CN': '期间内各员工的名次、数值与个人目标完成率，以及本人所在的名次。',
    en: 'Rank and value of everybody in the period, how much of their own target that is, and where the caller stands.',
  },
  period: { kind: 'period', standard: 'month' },
  query: BoardCardQuery,
  board: true,
  metric: STANDARD_BOARD,
  columns: {
    rows: [
      column('rank', 'rank', '名次', 'Rank'),
      ...EMPLOYEE_COLUMNS,
      column('value', 'money', '数值', 'Value'),
      column('targetRate', 'percent', '目标完成率', 'Target reached'),
    ],
    headline: [column('self', 'text', '本人', 'Myself')],
  },
  charts: ['table'],
  drill: {
    row: 'employee',
    records: { value: (run) => boardRecords(run, boardNamed(run.query.metric ?? STANDARD_BOARD)) },
  },
  run: async (run) => {
    const board = run.query.metric ?? STANDARD_BOARD;
    const metric = METRIC_OF.get(board);
    const ranked = await ranking(run, boardNamed(board));
    const own = ranked.filter(({ employeeId }) => employeeId === run.context.caller.employeeId);
    const shown = [...own, ...ranked.slice(0, run.query.limit)];
    const rated = metric === undefined ? shown : await withTargetRates(run, metric, shown);
    const self = own.length === 0 ? null : rated[0];
    return { rows: rated.slice(own.length), headline: { self } };
  },
});
