import { recordsOf } from '../records/list';
import { AVG_DAYS, BUCKET, DEAL_CUSTOMERS, EMPLOYEE_COLUMNS } from '../columns';
import { employeeRows } from '../employees';
import { byBucketAndEmployee } from '../grouped';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { CUSTOMERS } from '../sources';
import { DATED_DEAL, dealDays, DEALS, NO_DEALS, shownDays, type DealDays } from './deal-days';

export default defineReport({
  id: 'deal-cycle-employee',
  group: 'customers',
  name: { 'zh-CN': '员工客户成交周期', en: 'Deal cycle by employee' },
  about: {
    'zh-CN': '期间内创建且现已成交的客户，从创建到成交的平均天数，按创建时间与员工统计。',
    en: 'Average days from creation to deal of customers created in the period that are deals now, by bucket and employee.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    series: [BUCKET, AVG_DAYS, DEAL_CUSTOMERS],
    rows: [...EMPLOYEE_COLUMNS, AVG_DAYS, DEAL_CUSTOMERS],
    totals: ['avgDays', 'dealCustomers'],
  },
  charts: ['grouped-bars', 'table'],
  drill: {
    row: 'employee',
    records: {
      dealCustomers: (run) => recordsOf(run, DEALS),
      avgDays: (run) => recordsOf(run, CUSTOMERS, { where: DATED_DEAL }),
    },
  },
  run: async (run) => {
    const [org, deals] = await Promise.all([
      run.org(),
      byBucketAndEmployee<DealDays>(run, DEALS, dealDays(run), { altogether: true }),
    ]);
    return {
      series: run
        .buckets(CUSTOMERS.date)
        .fill(deals.series, NO_DEALS, (bucket, row) => ({ bucket, ...shownDays(row) })),
      rows: employeeRows(org, run.scope, deals.employees.keys(), (id) =>
        shownDays(deals.employees.get(id) ?? NO_DEALS),
      ),
      totals: shownDays(deals.all ?? NO_DEALS),
    };
  },
});
