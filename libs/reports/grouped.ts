/** One pass over the records of a source, grouped by bucket, by employee and altogether. */
import type { FromOptions, Run } from './run';
import type { Source } from './sources';
import { raw, sql, type Sql } from './sql';
import { indexBy } from './amounts';

export interface Grouped<A> {
  series: (A & { bucket: number })[];
  employees: ReadonlyMap<string, A>;
  /** All of it, if asked for; undefined when there is none. */
  all: A | undefined;
}

interface Keys {
  anyBucket: 0 | 1;
  anyEmployee: 0 | 1;
  bucket: number;
  employee: string;
}

/** `aggregates` are the columns of `A`, as they stand in a SELECT; `altogether` asks for them over all records too. */
export async function byBucketAndEmployee<A extends object>(
  run: Run,
  source: Source,
  aggregates: Sql,
  options: FromOptions & { altogether?: boolean } = {},
): Promise<Grouped<A>> {
  const buckets = run.buckets(source.date);
  const rows = await run.rows<A & Keys>(sql`
    SELECT grouping(bucket) AS anyBucket, grouping(employee) AS anyEmployee,
           ${buckets.number} AS bucket, ${raw(source.owner)} AS employee, ${aggregates}
    ${run.from(source, options)}
    GROUP BY GROUPING SETS ((bucket), (employee)${raw(options.altogether ? ', ()' : '')})`);
  return {
    series: rows.filter(({ anyBucket }) => anyBucket === 0),
    employees: indexBy(
      rows.filter(({ anyEmployee }) => anyEmployee === 0),
      ({ employee }) => employee,
    ),
    all: rows.find(({ anyBucket, anyEmployee }) => anyBucket === 1 && anyEmployee === 1),
  };
}

/** Σ amount by employee, in the period. */
export async function amountByEmployee(run: Run, source: Source): Promise<ReadonlyMap<string, string>> {
  const owner = raw(source.owner);
  const rows = await run.rows<{ employee: string; amount: string }>(
    sql`SELECT ${owner} AS employee, sum(amount) AS amount ${run.from(source)} GROUP BY ${owner}`,
  );
  return new Map(rows.map(({ employee, amount }) => [employee, amount]));
}
