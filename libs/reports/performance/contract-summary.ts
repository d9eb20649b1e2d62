import { recordsOf } from '../records/list';
import { decimal, minor, sumOf, total } from '../amounts';
import { BUCKET, column, CONTRACT_AMOUNT, RECEIVED_AMOUNT } from '../columns';
import { YearQuery } from '../parameters';
import { defineReport } from '../report';
import type { FromOptions, Run } from '../run';
import { CONTRACTS, RECEIVABLES } from '../sources';
import { sql } from '../sql';

interface MonthRow {
  bucket: number;
  contracts: number;
  amount: string;
}

interface ReceivedRow {
  bucket: number;
  received: string;
}

const COUNT = column('contractCount', 'count', '合同数', 'Contracts');

/** Documents on the contracts of the period, whatever their date and owner. */
const onContracts = (run: Run): FromOptions => ({
  range: null,
  whose: 'anybody',
  where: sql`contract_key IN (SELECT key ${run.from(CONTRACTS)})`,
});

/** Received on the contracts of each month, whatever the date and owner of the payment. */
function receivedByMonth(run: Run): Promise<ReceivedRow[]> {
  const buckets = run.buckets(CONTRACTS.date);
  return run.rows<ReceivedRow>(sql`
    SELECT bucket, sum(amount) AS received
    FROM (SELECT contract_key, amount ${run.from(RECEIVABLES, { range: null, whose: 'anybody' })}) AS paid
    INNER JOIN (SELECT key, ${buckets.number} AS bucket ${run.from(CONTRACTS)}) AS contracts
      ON contracts.key = paid.contract_key
    GROUP BY bucket`);
}

export default defineReport({
  id: 'contract-summary',
  group: 'performance',
  name: { 'zh-CN': '合同汇总表', en: 'Contract summary' },
  about: {
    'zh-CN': '一年中每月签约的有效合同份数与金额，以及这些合同的有效回款（不论回款日期与负责人）。',
    en: 'Effective contracts per month of the order date: number, amount, and what was received on them whatever its date and owner.',
  },
  period: { kind: 'year' },
  query: YearQuery,
  columns: {
    series: [BUCKET, COUNT, CONTRACT_AMOUNT, RECEIVED_AMOUNT],
    headline: [
      COUNT,
      CONTRACT_AMOUNT,
      RECEIVED_AMOUNT,
      column('unreceivedAmount', 'money', '未回款金额', 'Amount not received'),
    ],
  },
  charts: ['table'],
  drill: {
    records: {
      contractCount: (run) => recordsOf(run, CONTRACTS),
      contractAmount: (run) => recordsOf(run, CONTRACTS),
      receivedAmount: (run) => recordsOf(run, RECEIVABLES, onContracts(run)),
    },
  },
  run: async (run) => {
    const buckets = run.buckets(CONTRACTS.date);
    const [months, received] = await Promise.all([
      run.rows<MonthRow>(sql`
        SELECT ${buckets.number} AS bucket, count() AS contracts, sum(amount) AS amount
        ${run.from(CONTRACTS)} GROUP BY bucket`),
      receivedByMonth(run),
    ]);
    const receivedIn = new Map(received.map((row) => [buckets.key(row.bucket), minor(row.received)]));
    const series = buckets.fill(months, { contracts: 0, amount: '0' }, (bucket, { contracts, amount }) => ({
      bucket,
      contractCount: contracts,
      contractAmount: decimal(minor(amount)),
      receivedAmount: decimal(receivedIn.get(bucket) ?? 0n),
    }));
    const amount = sumOf(series, (item) => minor(item.contractAmount));
    const paid = sumOf(series, (item) => minor(item.receivedAmount));
    return {
      series,
      headline: {
        contractCount: total(series, ({ contractCount }) => contractCount),
        contractAmount: decimal(amount),
        receivedAmount: decimal(paid),
        unreceivedAmount: decimal(amount - paid),
      },
    };
  },
});
