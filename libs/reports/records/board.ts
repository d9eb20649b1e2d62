/** The records behind a leaderboard's value. */
import type { BoardMetric } from '#metrics';
import { columnName } from '#crm';
import { followedIds } from '../followed';
import type { Run } from '../run';
import { sourceOf } from '../sources';
import { raw, sql } from '../sql';
import { recordsById, recordsOf, type RecordList } from './list';

export function boardRecords(run: Run, board: BoardMetric): RecordList {
  const source = sourceOf(board);
  const { measure } = board;
  switch (measure.kind) {
    case 'distinct':
      return recordsById(run, 'customer', followedIds(run));
    case 'sum-items': {
      const values = `${columnName(measure.items)}.${columnName(measure.field)}`;
      const added = { key: measure.field, type: 'quantity', expression: raw(`arraySum(${values})`) } as const;
      return recordsOf(run, source, { where: raw(`notEmpty(${values})`) }, added);
    }
    case 'count-items': {
      const items = raw(`${columnName(measure.items)}.${columnName(board.date.field)}`);
      const counted = sql`arrayCount(item -> ${run.during({ column: 'item', kind: board.date.kind })}, ${items})`;
      const added = { key: 'counted', type: 'count', expression: counted } as const;
      return recordsOf(run, source, { range: null, where: sql`${counted} > 0` }, added);
    }
    default:
      return recordsOf(run, source);
  }
}
