/** Columns of a table as a screen shows them. */
import type { Column, Row } from '../api/types';

const NUMBERS: readonly string[] = ['money', 'quantity', 'count', 'percent', 'days', 'rank'];
export const isNumber = ({ type }: Column): boolean => NUMBERS.includes(type);

/** Without ids whose name stands beside them; a column of counts becomes one column for each option. */
export function shownColumns(columns: readonly Column[], rows: readonly Row[]): Column[] {
  const named = new Set(columns.filter(({ key }) => key.endsWith('Name')).map(({ key }) => key.slice(0, -4)));
  return columns
    .filter(({ key, type }) => type !== 'id' || !named.has(key.replace(/Id$/, '')))
    .filter(({ type, key }) => !(type === 'id' && key === 'contractId'))
    .flatMap((column) => (column.type === 'counts' ? optionsOf(column, rows) : [column]));
}

type Counts = readonly (readonly [option: string, count: number])[];

const countsOf = (row: Row | undefined): Counts => (row?.counts ?? []) as Counts;

/** Options in the order the answer gives them; all rows have the same. */
const optionsOf = ({ key }: Column, [row]: readonly Row[]): Column[] =>
  countsOf(row).map(([option]) => ({
    key: `${key}.${option}`,
    label: { 'zh-CN': option, en: option },
    type: 'count',
  }));

/** Rows with the counts of options as values of their own. */
export const flattened = (row: Row): Row => ({
  ...row,
  ...Object.fromEntries(countsOf(row).map(([option, count]) => [`counts.${option}`, count])),
});
