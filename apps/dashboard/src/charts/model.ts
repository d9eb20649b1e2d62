/** What a chart shows, apart from how it is drawn: from a report's columns and its answer. */
import type { CatalogueEntry, Chart, Column, ColumnType, ReportAnswer, Row } from '../api/types';
import { size } from '../i18n/numbers';

export interface ChartSeries {
  key: string;
  type: ColumnType;
  as: 'bar' | 'line';
  /** 0 on the left, 1 on the right. */
  axis: 0 | 1;
  /** A gap where the value is not defined. */
  values: (number | null)[];
}

export interface ChartModel {
  shape: 'axes' | 'horizontal' | 'pie';
  /** The bucket, or the row's id or value, of each place. */
  keys: string[];
  /** Where places are buckets, their labels come from the language; else these are the names. */
  names: string[] | null;
  series: ChartSeries[];
}

const TOP = 10;
/** Kinds that the screen draws itself, without the chart library. */
export const OWN_CHARTS: readonly Chart[] = ['cards', 'funnel', 'gauge', 'map', 'table', 'text'];

const NAME_KEYS = [
  'value',
  'employeeName',
  'productName',
  'categoryName',
  'stageName',
  'subjectName',
  'name',
];
const ID_KEYS = ['value', 'employeeId', 'productId', 'categoryId', 'stageId', 'subjectId', 'contractId'];

/** On boards `value` is the number, not the name. */
const isNumber = ({ type }: Column): boolean =>
  ['money', 'quantity', 'count', 'percent', 'days'].includes(type);

/** The id or value that stands for a row in a question about its records. */
export function rowKey(row: Row, columns: readonly Column[]): string | null {
  const key = ID_KEYS.find((name) => columns.some((column) => column.key === name && !isNumber(column)));
  const value = key === undefined ? undefined : row[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** What a row is called; null where the name is unknown. */
export function rowName(row: Row, columns: readonly Column[]): string | null {
  const key = NAME_KEYS.find((name) => columns.some((column) => column.key === name && !isNumber(column)));
  const value = key === undefined ? undefined : row[key];
  return typeof value === 'string' ? value : null;
}

const numberOf = (value: unknown): number | null =>
  value === null || value === undefined ? null : size(value);

/**
 * The chart of an answer, or null where the report has none (a table, or one the screen draws itself).
 * Charts by time when the report has buckets, else by its rows.
 */
export function chartModel(entry: CatalogueEntry, answer: ReportAnswer, kind: Chart): ChartModel | null {
  if (OWN_CHARTS.includes(kind)) return null;
  const columns = entry.columns.series ?? entry.columns.rows ?? [];
  const byTime = entry.columns.series !== undefined;
  const all = (byTime ? answer.series : answer.rows) ?? [];
  const numbers = columns.filter(isNumber);
  const pie = kind === 'pie' || kind === 'ring';
  const horizontal = !byTime && kind === 'bars';
  const rows = horizontal ? all.slice(0, TOP) : all;
  // Shares of percentages say nothing: a pie takes what adds up.
  const additive = numbers.filter(({ type }) => type !== 'percent' && type !== 'days');
  const shown = kind === 'ring' ? additive : kind === 'pie' ? additive.slice(-1) : targetLast(numbers);
  return {
    shape: pie ? 'pie' : horizontal ? 'horizontal' : 'axes',
    keys: rows.map((row) => (byTime ? String(row['bucket']) : (rowKey(row, columns) ?? ''))),
    names: byTime ? null : rows.map((row) => rowName(row, columns) ?? rowKey(row, columns) ?? ''),
    series: shown.map((column) => ({
      key: column.key,
      type: column.type,
      as: drawnAs(column, kind),
      axis: axisOf(column, numbers, kind),
      values: rows.map((row) => numberOf(row[column.key])),
    })),
  };
}

/** What was done comes first, and so in the first colour; the target is the line it is held against. */
const targetLast = (columns: readonly Column[]): Column[] => [
  ...columns.filter(({ key }) => key !== 'target'),
  ...columns.filter(({ key }) => key === 'target'),
];

function drawnAs({ key, type }: Column, kind: Chart): 'bar' | 'line' {
  if (kind === 'line') return 'line';
  if (kind === 'bars' || kind === 'grouped-bars') return 'bar';
  return type === 'percent' || key === 'target' ? 'line' : 'bar';
}

/** Other units than the first column's stand on the right; so do pairs that the reports draw on two axes. */
function axisOf(column: Column, all: readonly Column[], kind: Chart): 0 | 1 {
  const first = all[0];
  if (!first || column === first) return 0;
  if (column.type !== first.type) return 1;
  return kind === 'grouped-bars' && column.key === 'followedCustomers' ? 1 : 0;
}
