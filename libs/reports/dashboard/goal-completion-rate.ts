import type { TargetMetric } from '#metrics';
import { recordsOf } from '../records/list';
import { decimal, minor } from '../amounts';
import { DONE, RATE, TARGET } from '../columns';
import { TargetQuery } from '../parameters';
import { defineReport } from '../report';
import { sql } from '../sql';
import { completion, DONE_SOURCES, readTargets } from '../targets';

const STANDARD_METRIC: TargetMetric = 'receivable-amount';

export default defineReport({
  id: 'goal-completion-rate',
  group: 'dashboard',
  name: { 'zh-CN': '目标完成率', en: 'Target completion' },
  about: {
    'zh-CN': '期间内完成金额占目标的比例；只有由整月组成的期间才有目标。',
    en: 'Share of the target reached in the period; only a period of whole months has a target.',
  },
  period: { kind: 'period', standard: 'month' },
  query: TargetQuery,
  metric: STANDARD_METRIC,
  columns: { headline: [TARGET, DONE, RATE] },
  charts: ['gauge'],
  drill: {
    records: { done: (run) => recordsOf(run, DONE_SOURCES[run.query.metric ?? STANDARD_METRIC]) },
  },
  run: async (run) => {
    const metric = run.query.metric ?? STANDARD_METRIC;
    const [targets, [found]] = await Promise.all([
      readTargets(run, metric, run.scope.targets, run.period),
      run.rows<{ amount: string }>(sql`SELECT sum(amount) AS amount ${run.from(DONE_SOURCES[metric])}`),
    ]);
    const target = targets.over(run.period);
    const done = minor(found?.amount);
    return {
      headline: {
        target: target === null ? null : decimal(target),
        done: decimal(done),
        rate: completion(done, target),
      },
    };
  },
});
