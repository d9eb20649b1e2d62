import { recordsOf } from '../records/list';
import { EMPLOYEE_COLUMNS } from '../columns';
import { employeeRows } from '../employees';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { readSettings } from '../settings';
import { RETURN_VISITS } from '../sources';
import { sql } from '../sql';
import {
  answerRecords,
  contractVisits,
  countAnswers,
  COUNTS_COLUMN,
  groupBy,
  LINKED,
  VISITS_COLUMN,
  type AnswerCount,
} from './visits';

type EmployeeAnswers = AnswerCount & { employee: string };

export default defineReport({
  id: 'satisfaction-employee',
  group: 'customers',
  name: { 'zh-CN': '员工客户满意度分析', en: 'Satisfaction by employee' },
  about: {
    'zh-CN': '期间内关联合同的回访次数及各满意度选项的次数，按回访人统计；未回答的只计入回访次数。',
    en: 'Return visits linked to a contract and their answers, by visitor; visits without answer count as visits only.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: { rows: [...EMPLOYEE_COLUMNS, VISITS_COLUMN, COUNTS_COLUMN], totals: ['visits', 'counts'] },
  charts: ['table'],
  drill: {
    row: 'employee',
    records: { visits: (run) => recordsOf(run, RETURN_VISITS, { where: LINKED }) },
    others: (run, option) => answerRecords(run, option, LINKED),
  },
  run: async (run) => {
    const [org, { satisfactionOptions }, found] = await Promise.all([
      run.org(),
      readSettings(run),
      run.rows<EmployeeAnswers>(sql`
        SELECT visitor_id AS employee, satisfaction, count() AS visits
        ${contractVisits(run)} GROUP BY visitor_id, satisfaction`),
    ]);
    const byEmployee = groupBy(found, ({ employee }) => employee);
    return {
      rows: employeeRows(org, run.scope, byEmployee.keys(), (id) =>
        countAnswers(satisfactionOptions, byEmployee.get(id) ?? []),
      ),
      totals: countAnswers(satisfactionOptions, found),
    };
  },
});
