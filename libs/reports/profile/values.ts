/** Customers by the value of one of their fields. */
import { column, CUSTOMER_COUNT, DEAL_CUSTOMERS, type Names } from '../columns';
import { StandardQuery } from '../parameters';
import { recordsOf, type RecordList } from '../records/list';
import { defineReport, type AnyReport } from '../report';
import type { Run } from '../run';
import { CUSTOMERS, DEAL } from '../sources';
import { raw, sql, texts, type Sql } from '../sql';
import { compareText } from '#text';
import { UNKNOWN } from './provinces';

export interface ValueCount {
  value: string;
  customers: number;
  deals: number;
}

/** A field of customers that profiles are made of. */
export type ProfileField = 'province' | 'industry' | 'level' | 'source';

/** Customers created in the period, in scope, by the recorded value. */
export const customersByValue = (run: Run, field: ProfileField): Promise<ValueCount[]> =>
  run.rows<ValueCount>(sql`
    SELECT ${raw(field)} AS value, count() AS customers, countIf(${DEAL}) AS deals
    ${run.from(CUSTOMERS)} GROUP BY ${raw(field)}`);

/** A recorded value as the profile shows it: blank is unknown. */
export const shownValue = (value: string): string => (value.trim() === '' ? UNKNOWN : value);

/**
 * The customers behind a row: those whose recorded value the table shows as this row (null: any row),
 * by the same function that made the table.
 */
export async function customersOfRow(
  run: Run,
  field: ProfileField,
  shownAs: (value: string) => string,
  row: string | null,
  where: Sql = raw('1'),
): Promise<RecordList> {
  if (row === null) return recordsOf(run, CUSTOMERS, { where });
  const values = (await customersByValue(run, field)).map(({ value }) => value);
  const ofRow = texts(values.filter((value) => shownAs(value) === row));
  return recordsOf(run, CUSTOMERS, { where: sql`${where} AND ${raw(field)} IN ${ofRow}` });
}

/** Values by number of customers, then by value; unknown last. */
function profile(
  found: readonly ValueCount[],
): { value: string; customers: number; dealCustomers: number }[] {
  const rows = new Map<string, { value: string; customers: number; dealCustomers: number }>();
  for (const { value, customers, deals } of found) {
    const shown = shownValue(value);
    const row = rows.get(shown) ?? { value: shown, customers: 0, dealCustomers: 0 };
    row.customers += customers;
    row.dealCustomers += deals;
    rows.set(shown, row);
  }
  const isUnknown = (value: string): number => (value === UNKNOWN ? 1 : 0);
  return [...rows.values()].sort(
    (a, b) =>
      isUnknown(a.value) - isUnknown(b.value) || b.customers - a.customers || compareText(a.value, b.value),
  );
}

/** The report of a profile by one field. */
export function profileReport(
  id: string,
  field: ProfileField,
  name: Names,
  about: Names,
  value: Names,
): AnyReport {
  return defineReport({
    id,
    group: 'profile',
    name,
    about,
    period: { kind: 'period', standard: 'year' },
    query: StandardQuery,
    columns: { rows: [column('value', 'text', value['zh-CN'], value.en), CUSTOMER_COUNT, DEAL_CUSTOMERS] },
    charts: ['ring', 'table'],
    drill: {
      row: 'other',
      records: {
        customers: (run, row) => customersOfRow(run, field, shownValue, row),
        dealCustomers: (run, row) => customersOfRow(run, field, shownValue, row, DEAL),
      },
    },
    run: async (run) => ({ rows: profile(await customersByValue(run, field)) }),
  });
}
