import type { TargetMetric } from '#metrics';
import { bucketsOf, civil } from '#calendar';
import { decimal, sumOf } from '../amounts';
import { BUCKET, column, DONE, RATE, TARGET } from '../columns';
import { badParameter } from '../errors';
import type { Org } from '../org';
import { GoalQuery } from '../parameters';
import { recordsOf, type RecordList } from '../records/list';
import { defineReport } from '../report';
import type { Run } from '../run';
import { intersect, permittedDepartments, scopeOfMembers, scopeOfPeople, type IdSet } from '../scope';
import { completion, DONE_SOURCES, readTargets, type Targets } from '../targets';
import { compareText } from '#text';
import { doneBySubject, doneOver, type Done } from './progress';

const STANDARD_METRIC: TargetMetric = 'contract-amount';

export type SubjectType = 'department' | 'employee';

interface Progress {
  target: string;
  done: string;
  rate: number | null;
}

interface GoalRow {
  subjectType: SubjectType;
  subjectId: string;
  subjectName: string | null;
  months: ({ bucket: string } & Progress)[];
  quarters: ({ quarter: string } & Progress)[];
  year: Progress;
}

/** @throws BadParameters when the subject type contradicts the filter. */
export function subjectTypeOf({ subjectType, employeeId }: GoalQuery): SubjectType {
  if (employeeId === undefined) return subjectType ?? 'department';
  if (subjectType === 'department') {
    throw badParameter('subjectType', 'is department, but employeeId names an employee');
  }
  return 'employee';
}

/** Who may be listed (null: whoever has a goal). Departments show only to those who may see them whole. */
export function visibleSubjects(run: Run<GoalQuery>, type: SubjectType, org: Org): IdSet {
  if (type === 'employee') return run.scope.people;
  const visible = permittedDepartments(run.context.caller, org);
  const { departmentId } = run.query;
  return departmentId === undefined ? visible : intersect(org.departmentTree(departmentId), visible);
}

/** The same question about the people whose documents count for the subjects. */
export function overMembers(
  run: Run<GoalQuery>,
  type: SubjectType,
  visible: IdSet,
  org: Org,
): Run<GoalQuery> {
  return type === 'employee' || visible === null ? run : run.with({ scope: scopeOfMembers(visible, org) });
}

function progress(
  targets: Targets,
  done: Done,
  subjects: readonly string[],
  months: readonly string[],
): Progress {
  const target = sumOf(subjects, (subject) => sumOf(months, (month) => targets.of(subject, month)));
  const reached = doneOver(done, subjects, months);
  return { target: decimal(target), done: decimal(reached), rate: completion(reached, target) };
}

/** The documents of a subject's people, or of all subjects that are listed. */
async function doneRecords(run: Run<GoalQuery>, row: string | null): Promise<RecordList> {
  const type = subjectTypeOf(run.query);
  const metric = run.query.metric ?? STANDARD_METRIC;
  const org = await run.org();
  const visible = visibleSubjects(run, type, org);
  const targets = await readTargets(run, metric, { type, ids: visible }, run.period);
  const subjects = new Set(targets.subjects.filter((id) => row === null || id === row));
  const scope = type === 'employee' ? scopeOfPeople(subjects) : scopeOfMembers(subjects, org);
  return recordsOf(run.with({ scope }), DONE_SOURCES[metric]);
}

const QUARTERS = [0, 1, 2, 3];

export default defineReport({
  id: 'goal-completion',
  group: 'goals',
  name: { 'zh-CN': '业绩目标完成情况', en: 'Goal completion' },
  about: {
    'zh-CN': '有目标的部门或员工逐月、逐季度及全年的目标、完成金额与完成率；部门只计直属成员。',
    en: 'Target, done and rate of the departments or employees with a goal, by month, quarter and year; a department covers its direct members.',
  },
  period: { kind: 'year' },
  query: GoalQuery,
  metric: STANDARD_METRIC,
  columns: {
    rows: [
      column('subjectType', 'text', '类型', 'Type'),
      column('subjectId', 'id', '编号', 'Id'),
      column('subjectName', 'text', '名称', 'Name'),
      TARGET,
      DONE,
      RATE,
    ],
    series: [BUCKET, TARGET, DONE, RATE],
  },
  charts: ['bars-and-line', 'table'],
  drill: { row: 'other', records: { done: doneRecords } },
  run: async (run) => {
    const type = subjectTypeOf(run.query);
    const metric = run.query.metric ?? STANDARD_METRIC;
    const org = await run.org();
    const visible = visibleSubjects(run, type, org);
    const [targets, done] = await Promise.all([
      readTargets(run, metric, { type, ids: visible }, run.period),
      doneBySubject(overMembers(run, type, visible, org), DONE_SOURCES[metric], type),
    ]);
    const subjects = targets.subjects.sort(compareText);
    const names = type === 'employee' ? org.employees : org.departments;
    const months = bucketsOf(run.period, 'month');
    const { year } = civil(run.period.from);
    const rows = subjects.map((subjectId): GoalRow => {
      const over = (months: readonly string[]): Progress => progress(targets, done, [subjectId], months);
      return {
        subjectType: type,
        subjectId,
        subjectName: names.get(subjectId)?.name ?? null,
        months: months.map((bucket) => ({ bucket, ...over([bucket]) })),
        quarters: QUARTERS.map((index) => ({
          quarter: `${year}-Q${index + 1}`,
          ...over(months.slice(3 * index, 3 * index + 3)),
        })),
        year: over(months),
      };
    });
    const series = months.map((bucket) => ({ bucket, ...progress(targets, done, subjects, [bucket]) }));
    return { rows, series };
  },
});
