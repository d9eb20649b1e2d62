/** The report of a leaderboard: the board's declaration says it all. */
import type { BoardId } from '#metrics';
import { column, EMPLOYEE_COLUMNS, type Names } from '../columns';
import { boardRecords } from '../records/board';
import { BoardQuery } from '../parameters';
import { boardNamed, ranking } from '../ranking';
import { defineReport, type AnyReport } from '../report';

/** Declares the report of a board; `about` says what it ranks by. */
export function boardReport(id: BoardId, about: Names): AnyReport {
  const board = boardNamed(id);
  return defineReport({
    id,
    group: 'leaderboards',
    name: board.name,
    about,
    period: { kind: 'period', standard: 'year' },
    query: BoardQuery,
    board: true,
    columns: {
      rows: [
        column('rank', 'rank', '名次', 'Rank'),
        ...EMPLOYEE_COLUMNS,
        column('value', board.unit, board.name['zh-CN'].replace(/排行$/, ''), board.name.en),
      ],
    },
    charts: ['bars', 'table'],
    drill: { row: 'employee', records: { value: (run) => boardRecords(run, board) } },
    run: async (run) => ({ rows: (await ranking(run, board)).slice(0, run.query.limit) }),
  });
}
