import { recordsOf } from '../records/list';
import { decimal, minor } from '../amounts';
import { BUCKET, NEW_OPPORTUNITIES, OPPORTUNITY_AMOUNT } from '../columns';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { OPPORTUNITIES } from '../sources';
import { sql } from '../sql';

interface BucketRow {
  bucket: number;
  count: number;
  amount: string;
}

export default defineReport({
  id: 'new-opportunities',
  group: 'funnel',
  name: { 'zh-CN': '新增商机分析', en: 'New opportunities' },
  about: {
    'zh-CN': '按创建时间统计新增商机的金额与数量，包括各种结束状态。',
    en: 'Amount and number of opportunities by creation, whatever became of them.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: { series: [BUCKET, OPPORTUNITY_AMOUNT, NEW_OPPORTUNITIES] },
  charts: ['line', 'table'],
  drill: {
    records: {
      newOpportunities: (run) => recordsOf(run, OPPORTUNITIES),
      opportunityAmount: (run) => recordsOf(run, OPPORTUNITIES),
    },
  },
  run: async (run) => {
    const buckets = run.buckets(OPPORTUNITIES.date);
    const found = await run.rows<BucketRow>(sql`
      SELECT ${buckets.number} AS bucket, count() AS count, sum(amount) AS amount
      ${run.from(OPPORTUNITIES)} GROUP BY bucket`);
    return {
      series: buckets.fill(found, { count: 0, amount: '0' }, (bucket, { count, amount }) => ({
        bucket,
        opportunityAmount: decimal(minor(amount)),
        newOpportunities: count,
      })),
    };
  },
});
