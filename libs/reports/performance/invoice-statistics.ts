import { recordsOf } from '../records/list';
import { decimal, minor, sumOf } from '../amounts';
import { BUCKET, column, RECEIVED_AMOUNT } from '../columns';
import { YearQuery } from '../parameters';
import { defineReport } from '../report';
import type { Run } from '../run';
import { INVOICES, RECEIVABLES, type Source } from '../sources';
import { sql } from '../sql';

interface MonthRow {
  bucket: number;
  /** Σ of the month's documents. */
  amount: string;
  /** Σ over their contracts of what exceeds the other documents of the contract. */
  excess: string;
}

/**
 * Documents by month, and by how much they exceed all documents of the other kind on the same contract,
 * whatever the date and owner of those. A document without contract exceeds in full.
 *
 * The month's documents stand on the right: what the join needs of the others is then told while they are read,
 * before they are added up.
 */
function excessByMonth(run: Run, documents: Source, others: Source): Promise<MonthRow[]> {
  const buckets = run.buckets(documents.date);
  return run.rows<MonthRow>(sql`
    SELECT bucket, sum(month.amount) AS amount,
           sum(if(month.contract_key = 0, month.amount,
                  greatest(month.amount - ifNull(others.amount, 0), toDecimal128(0, 2)))) AS excess
    FROM (
      SELECT contract_key, sum(amount) AS amount
      ${run.from(others, { range: null, whose: 'anybody' })} GROUP BY contract_key
    ) AS others
    RIGHT JOIN (
      SELECT contract_key, ${buckets.number} AS bucket, sum(amount) AS amount
      ${run.from(documents)} GROUP BY contract_key, bucket
    ) AS month ON month.contract_key = others.contract_key
    GROUP BY bucket`);
}

const INVOICED_AMOUNT = column('invoicedAmount', 'money', '开票金额', 'Amount invoiced');

export default defineReport({
  id: 'invoice-statistics',
  group: 'performance',
  name: { 'zh-CN': '发票统计分析', en: 'Invoices and payments' },
  about: {
    'zh-CN': '一年中每月的回款与开票金额，以及按合同计算的已开票未回款与已回款未开票金额。',
    en: 'Payments and invoices per month, and by contract what was invoiced but not received, and received but not invoiced.',
  },
  period: { kind: 'year' },
  query: YearQuery,
  columns: {
    series: [
      BUCKET,
      RECEIVED_AMOUNT,
      INVOICED_AMOUNT,
      column('invoicedNotReceived', 'money', '已开票未回款', 'Invoiced, not received'),
      column('receivedNotInvoiced', 'money', '已回款未开票', 'Received, not invoiced'),
    ],
    headline: [RECEIVED_AMOUNT, INVOICED_AMOUNT],
  },
  charts: ['table'],
  drill: {
    records: {
      receivedAmount: (run) => recordsOf(run, RECEIVABLES),
      invoicedAmount: (run) => recordsOf(run, INVOICES),
    },
  },
  run: async (run) => {
    const buckets = run.buckets(INVOICES.date);
    const [invoiced, received] = await Promise.all([
      excessByMonth(run, INVOICES, RECEIVABLES),
      excessByMonth(run, RECEIVABLES, INVOICES),
    ]);
    const receivedIn = new Map(received.map((row) => [buckets.key(row.bucket), row]));
    const series = buckets.fill(invoiced, { amount: '0', excess: '0' }, (bucket, month) => ({
      bucket,
      receivedAmount: decimal(minor(receivedIn.get(bucket)?.amount)),
      invoicedAmount: decimal(minor(month.amount)),
      invoicedNotReceived: decimal(minor(month.excess)),
      receivedNotInvoiced: decimal(minor(receivedIn.get(bucket)?.excess)),
    }));
    return {
      series,
      headline: {
        receivedAmount: decimal(sumOf(series, (item) => minor(item.receivedAmount))),
        invoicedAmount: decimal(sumOf(series, (item) => minor(item.invoicedAmount))),
      },
    };
  },
});
