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
  /** Null where nothing was. */
  received: string | null;
}

const NOTHING: Omit<MonthRow, 'bucket'> = { contracts: 0, amount: '0', received: null };

const COUNT = column('contractCount', 'count', '合同数', 'Contracts');

/** Documents on the contracts of the period, whatever their date and owner. */
const onContracts = (run: Run): FromOptions => ({
  range: null,
  whose: 'anybody',
  where: sql`contract_key IN (SELECT key ${run.from(CONTRACTS)})`,
});

/**
 * The contracts of each month and what was received on them, whatever the date and owner of the payment.
 *
 * The contracts stand on the right: which payments belong to them is then told while those are read, before they
 * are added up.
 */
const contractsByMonth = (run: Run): Promise<MonthRow[]> =>
  run.rows<MonthRow>(sql`
    SELECT bucket, count() AS contracts, sum(contracts.amount) AS amount, sum(paid.amount) AS received
    FROM (
      SELECT contract_key, sum(amount) AS amount
      ${run.from(RECEIVABLES, { range: null, whose: 'anybody' })} GROUP BY contract_key
    ) AS paid
    RIGHT JOIN (
      SELECT key, ${run.buckets(CONTRACTS.date).number} AS bucket, amount ${run.from(CONTRACTS)}
    ) AS contracts ON contracts.key = paid.contract_key
    GROUP BY bucket`);

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
    const series = buckets.fill(await contractsByMonth(run), NOTHING, (bucket, month) => ({
      bucket,
      contractCount: month.contracts,
      contractAmount: decimal(minor(month.amount)),
      receivedAmount: decimal(minor(month.received)),
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
