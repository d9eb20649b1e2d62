import { recordsOf } from '../records/list';
import { total } from '../amounts';
import { BUCKET, EMPLOYEE_COLUMNS, PUT_IN_POOL, TAKEN_FROM_POOL } from '../columns';
import { employeeRows } from '../employees';
import { byBucketAndEmployee } from '../grouped';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { POOL_MOVES, PUT_IN, TAKEN } from '../sources';
import { sql } from '../sql';

interface Counts {
  putIn: number;
  taken: number;
}

const NONE: Counts = { putIn: 0, taken: 0 };

export default defineReport({
  id: 'pool-customers',
  group: 'customers',
  name: { 'zh-CN': '公海客户分析', en: 'Public pool' },
  about: {
    'zh-CN': '按发生时间统计进入公海与从公海领取（含分配）的次数，计入失去或得到客户的员工。',
    en: 'Moves into the public pool and out of it, counted for the employee who lost or gained the customer.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    series: [BUCKET, PUT_IN_POOL, TAKEN_FROM_POOL],
    rows: [...EMPLOYEE_COLUMNS, TAKEN_FROM_POOL, PUT_IN_POOL],
    totals: ['takenFromPool', 'putInPool'],
  },
  charts: ['grouped-bars', 'table'],
  drill: {
    row: 'employee',
    records: {
      putInPool: (run) => recordsOf(run, POOL_MOVES, { where: PUT_IN }),
      takenFromPool: (run) => recordsOf(run, POOL_MOVES, { where: TAKEN }),
    },
  },
  run: async (run) => {
    const aggregates = sql`countIf(${PUT_IN}) AS putIn, countIf(${TAKEN}) AS taken`;
    const [org, counts] = await Promise.all([
      run.org(),
      byBucketAndEmployee<Counts>(run, POOL_MOVES, aggregates),
    ]);
    const rows = employeeRows(org, run.scope, counts.employees.keys(), (id) => {
      const { putIn, taken } = counts.employees.get(id) ?? NONE;
      return { takenFromPool: taken, putInPool: putIn };
    });
    return {
      series: run.buckets(POOL_MOVES.date).fill(counts.series, NONE, (bucket, { putIn, taken }) => ({
        bucket,
        putInPool: putIn,
        takenFromPool: taken,
      })),
      rows,
      totals: {
        takenFromPool: total(rows, (row) => row.takenFromPool),
        putInPool: total(rows, (row) => row.putInPool),
      },
    };
  },
});
