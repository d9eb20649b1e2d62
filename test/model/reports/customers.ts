/** How customers come in, are followed, become deals and move through the public pool. */
import type { Contract, Customer } from '#crm';
import { narrow, type Range } from '../dates';
import { compareText, decimal, percent, sumOf } from '../exact';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import type { IdSet } from '../scope';
import {
  activitiesOf,
  contractsOrdered,
  customersCreated,
  followedCustomers,
  isDeal,
  isEffective,
  poolMoves,
  receivablesReturned,
} from '../selections';
import { bucketSeries, employeeRows, idSet, peopleOfRow, recordSet } from '../tables';

const only = (id: string): IdSet => new Set([id]);

/** Σ of a count or decimal column over rows. */
const total = (rows: Row[], key: string): number => rows.reduce((sum, row) => sum + (row[key] as number), 0);
const totalAmount = (rows: Row[], key: string): string => decimal(sumOf(rows, (row) => row[key] as string));

const dealCounts = (customers: Customer[]): { newCustomers: number; dealCustomers: number } => ({
  newCustomers: customers.length,
  dealCustomers: customers.filter(isDeal).length,
});

const dealRate = (counts: { newCustomers: number; dealCustomers: number }): number | null =>
  percent(BigInt(counts.dealCustomers), BigInt(counts.newCustomers));

function totalsOfCustomers(rows: Row[]): Row {
  const counts = { newCustomers: total(rows, 'newCustomers'), dealCustomers: total(rows, 'dealCustomers') };
  return {
    ...counts,
    dealRate: dealRate(counts),
    contractAmount: totalAmount(rows, 'contractAmount'),
    receivedAmount: totalAmount(rows, 'receivedAmount'),
  };
}

export const customerTotal: ReportModel = {
  answer(q) {
    const rows = employeeRows(q, (id) => {
      const counts = dealCounts(customersCreated(q, only(id), q.period));
      return {
        ...counts,
        dealRate: dealRate(counts),
        contractAmount: decimal(sumOf(contractsOrdered(q, only(id), q.period), (c) => c.amount)),
        receivedAmount: decimal(sumOf(receivablesReturned(q, only(id), q.period), (r) => r.amount)),
      };
    });
    const series = bucketSeries(q, (range) => dealCounts(customersCreated(q, q.scope.people, range)));
    return { period: q.period, series, rows, totals: totalsOfCustomers(rows) };
  },
  records(q, { column, bucket, row }) {
    const people = peopleOfRow(q, row);
    const range = narrow(q.period, bucket);
    switch (column) {
      case 'newCustomers':
      case 'dealRate':
        return recordSet('customer', customersCreated(q, people, range));
      case 'dealCustomers':
        return recordSet('customer', customersCreated(q, people, range).filter(isDeal));
      case 'contractAmount':
        return recordSet('contract', contractsOrdered(q, people, range));
      case 'receivedAmount':
        return recordSet('receivable', receivablesReturned(q, people, range));
      default:
        return null;
    }
  },
};

const followColumns = (q: Question, people: IdSet, range: Range): Row => ({
  followUps: activitiesOf(q, ['follow-up'], people, range).length,
  followedCustomers: followedCustomers(q, people, range).length,
});

export const customerFollowUp: ReportModel = {
  answer(q) {
    const rows = employeeRows(q, (id) => followColumns(q, only(id), q.period));
    return {
      period: q.period,
      series: bucketSeries(q, (range) => followColumns(q, q.scope.people, range)),
      rows,
      totals: {
        followUps: total(rows, 'followUps'),
        followedCustomers: total(rows, 'followedCustomers'),
      },
    };
  },
  records(q, { column, bucket, row }) {
    const people = peopleOfRow(q, row);
    const range = narrow(q.period, bucket);
    if (column === 'followUps') return recordSet('activity', activitiesOf(q, ['follow-up'], people, range));
    return column === 'followedCustomers' ? idSet('customer', followedCustomers(q, people, range)) : null;
  },
};

/** Effective contracts of a customer: any date and, as they explain the customer's deal, any owner. */
const contractsOf = (q: Question, customer: Customer): Contract[] =>
  q.world.all('contract').filter((c) => isEffective(c) && c.customerId === customer.id);

/** One line per effective contract of the deal customers; one without contract where there is none. */
function conversionLines(q: Question, customers: Customer[]): RecordSet {
  const lines = customers.flatMap((customer) => {
    const contracts: { id: string | null }[] = contractsOf(q, customer);
    const listed = contracts.length > 0 ? contracts : [{ id: null }];
    return listed.map((contract) => ({ customerId: customer.id, contractId: contract.id }));
  });
  lines.sort(
    (a, b) => compareText(a.customerId, b.customerId) || compareText(a.contractId ?? '', b.contractId ?? ''),
  );
  return { ...recordSet('customer', customers), lines };
}

export const customerConversion: ReportModel = {
  answer: (q) => ({
    period: q.period,
    series: bucketSeries(q, (range) => {
      const counts = dealCounts(customersCreated(q, q.scope.people, range));
      return { conversionRate: dealRate(counts), ...counts };
    }),
  }),
  records(q, { column, bucket }) {
    const customers = customersCreated(q, q.scope.people, narrow(q.period, bucket));
    switch (column) {
      case 'newCustomers':
        return recordSet('customer', customers);
      case 'dealCustomers':
        return recordSet('customer', customers.filter(isDeal));
      case undefined:
      case 'conversionRate':
        return conversionLines(q, customers.filter(isDeal));
      default:
        return null;
    }
  },
};

const poolColumns = (q: Question, people: IdSet, range: Range): Row => ({
  putInPool: poolMoves(q, 'put-in', people, range).length,
  takenFromPool: poolMoves(q, 'taken', people, range).length,
});

export const poolCustomers: ReportModel = {
  answer(q) {
    const rows = employeeRows(q, (id) => poolColumns(q, only(id), q.period));
    return {
      period: q.period,
      series: bucketSeries(q, (range) => poolColumns(q, q.scope.people, range)),
      rows,
      totals: { putInPool: total(rows, 'putInPool'), takenFromPool: total(rows, 'takenFromPool') },
    };
  },
  records(q, { column, bucket, row }) {
    const direction = ({ putInPool: 'put-in', takenFromPool: 'taken' } as const)[column ?? ''];
    if (!direction) return null;
    return recordSet('pool-move', poolMoves(q, direction, peopleOfRow(q, row), narrow(q.period, bucket)));
  },
};
