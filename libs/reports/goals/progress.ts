/** What was done for each subject of a goal table, by month. */
import { minor } from '../amounts';
import type { GoalQuery } from '../parameters';
import type { Run } from '../run';
import type { Source } from '../sources';
import { sql, type Sql } from '../sql';

interface DoneRow {
  subjectId: string;
  bucket: number;
  amount: string;
}

/** Amounts by subject and month (`YYYY-MM`), in minor units. */
export type Done = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** Done by owner, or by the department the owner is a direct member of now. */
export async function doneBySubject(
  run: Run<GoalQuery>,
  source: Source,
  subjectType: 'department' | 'employee',
): Promise<Done> {
  const buckets = run.buckets(source.date);
  const byOwner = sql`
    SELECT owner_id, ${buckets.number} AS bucket, sum(amount) AS done
    ${run.from(source)} GROUP BY owner_id, bucket`;
  const rows = await run.rows<DoneRow>(
    subjectType === 'employee'
      ? sql`SELECT owner_id AS subjectId, bucket, done AS amount FROM (${byOwner})`
      : byDepartment(run, byOwner),
  );
  const done = new Map<string, Map<string, bigint>>();
  for (const { subjectId, bucket, amount } of rows) {
    const months = done.get(subjectId) ?? new Map<string, bigint>();
    done.set(subjectId, months.set(buckets.key(bucket), minor(amount)));
  }
  return done;
}

const byDepartment = (run: Run<GoalQuery>, byOwner: Sql): Sql => sql`
  SELECT department_id AS subjectId, bucket, sum(done) AS amount
  FROM (${byOwner}) AS owners
  INNER JOIN (
    SELECT id, department_id FROM employee FINAL WHERE tenant = ${run.tenant} AND department_id != ''
  ) AS members ON members.id = owners.owner_id
  GROUP BY department_id, bucket`;

/** Done of subjects over months. */
export function doneOver(done: Done, subjects: readonly string[], months: readonly string[]): bigint {
  let sum = 0n;
  for (const subject of subjects) {
    const byMonth = done.get(subject);
    if (byMonth) for (const month of months) sum += byMonth.get(month) ?? 0n;
  }
  return sum;
}
