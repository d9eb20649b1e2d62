/** What return visits say about employees and products. */
import type { ReturnVisit } from '#crm';
import type { Question, ReportModel, Row } from '../question';
import { contractVisits } from '../selections';
import { employeeRows, peopleOfRow, recordSet } from '../tables';
import { describeProduct, productsByName } from '../products';

const STANDARD = ['很满意', '满意', '一般', '不满意', '很不满意'];

const optionsOf = (q: Question): string[] =>
  q.world.get('settings', 'settings')?.satisfactionOptions ?? STANDARD;

/** Visits and answers; an answer that is no configured option counts as a visit only. */
function columns(q: Question, visits: ReturnVisit[]): Row {
  const counts = optionsOf(q).map((option) => [
    option,
    visits.filter((visit) => visit.satisfaction === option).length,
  ]);
  return { visits: visits.length, counts: Object.fromEntries(counts) as Record<string, number> };
}

/** The visits behind a cell: all for `visits`, those with one answer for an option's own name. */
function cellRecords(q: Question, column: string | undefined, visits: ReturnVisit[]) {
  if (column === 'visits') return recordSet('return-visit', visits);
  if (column === undefined || !optionsOf(q).includes(column)) return null;
  return recordSet(
    'return-visit',
    visits.filter((visit) => visit.satisfaction === column),
  );
}

export const satisfactionEmployee: ReportModel = {
  answer(q) {
    const visits = contractVisits(q, q.scope.people, q.period);
    const rows = employeeRows(q, (id) =>
      columns(
        q,
        visits.filter((visit) => visit.visitorId === id),
      ),
    );
    return { period: q.period, rows, totals: columns(q, visits) };
  },
  records: (q, { column, row }) => cellRecords(q, column, contractVisits(q, peopleOfRow(q, row), q.period)),
};

/** Visits whose contract (any status) contains a product; a contract that is gone contains none. */
const visitsOf = (q: Question, productId: string): ReturnVisit[] =>
  contractVisits(q, q.scope.people, q.period).filter((visit) =>
    q.world.get('contract', visit.contractId)?.lines.some((line) => line.productId === productId),
  );

export const satisfactionProduct: ReportModel = {
  answer: (q) => ({
    period: q.period,
    rows: productsByName(q.world).map((product) => ({
      ...describeProduct(q.world, product.id),
      ...columns(q, visitsOf(q, product.id)),
    })),
  }),
  records: (q, { column, row }) => (row === undefined ? null : cellRecords(q, column, visitsOf(q, row))),
};
