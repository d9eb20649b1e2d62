import type { TargetMetric } from '#metrics';
import { recordsOf } from '../records/list';
import { addMonths, firstOfMonth, monthsOf, type Period } from '#calendar';
import { decimal, minor } from '../amounts';
import { BUCKET, DONE, RATE, TARGET } from '../columns';
import { TargetQuery } from '../parameters';
import { answerPeriod } from '../period';
import { defineReport } from '../report';
import type { Run } from '../run';
import { sql } from '../sql';
import { completion, DONE_SOURCES, readTargets } from '../targets';

const STANDARD_METRIC: TargetMetric = 'contract-amount';

const MONTHS = 12;

interface MonthRow {
  bucket: number;
  amount: string;
}

/**
 * The axis is always whole months: those of a year asked for by preset or touched by a custom range
 * of twelve months or more, else the twelve months that end with the current one. The answer's preset
 * is the one asked for.
 */
export function monthAxis({ period, today }: Run): Period {
  const wholeYear = period.preset === 'year' || period.preset === 'last-year';
  const longRange = period.preset === undefined && monthsOf(period).length >= MONTHS;
  const [first, last] =
    wholeYear || longRange
      ? [firstOfMonth(period.from), addMonths(period.to, 1) - 1]
      : [addMonths(today, 1 - MONTHS), addMonths(today, 1) - 1];
  return {
    preset: period.preset,
    from: first,
    to: last,
    bucket: 'month',
    compare: null,
  };
}

export default defineReport({
  id: 'contract-target-completion',
  group: 'dashboard',
  name: { 'zh-CN': '合同金额目标及完成情况', en: 'Target and completion by month' },
  about: {
    'zh-CN': '逐月的目标金额、完成金额（有效合同按签约日期，或有效回款按回款日期）与完成率。',
    en: 'Target, done (effective contracts by order date, or payments by return date) and rate, month by month.',
  },
  period: { kind: 'period', standard: 'month' },
  query: TargetQuery,
  metric: STANDARD_METRIC,
  columns: { series: [BUCKET, TARGET, DONE, RATE] },
  charts: ['bars-and-line', 'line', 'bars'],
  drill: {
    axis: monthAxis,
    records: { done: (run) => recordsOf(run, DONE_SOURCES[run.query.metric ?? STANDARD_METRIC]) },
  },
  run: async (run) => {
    const metric = run.query.metric ?? STANDARD_METRIC;
    const source = DONE_SOURCES[metric];
    const axis = monthAxis(run);
    const buckets = run.buckets(source.date, axis);
    const [targets, found] = await Promise.all([
      readTargets(run, metric, run.scope.targets, axis),
      run.rows<MonthRow>(sql`
        SELECT ${buckets.number} AS bucket, sum(amount) AS amount
        ${run.from(source, { range: axis })} GROUP BY bucket`),
    ]);
    const series = buckets.fill(found, { amount: '0' }, (bucket, { amount }) => {
      const target = targets.inMonth(bucket);
      const done = minor(amount);
      return { bucket, target: decimal(target), done: decimal(done), rate: completion(done, target) };
    });
    return { period: answerPeriod(axis, run.zone), series };
  },
});
