/** Reports of amounts against targets: `contract-target-completion`, `goal-completion-rate`, `goal-completion`. */
import type { Goal } from '#crm';
import { addMonths, monthOf, monthsRange, monthsTouched, narrow, type Range } from '../dates';
import { compareText, decimal, sum, sumOf } from '../exact';
import { membersOf } from '../organisation';
import { wholeMonths, type Period } from '../period';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import { covers, permittedDepartments, permittedPeople, type IdSet } from '../scope';
import { contractsOrdered, receivablesReturned } from '../selections';
import { recordSet } from '../tables';
import { completion, targetOf, type TargetMetric } from '../targets';

/** What counts towards a target: effective contracts by order date or receivables by return date. */
const documents = (q: Question, metric: TargetMetric, people: IdSet, range: Range) =>
  metric === 'contract-amount' ? contractsOrdered(q, people, range) : receivablesReturned(q, people, range);

const doneOf = (q: Question, metric: TargetMetric, people: IdSet, range: Range): bigint =>
  sumOf<{ amount: string }>(documents(q, metric, people, range), (document) => document.amount);

const doneRecords = (q: Question, metric: TargetMetric, people: IdSet, range: Range): RecordSet =>
  recordSet(metric === 'contract-amount' ? 'contract' : 'receivable', documents(q, metric, people, range));

const metricOf = (q: Question, standard: TargetMetric): TargetMetric =>
  (q.params.metric as TargetMetric | undefined) ?? standard;

const columns = (target: bigint, done: bigint): Row => ({
  target: decimal(target),
  done: decimal(done),
  rate: completion(done, target),
});

/**
 * The axis of `contract-target-completion`, always whole months. A preset stays named in the period,
 * whose bounds are the axis.
 */
function monthAxis(q: Question): Period {
  const { preset } = q.period;
  const touched = monthsTouched(q.period);
  const keeps = preset === 'year' || preset === 'last-year' || (preset === undefined && touched.length >= 12);
  const now = monthOf(q.today);
  const range = keeps
    ? monthsRange(monthOf(q.period.from), monthOf(q.period.to))
    : monthsRange(addMonths(now, -11), now);
  return { ...q.period, ...range, bucket: 'month' };
}

export const contractTargetCompletion: ReportModel = {
  answer(q) {
    const metric = metricOf(q, 'contract-amount');
    const axis = monthAxis(q);
    const series = monthsTouched(axis).map((bucket) => ({
      bucket,
      ...columns(
        targetOf(q.world, metric, q.scope.targets, [bucket]),
        doneOf(q, metric, q.scope.people, monthsRange(bucket, bucket)),
      ),
    }));
    return { period: axis, series };
  },
  records(q, { column, bucket }) {
    if (column !== 'done') return null;
    const range = narrow(monthAxis(q), bucket);
    return doneRecords(q, metricOf(q, 'contract-amount'), q.scope.people, range);
  },
};

/** Target and done of a scope over a period; a part of a month has no target. */
export function goalProgress(q: Question, standard: TargetMetric): Row {
  const metric = metricOf(q, standard);
  const done = doneOf(q, metric, q.scope.people, q.period);
  const months = wholeMonths(q.period);
  if (!months) return { target: null, done: decimal(done), rate: null };
  return columns(targetOf(q.world, metric, q.scope.targets, months), done);
}

export const goalCompletionRate: ReportModel = {
  answer: (q) => ({ period: q.period, headline: goalProgress(q, 'receivable-amount') }),
  records: (q, { column }) =>
    column === 'done' ? doneRecords(q, metricOf(q, 'receivable-amount'), q.scope.people, q.period) : null,
};

interface Subject {
  subjectType: 'department' | 'employee';
  subjectId: string;
}

/**
 * The subjects a goal table lists, in order of id: those with a goal record of that year and metric,
 * inside filter and permission. With neither, a subject that is not (yet) known is listed too.
 */
function subjects(q: Question, metric: TargetMetric): Subject[] {
  const { world, ctx, params, scope } = q;
  const subjectType = params.employeeId === undefined ? (params.subjectType ?? 'department') : 'employee';
  const filtered =
    params.departmentId !== undefined || params.employeeId !== undefined || params.scope !== undefined;
  const visible = ((): IdSet => {
    if (subjectType === 'employee') return filtered ? scope.people : permittedPeople(world, ctx.caller);
    if (!filtered) return permittedDepartments(world, ctx.caller);
    return scope.targets.subjectType === 'department' ? scope.targets.subjects : new Set();
  })();
  const goals = world.all('goal').filter((goal: Goal) => {
    const asked = goal.metric === metric && goal.year === Number(q.period.from.slice(0, 4));
    return asked && goal.subjectType === subjectType && covers(visible, goal.subjectId);
  });
  return [...new Set(goals.map((goal) => goal.subjectId))]
    .sort(compareText)
    .map((subjectId) => ({ subjectType, subjectId }));
}

/** Whose documents a subject's `done` adds up: the employee, or the department's direct members. */
const peopleOf = (q: Question, { subjectType, subjectId }: Subject): IdSet =>
  subjectType === 'employee' ? new Set([subjectId]) : membersOf(q.world, new Set([subjectId]));

function over(q: Question, metric: TargetMetric, of: Subject[], months: string[]): Row {
  const range = monthsRange(months[0] ?? '', months.at(-1) ?? '');
  const target = of.map(({ subjectType, subjectId }) =>
    targetOf(q.world, metric, { subjectType, subjects: new Set([subjectId]) }, months),
  );
  const done = of.map((subject) => doneOf(q, metric, peopleOf(q, subject), range));
  return columns(sum(target), sum(done));
}

function goalRow(q: Question, metric: TargetMetric, subject: Subject): Row {
  const months = monthsTouched(q.period);
  const year = q.period.from.slice(0, 4);
  return {
    ...subject,
    subjectName: q.world.get(subject.subjectType, subject.subjectId)?.name ?? null,
    months: months.map((bucket) => ({ bucket, ...over(q, metric, [subject], [bucket]) })),
    quarters: [0, 1, 2, 3].map((index) => ({
      quarter: `${year}-Q${index + 1}`,
      ...over(q, metric, [subject], months.slice(3 * index, 3 * index + 3)),
    })),
    year: over(q, metric, [subject], months),
  };
}

export const goalCompletion: ReportModel = {
  answer(q) {
    const metric = metricOf(q, 'contract-amount');
    const listed = subjects(q, metric);
    return {
      period: q.period,
      rows: listed.map((subject) => goalRow(q, metric, subject)),
      series: monthsTouched(q.period).map((bucket) => ({ bucket, ...over(q, metric, listed, [bucket]) })),
    };
  },
  records(q, { column, bucket, row }) {
    if (column !== 'done') return null;
    const metric = metricOf(q, 'contract-amount');
    const listed = subjects(q, metric).filter((subject) => row === undefined || subject.subjectId === row);
    const people = new Set<string>();
    // Departments and employees never overlap in one table, so that their people can be put together.
    for (const subject of listed) peopleOf(q, subject)?.forEach((id) => people.add(id));
    return doneRecords(q, metric, people, narrow(q.period, bucket));
  },
};
