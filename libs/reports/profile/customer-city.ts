import { total } from '../amounts';
import { column, CUSTOMER_COUNT, DEAL_CUSTOMERS } from '../columns';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { DEAL } from '../sources';
import { byProvince, provinceOf } from './provinces';
import { customersByValue, customersOfRow } from './values';

export default defineReport({
  id: 'customer-city',
  group: 'profile',
  name: { 'zh-CN': '城市分布分析', en: 'Customers by province' },
  about: {
    'zh-CN': '期间内创建的客户及其中现已成交的客户，按省份统计。',
    en: 'Customers created in the period and how many of them are deals now, by province.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: { rows: [column('value', 'text', '省份', 'Province'), CUSTOMER_COUNT, DEAL_CUSTOMERS] },
  charts: ['map', 'table'],
  drill: {
    row: 'other',
    records: {
      customers: (run, row) => customersOfRow(run, 'province', provinceOf, row),
      dealCustomers: (run, row) => customersOfRow(run, 'province', provinceOf, row, DEAL),
    },
  },
  run: async (run) => {
    const found = await customersByValue(run, 'province');
    return {
      rows: byProvince(found).map(({ value, found }) => ({
        value,
        customers: total(found, ({ customers }) => customers),
        dealCustomers: total(found, ({ deals }) => deals),
      })),
    };
  },
});
