import { AVG_DAYS, column, DEAL_CUSTOMERS } from '../columns';
import { StandardQuery } from '../parameters';
import { byProvince, provinceOf } from '../profile/provinces';
import { customersOfRow } from '../profile/values';
import { defineReport } from '../report';
import { DEAL } from '../sources';
import { sql } from '../sql';
import { addDays, DATED_DEAL, dealDays, DEALS, shownDays, type DealDays } from './deal-days';

export default defineReport({
  id: 'deal-cycle-region',
  group: 'customers',
  name: { 'zh-CN': '地区成交周期', en: 'Deal cycle by region' },
  about: {
    'zh-CN': '期间内创建且现已成交的客户，从创建到成交的平均天数，按省份统计。',
    en: 'Average days from creation to deal of customers created in the period that are deals now, by province.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    rows: [column('value', 'text', '省份', 'Province'), AVG_DAYS, DEAL_CUSTOMERS],
    totals: ['avgDays', 'dealCustomers'],
  },
  charts: ['grouped-bars', 'table'],
  drill: {
    row: 'other',
    records: {
      dealCustomers: (run, row) => customersOfRow(run, 'province', provinceOf, row, DEAL),
      avgDays: (run, row) => customersOfRow(run, 'province', provinceOf, row, DATED_DEAL),
    },
  },
  run: async (run) => {
    const found = await run.rows<DealDays & { value: string }>(sql`
      SELECT province AS value, ${dealDays(run)} ${run.from(DEALS)} GROUP BY province`);
    const rows = byProvince(found).map(({ value, found }) => ({ value, ...shownDays(addDays(found)) }));
    return { rows, totals: shownDays(addDays(found)) };
  },
});
