/** Deal cycles 成交周期: days from a customer's creation to its deal. */
import type { Customer, Product } from '#crm';
import { daysBetween, narrow, type Range } from '../dates';
import { mean } from '../exact';
import type { Question, ReportModel, Row } from '../question';
import type { IdSet } from '../scope';
import { customersCreated, isDeal, isEffective, localDate } from '../selections';
import { bucketSeries, employeeRows, peopleOfRow, recordSet } from '../tables';
import { PROVINCE_ROWS, provinceOf } from '../provinces';
import { describeProduct, productsByName } from '../products';

/** Customers created in the range that are deals now. */
const population = (q: Question, people: IdSet, range: Range): Customer[] =>
  customersCreated(q, people, range).filter(isDeal);

const isDated = (customer: Customer): boolean => typeof customer.dealAt === 'string';

/** Calendar days to the deal; one dated before the creation took 0. */
const daysOf = (q: Question, customer: Customer): number[] =>
  typeof customer.dealAt === 'string'
    ? [Math.max(0, daysBetween(localDate(q, customer.createdAt), localDate(q, customer.dealAt)))]
    : [];

const columns = (q: Question, customers: Customer[]): Row => ({
  avgDays: mean(customers.flatMap((customer) => daysOf(q, customer))),
  dealCustomers: customers.length,
});

/** The customers behind a cell: the mean's are those with a deal date. */
const cellRecords = (column: string | undefined, customers: Customer[]) => {
  if (column === 'dealCustomers') return recordSet('customer', customers);
  return column === 'avgDays' ? recordSet('customer', customers.filter(isDated)) : null;
};

export const dealCycleEmployee: ReportModel = {
  answer: (q) => ({
    period: q.period,
    series: bucketSeries(q, (range) => columns(q, population(q, q.scope.people, range))),
    rows: employeeRows(q, (id) => columns(q, population(q, new Set([id]), q.period))),
    totals: columns(q, population(q, q.scope.people, q.period)),
  }),
  records: (q, { column, bucket, row }) =>
    cellRecords(column, population(q, peopleOfRow(q, row), narrow(q.period, bucket))),
};

export const dealCycleRegion: ReportModel = {
  answer(q) {
    const customers = population(q, q.scope.people, q.period);
    return {
      period: q.period,
      rows: PROVINCE_ROWS.map((value) => ({
        value,
        ...columns(
          q,
          customers.filter((customer) => provinceOf(customer) === value),
        ),
      })),
      totals: columns(q, customers),
    };
  },
  records: (q, { column, row }) =>
    cellRecords(
      column,
      population(q, q.scope.people, q.period).filter((c) => row === undefined || provinceOf(c) === row),
    ),
};

/** Whether a customer has an effective contract, whosever and of any date, with such a line. */
const bought = (q: Question, customer: Customer, isSuch: (productId: string) => boolean): boolean =>
  q.world
    .all('contract')
    .some(
      (c) => isEffective(c) && c.customerId === customer.id && c.lines.some((line) => isSuch(line.productId)),
    );

const buyers = (q: Question, isSuch: (productId: string) => boolean): Customer[] =>
  population(q, q.scope.people, q.period).filter((customer) => bought(q, customer, isSuch));

export const dealCycleProduct: ReportModel = {
  answer: (q) => ({
    period: q.period,
    rows: productsByName(q.world).map((product: Product) => ({
      ...describeProduct(q.world, product.id),
      ...columns(
        q,
        buyers(q, (id) => id === product.id),
      ),
    })),
    // Any product line counts here, one of a deleted product too.
    totals: columns(
      q,
      buyers(q, () => true),
    ),
  }),
  records: (q, { column, row }) =>
    cellRecords(
      column,
      buyers(q, (id) => row === undefined || id === row),
    ),
};
