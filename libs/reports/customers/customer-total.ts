import { recordsOf } from '../records/list';
import { percent } from '#metrics';
import { decimal, minor, sumOf, total } from '../amounts';
import {
  BUCKET,
  column,
  CONTRACT_AMOUNT,
  DEAL_CUSTOMERS,
  EMPLOYEE_COLUMNS,
  NEW_CUSTOMERS,
  RECEIVED_AMOUNT,
} from '../columns';
import { employeeRows } from '../employees';
import { amountByEmployee, byBucketAndEmployee } from '../grouped';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import { CONTRACTS, CUSTOMERS, DEAL, RECEIVABLES } from '../sources';
import { sql } from '../sql';

interface Counts {
  customers: number;
  deals: number;
}

const NONE: Counts = { customers: 0, deals: 0 };

const dealRate = (deals: number, customers: number): number | null =>
  percent(BigInt(deals), BigInt(customers));

export default defineReport({
  id: 'customer-total',
  group: 'customers',
  name: { 'zh-CN': '客户总量分析', en: 'Customers gained' },
  about: {
    'zh-CN': '按创建时间统计新增客户及其中现已成交的客户，并列出每位员工的合同金额与回款金额。',
    en: 'Customers by creation and how many of them are deals now, with contract amount and payments per employee.',
  },
  period: { kind: 'period', standard: 'year' },
  query: StandardQuery,
  columns: {
    series: [BUCKET, NEW_CUSTOMERS, DEAL_CUSTOMERS],
    rows: [
      ...EMPLOYEE_COLUMNS,
      NEW_CUSTOMERS,
      DEAL_CUSTOMERS,
      column('dealRate', 'percent', '成交率', 'Deal rate'),
      CONTRACT_AMOUNT,
      RECEIVED_AMOUNT,
    ],
    totals: ['newCustomers', 'dealCustomers', 'dealRate', 'contractAmount', 'receivedAmount'],
  },
  charts: ['grouped-bars', 'table'],
  drill: {
    row: 'employee',
    records: {
      newCustomers: (run) => recordsOf(run, CUSTOMERS),
      dealCustomers: (run) => recordsOf(run, CUSTOMERS, { where: DEAL }),
      dealRate: (run) => recordsOf(run, CUSTOMERS),
      contractAmount: (run) => recordsOf(run, CONTRACTS),
      receivedAmount: (run) => recordsOf(run, RECEIVABLES),
    },
  },
  run: async (run) => {
    const [org, counts, contracts, receivables] = await Promise.all([
      run.org(),
      byBucketAndEmployee<Counts>(run, CUSTOMERS, sql`count() AS customers, countIf(${DEAL}) AS deals`),
      amountByEmployee(run, CONTRACTS),
      amountByEmployee(run, RECEIVABLES),
    ]);
    const found = [...counts.employees.keys(), ...contracts.keys(), ...receivables.keys()];
    const rows = employeeRows(org, run.scope, found, (id) => {
      const { customers, deals } = counts.employees.get(id) ?? NONE;
      return {
        newCustomers: customers,
        dealCustomers: deals,
        dealRate: dealRate(deals, customers),
        contractAmount: decimal(minor(contracts.get(id))),
        receivedAmount: decimal(minor(receivables.get(id))),
      };
    });
    const newCustomers = total(rows, (row) => row.newCustomers);
    const dealCustomers = total(rows, (row) => row.dealCustomers);
    return {
      series: run.buckets(CUSTOMERS.date).fill(counts.series, NONE, (bucket, { customers, deals }) => ({
        bucket,
        newCustomers: customers,
        dealCustomers: deals,
      })),
      rows,
      totals: {
        newCustomers,
        dealCustomers,
        dealRate: dealRate(dealCustomers, newCustomers),
        contractAmount: decimal(sumOf(contracts.values(), minor)),
        receivedAmount: decimal(sumOf(receivables.values(), minor)),
      },
    };
  },
});
