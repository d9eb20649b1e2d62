/** Product analysis: the lines of effective contracts by order date. */
import type { Contract } from '#crm';
import { compareNumbers, compareText, decimal, sumOf } from '../exact';
import type { Question, ReportModel } from '../question';
import { contractsOrdered } from '../selections';
import { paged, recordSet } from '../tables';
import { categoryFilter, categoryOf, describeCategory, describeProduct, UNCATEGORISED } from '../products';

type Sale = Contract['lines'][number] & { contract: Contract };

/** Every line sold that passes the category filter. */
function sales(q: Question): Sale[] {
  const passes = categoryFilter(q);
  return contractsOrdered(q, q.scope.people, q.period).flatMap((contract) =>
    contract.lines.filter((line) => passes(line.productId)).map((line) => ({ ...line, contract })),
  );
}

const contractsOf = (lines: Sale[]): Contract[] => [...new Set(lines.map((line) => line.contract))];

const columns = (lines: Sale[]) => ({
  contractCount: contractsOf(lines).length,
  quantity: decimal(sumOf(lines, (line) => line.quantity)),
  amount: decimal(sumOf(lines, (line) => line.subtotal)),
});

export const productSales: ReportModel = {
  answer(q) {
    const lines = sales(q);
    const ids = [...new Set(lines.map((line) => line.productId))];
    const groups = ids.map((id) => ({ id, lines: lines.filter((line) => line.productId === id) }));
    const amount = (group: { lines: Sale[] }): bigint => sumOf(group.lines, (line) => line.subtotal);
    groups.sort((a, b) => compareNumbers(amount(b), amount(a)) || compareText(a.id, b.id));
    return {
      period: q.period,
      ...paged(
        groups.map((group) => ({ ...describeProduct(q.world, group.id), ...columns(group.lines) })),
        q.params,
      ),
      totals: columns(lines),
    };
  },
  records(q, { column, row }) {
    if (!['contractCount', 'quantity', 'amount'].includes(column ?? '')) return null;
    const lines = sales(q).filter((line) => row === undefined || line.productId === row);
    return recordSet('contract', contractsOf(lines));
  },
};

export const productCategorySales: ReportModel = {
  answer(q) {
    const lines = sales(q);
    const ids = [...new Set(lines.map((line) => categoryOf(q.world, line.productId)))];
    const groups = ids.map((id) => {
      const inCategory = lines.filter((line) => categoryOf(q.world, line.productId) === id);
      return { id, quantity: sumOf(inCategory, (line) => line.quantity) };
    });
    // Equal quantities: by id, what has no category last.
    groups.sort(
      (a, b) =>
        compareNumbers(b.quantity, a.quantity) ||
        Number(a.id === null) - Number(b.id === null) ||
        compareText(a.id ?? '', b.id ?? ''),
    );
    return {
      period: q.period,
      rows: groups.map(({ id, quantity }) => ({
        ...describeCategory(q.world, id),
        quantity: decimal(quantity),
      })),
    };
  },
  /** The row of what has no category goes by its name, having no id. */
  records(q, { column, row }) {
    if (column !== 'quantity') return null;
    const lines = sales(q).filter(
      (line) => row === undefined || (categoryOf(q.world, line.productId) ?? UNCATEGORISED) === row,
    );
    return recordSet('contract', contractsOf(lines));
  },
};
