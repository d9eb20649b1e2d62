import { decimal, minor, sumOf, total } from '../amounts';
import { column } from '../columns';
import { PipelineQuery } from '../parameters';
import { defineReport } from '../report';
import { funnel, stageRecords } from './stages';

/** The owner decides the scope, although the tour speaks of opportunities "created by" the seller. */
export default defineReport({
  id: 'sales-funnel',
  group: 'funnel',
  name: { 'zh-CN': '销售漏斗', en: 'Sales funnel' },
  about: {
    'zh-CN': '期间内创建且仍在进行中的商机，按所处阶段统计金额与数量。',
    en: 'Open opportunities created in the period, by the stage they are in now.',
  },
  period: { kind: 'period', standard: 'year' },
  query: PipelineQuery,
  columns: {
    rows: [
      column('stageId', 'id', '阶段编号', 'Stage id'),
      column('stageName', 'text', '阶段', 'Stage'),
      column('amount', 'money', '金额', 'Amount'),
      column('count', 'count', '数量', 'Count'),
    ],
    totals: ['amount', 'count'],
  },
  charts: ['funnel', 'table'],
  drill: { row: 'other', records: { count: stageRecords, amount: stageRecords } },
  run: async (run) => {
    const { stages } = await funnel(run);
    return {
      rows: stages,
      totals: {
        amount: decimal(sumOf(stages, ({ amount }) => minor(amount))),
        count: total(stages, ({ count }) => count),
      },
    };
  },
});
