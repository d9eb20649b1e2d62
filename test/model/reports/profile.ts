/** Customer profile 客户画像: the customers created in a period by province, industry, level and source. */
import type { Customer } from '#crm';
import { compareText } from '../exact';
import type { Question, ReportModel, Row } from '../question';
import { customersCreated, isDeal } from '../selections';
import { recordSet } from '../tables';
import { PROVINCE_ROWS, provinceOf, UNKNOWN } from '../provinces';

const created = (q: Question): Customer[] => customersCreated(q, q.scope.people, q.period);

const counts = (customers: Customer[]) => ({
  customers: customers.length,
  dealCustomers: customers.filter(isDeal).length,
});

function cellRecords(column: string | undefined, customers: Customer[]) {
  if (column === 'customers') return recordSet('customer', customers);
  return column === 'dealCustomers' ? recordSet('customer', customers.filter(isDeal)) : null;
}

export const customerCity: ReportModel = {
  answer: (q) => ({
    period: q.period,
    rows: PROVINCE_ROWS.map((value) => ({
      value,
      ...counts(created(q).filter((customer) => provinceOf(customer) === value)),
    })),
  }),
  records: (q, { column, row }) =>
    cellRecords(
      column,
      created(q).filter((customer) => row === undefined || provinceOf(customer) === row),
    ),
};

/** A field's value as a row names it; a blank one is 未知 (and so is the word itself). */
const valueOf = (customer: Customer, field: 'industry' | 'level' | 'source'): string => {
  const value = customer[field];
  return typeof value !== 'string' || value.trim() === '' ? UNKNOWN : value;
};

const byValue = (field: 'industry' | 'level' | 'source'): ReportModel => ({
  answer(q) {
    const customers = created(q);
    const values = [...new Set(customers.map((customer) => valueOf(customer, field)))];
    const rows: (Row & { value: string; customers: number })[] = values.map((value) => ({
      value,
      ...counts(customers.filter((customer) => valueOf(customer, field) === value)),
    }));
    rows.sort(
      (a, b) =>
        Number(a.value === UNKNOWN) - Number(b.value === UNKNOWN) ||
        b.customers - a.customers ||
        compareText(a.value, b.value),
    );
    return { period: q.period, rows };
  },
  records: (q, { column, row }) =>
    cellRecords(
      column,
      created(q).filter((customer) => row === undefined || valueOf(customer, field) === row),
    ),
});

export const customerIndustry = byValue('industry');
export const customerLevel = byValue('level');
export const customerSource = byValue('source');
