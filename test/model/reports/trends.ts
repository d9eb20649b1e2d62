/** Yearly trends of contracts and receivables, month by month with growth. */
import { addMonths, firstDayOf, monthsRange, monthsTouched, narrow, type Range } from '../dates';
import { decimal, growth, sumOf } from '../exact';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import { contractsOrdered, receivablesOn, receivablesReturned } from '../selections';
import { bucketSeries, recordSet } from '../tables';

interface Measure {
  value: (q: Question, range: Range) => bigint;
  show: (value: bigint) => unknown;
  records: (q: Question, range: Range) => RecordSet;
}

/** A month's value with 环比 and 同比; neither for a month that has not begun. */
function trendItem(q: Question, measure: Measure, bucket: string): Row {
  const at = (month: string): bigint => measure.value(q, monthsRange(month, month));
  const value = at(bucket);
  const begun = firstDayOf(bucket) <= q.today;
  return {
    bucket,
    value: measure.show(value),
    momGrowth: begun ? growth(value, at(addMonths(bucket, -1))) : null,
    yoyGrowth: begun ? growth(value, at(addMonths(bucket, -12))) : null,
  };
}

const trend = (measure: Measure): ReportModel => ({
  answer: (q) => ({
    period: q.period,
    series: monthsTouched(q.period).map((bucket) => trendItem(q, measure, bucket)),
  }),
  records: (q, { column, bucket }) =>
    column === 'value' ? measure.records(q, narrow(q.period, bucket)) : null,
});

const contractsIn = (q: Question, range: Range) => contractsOrdered(q, q.scope.people, range);
const receivablesIn = (q: Question, range: Range) => receivablesReturned(q, q.scope.people, range);

export const contractCountTrend = trend({
  value: (q, range) => BigInt(contractsIn(q, range).length),
  show: Number,
  records: (q, range) => recordSet('contract', contractsIn(q, range)),
});

export const contractAmountTrend = trend({
  value: (q, range) => sumOf(contractsIn(q, range), (contract) => contract.amount),
  show: (value) => decimal(value),
  records: (q, range) => recordSet('contract', contractsIn(q, range)),
});

export const receivableAmountTrend = trend({
  value: (q, range) => sumOf(receivablesIn(q, range), (receivable) => receivable.amount),
  show: (value) => decimal(value),
  records: (q, range) => recordSet('receivable', receivablesIn(q, range)),
});

/** What has been paid on the contracts of a range, whenever and to whomever. */
const paidOn = (q: Question, range: Range) =>
  contractsIn(q, range).flatMap((contract) => receivablesOn(q, contract.id));

function summary(q: Question, range: Range) {
  const contracts = contractsIn(q, range);
  const amount = sumOf(contracts, (contract) => contract.amount);
  const received = sumOf(paidOn(q, range), (receivable) => receivable.amount);
  return {
    columns: {
      contractCount: contracts.length,
      contractAmount: decimal(amount),
      receivedAmount: decimal(received),
    },
    unreceivedAmount: decimal(amount - received),
  };
}

export const contractSummary: ReportModel = {
  answer(q) {
    const { columns, unreceivedAmount } = summary(q, q.period);
    return {
      period: q.period,
      series: bucketSeries(q, (range) => summary(q, range).columns),
      headline: { ...columns, unreceivedAmount },
    };
  },
  records(q, { column, bucket }) {
    const range = narrow(q.period, bucket);
    if (column === 'receivedAmount') return recordSet('receivable', paidOn(q, range));
    const ofContracts = ['contractCount', 'contractAmount', 'unreceivedAmount'].includes(column ?? '');
    return ofContracts ? recordSet('contract', contractsIn(q, range)) : null;
  },
};
