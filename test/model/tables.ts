/** Tables that many reports share: one row per employee, one item per bucket, pages. */
import { compareText } from './exact';
import { narrow, type Range } from './dates';
import { describeEmployee, everybody } from './organisation';
import { bucketsOf } from './period';
import type { Parts, Question, RecordSet, ReportParams, Row } from './question';
import { covers } from './scope';

function isZero(value: unknown): boolean {
  if (value === null || value === 0 || value === '0.00') return true;
  return typeof value === 'object' && Object.values(value).every(isZero);
}

/** One row per employee in scope, zeros included; whoever is not active only with something to show (R11). */
export const employeeRows = (q: Question, columns: (employeeId: string) => Row): Row[] =>
  everybody(q.world)
    .filter((id) => covers(q.scope.people, id))
    .map((id) => ({ id, columns: columns(id) }))
    .filter((row) => {
      const active = q.world.get('employee', row.id)?.status === 'active';
      return active || !Object.values(row.columns).every(isZero);
    })
    .map((row) => ({ ...describeEmployee(q.world, row.id), ...row.columns }));

/** One item per bucket of the period (R6), computed over the part of the period in it. */
export const bucketSeries = (q: Question, columns: (range: Range) => Row): Row[] =>
  bucketsOf(q.period).map((bucket) => ({ bucket, ...columns(narrow(q.period, bucket)) }));

/** The asked page of rows, and where it stands. */
export function paged(rows: Row[], params: ReportParams): Required<Pick<Parts, 'rows' | 'page'>> {
  const { offset = 0, limit = 50 } = params;
  return { rows: rows.slice(offset, offset + limit), page: { offset, limit, total: rows.length } };
}
/** A set of records as drill-downs compare it. */
export const recordSet = (entity: string, records: { id: string }[]): RecordSet =>
  idSet(
    entity,
    records.map((record) => record.id),
  );

export const idSet = (entity: string, ids: string[]): RecordSet => ({
  entity,
  ids: [...new Set(ids)].sort(compareText),
});

/** The people behind a row of an employee table; those in scope without a row. */
export const peopleOfRow = (q: Question, row: string | undefined): Question['scope']['people'] => {
  if (row === undefined) return q.scope.people;
  return new Set(covers(q.scope.people, row) ? [row] : []);
};
