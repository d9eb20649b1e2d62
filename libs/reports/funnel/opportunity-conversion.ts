import { recordsOf } from '../records/list';
import { percent } from '#metrics';
import { BUCKET, column, NEW_OPPORTUNITIES, WON_OPPORTUNITIES } from '../columns';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { OPPORTUNITIES } from '../sources';
import { raw, sql } from '../sql';

interface BucketRow {
  bucket: number;
  count: number;
  won: number;
}

export default defineReport({
  id: 'opportunity-conversion',
  group: 'funnel',
  name: { 'zh-CN': '商机转化率分析', en: 'Opportunity conversion' },
  about: {
    'zh-CN': '按创建时间统计新增商机及其中已赢单的数量与比例；输单、无效和进行中的商机都计入分母。',
    en: 'Of the opportunities created in each bucket, how many are won now; lost, invalid and open ones stay in the denominator.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    series: [
      BUCKET,
      NEW_OPPORTUNITIES,
      WON_OPPORTUNITIES,
      column('winRate', 'percent', '赢单率', 'Win rate'),
    ],
  },
  charts: ['bars-and-line'],
  drill: {
    records: {
      newOpportunities: (run) => recordsOf(run, OPPORTUNITIES),
      wonOpportunities: (run) => recordsOf(run, OPPORTUNITIES, { where: raw("end_state = 'won'") }),
      winRate: (run) => recordsOf(run, OPPORTUNITIES),
    },
  },
  run: async (run) => {
    const buckets = run.buckets(OPPORTUNITIES.date);
    const found = await run.rows<BucketRow>(sql`
      SELECT ${buckets.number} AS bucket, count() AS count, countIf(end_state = 'won') AS won
      ${run.from(OPPORTUNITIES)} GROUP BY bucket`);
    return {
      series: buckets.fill(found, { count: 0, won: 0 }, (bucket, { count, won }) => ({
        bucket,
        newOpportunities: count,
        wonOpportunities: won,
        winRate: percent(BigInt(won), BigInt(count)),
      })),
    };
  },
});
