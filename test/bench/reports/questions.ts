/** What each report is asked: the year unfiltered, a month, a department with all below it, one employee. */
import type { AnyReport } from '#reports';
import type { Warehouse } from '#warehouse';
import { TODAY } from './fill';

export interface Question {
  /** `year`, `month`, `department` or `employee`. */
  name: string;
  query: Record<string, string>;
}

/** Somebody whose numbers are asked for alone. */
export interface Asked {
  departmentId: string;
  employeeId: string;
}

/** The best seller, and the department below the root with the most below it. */
export async function askedOf(warehouse: Warehouse, tenant: string): Promise<Asked> {
  const options = { tag: { report: 'bench', tenant } };
  const id = async (sql: string): Promise<string> => {
    const [row] = await warehouse.query<{ id: string }>(sql, { tenant }, options);
    if (!row) throw new Error('nothing was filled');
    return row.id;
  };
  return {
    employeeId: await id(
      `SELECT owner_id AS id FROM contract WHERE tenant = {tenant:String} GROUP BY id ORDER BY count() DESC, id LIMIT 1`,
    ),
    departmentId: await id(
      `SELECT parent_id AS id FROM department WHERE tenant = {tenant:String} AND parent_id != ''
       GROUP BY id ORDER BY count() DESC, id LIMIT 1`,
    ),
  };
}

export function questionsTo(report: AnyReport, { departmentId, employeeId }: Asked): Question[] {
  const period = (preset: string): Record<string, string> => {
    if (report.period.kind === 'period') return { preset };
    return report.period.kind === 'year' ? { year: TODAY.slice(0, 4) } : {};
  };
  const questions: Question[] = [{ name: 'year', query: period('year') }];
  if (report.period.kind === 'period') questions.push({ name: 'month', query: period('month') });
  questions.push({ name: 'department', query: { ...period('year'), departmentId } });
  if (report.group !== 'leaderboards' && report.id !== 'dashboard-leaderboard') {
    questions.push({ name: 'employee', query: { ...period('year'), employeeId } });
  }
  return questions;
}
