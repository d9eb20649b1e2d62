import { conversionLines } from './conversion-lines';
import { recordsOf } from '../records/list';
import { percent } from '#metrics';
import { BUCKET, column, DEAL_CUSTOMERS, NEW_CUSTOMERS } from '../columns';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { CUSTOMERS, DEAL } from '../sources';
import { sql } from '../sql';

interface BucketRow {
  bucket: number;
  customers: number;
  deals: number;
}

export default defineReport({
  id: 'customer-conversion',
  group: 'customers',
  name: { 'zh-CN': '客户转化率分析', en: 'Customer conversion' },
  about: {
    'zh-CN': '按创建时间统计新增客户中现已成交的比例。',
    en: 'Of the customers created in each bucket, the share that are deals now.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    series: [
      BUCKET,
      NEW_CUSTOMERS,
      DEAL_CUSTOMERS,
      column('conversionRate', 'percent', '客户转化率', 'Conversion rate'),
    ],
  },
  charts: ['line', 'bars', 'pie', 'table'],
  drill: {
    records: {
      conversionRate: conversionLines,
      newCustomers: (run) => recordsOf(run, CUSTOMERS),
      dealCustomers: (run) => recordsOf(run, CUSTOMERS, { where: DEAL }),
    },
  },
  run: async (run) => {
    const buckets = run.buckets(CUSTOMERS.date);
    const found = await run.rows<BucketRow>(sql`
      SELECT ${buckets.number} AS bucket, count() AS customers, countIf(${DEAL}) AS deals
      ${run.from(CUSTOMERS)} GROUP BY bucket`);
    return {
      series: buckets.fill(found, { customers: 0, deals: 0 }, (bucket, { customers, deals }) => ({
        bucket,
        newCustomers: customers,
        dealCustomers: deals,
        conversionRate: percent(BigInt(deals), BigInt(customers)),
      })),
    };
  },
});
