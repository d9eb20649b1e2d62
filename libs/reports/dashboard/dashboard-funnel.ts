import { column } from '../columns';
import { funnel, pipelineRecords, stageRecords } from '../funnel/stages';
import { PipelineQuery } from '../parameters';
import { defineReport } from '../report';

export default defineReport({
  id: 'dashboard-funnel',
  group: 'dashboard',
  name: { 'zh-CN': '销售漏斗', en: 'Sales funnel' },
  about: {
    'zh-CN': '期间内创建的商机：各阶段进行中的数量与金额，以及全部、赢单、输单金额。',
    en: 'Opportunities created in the period: open ones by stage, and the amounts of all, won and lost ones.',
  },
  period: { kind: 'period', standard: 'month' },
  query: PipelineQuery,
  columns: {
    rows: [
      column('stageId', 'id', '阶段编号', 'Stage id'),
      column('stageName', 'text', '阶段', 'Stage'),
      column('count', 'count', '数量', 'Count'),
      column('amount', 'money', '金额', 'Amount'),
    ],
    headline: [
      column('allAmount', 'money', '商机总金额', 'All opportunities'),
      column('wonAmount', 'money', '赢单金额', 'Won'),
      column('lostAmount', 'money', '输单金额', 'Lost'),
    ],
  },
  charts: ['funnel'],
  drill: {
    row: 'other',
    records: {
      count: stageRecords,
      amount: stageRecords,
      allAmount: (run) => pipelineRecords(run),
      wonAmount: (run) => pipelineRecords(run, 'won'),
      lostAmount: (run) => pipelineRecords(run, 'lost'),
    },
  },
  run: async (run) => {
    const { stages, allAmount, wonAmount, lostAmount } = await funnel(run);
    return { rows: stages, headline: { allAmount, wonAmount, lostAmount } };
  },
});
