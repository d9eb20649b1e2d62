/** What a report declares, and what it answers. */
import type { Period, Preset } from '#calendar';
import type { Column, Names } from './columns';
import type { BaseQuery, QueryClass } from './parameters';
import type { PeriodAnswer } from './period';
import type { Drilled } from './records/list';
import type { Run } from './run';

export const GROUPS = [
  'dashboard',
  'customers',
  'funnel',
  'performance',
  'profile',
  'products',
  'goals',
  'leaderboards',
] as const;
export type ReportGroup = (typeof GROUPS)[number];

export type Chart =
  | 'cards'
  | 'bars'
  | 'grouped-bars'
  | 'line'
  | 'bars-and-line'
  | 'funnel'
  | 'gauge'
  | 'map'
  | 'ring'
  | 'pie'
  | 'table'
  | 'text';

/** Values of one row, item or headline by key: strings, numbers, null, or nested objects of them. */
export type Values = object;

export interface Page {
  offset: number;
  limit: number;
  total: number;
}

/** The parts of an answer that a report defines; the others are absent. */
export interface Body {
  /** Replaces the question's period, where the axis is another one. */
  period?: PeriodAnswer;
  series?: readonly Values[];
  rows?: readonly Values[];
  totals?: Values;
  headline?: Values;
  page?: Page;
}

/** An answer with the rows of all pages, in groups as they are read; null: the report has none. */
export interface WholeBody extends Omit<Body, 'rows' | 'page'> {
  rows: AsyncIterable<readonly Values[]> | null;
}

export interface ReportAnswer extends Body {
  report: string;
}

/** How the period of a question is asked for. */
export type PeriodKind = { kind: 'period'; standard: Preset } | { kind: 'year' } | { kind: 'none' };

/**
 * The columns of each part of the answer, in the order of the screen; `totals` names those of `rows`
 * that are totalled.
 */
export interface Columns {
  series?: readonly Column[];
  rows?: readonly Column[];
  totals?: readonly string[];
  headline?: readonly Column[];
}

/** The list behind one column; `row` is the row's id or value, null for all rows. */
export type RecordsOf<Q extends BaseQuery> = (run: Run<Q>, row: string | null) => Drilled | Promise<Drilled>;

/** Which numbers open a list of records, and which. */
export interface DrillDown<Q extends BaseQuery> {
  /**
   * What a row is: of an employee, then it narrows the scope before the list is asked for; of something
   * else, then the list takes it. Absent: there are no rows.
   */
  row?: 'employee' | 'other';
  /** The period that buckets divide, where it is not the question's. */
  axis?: (run: Run<Q>) => Period;
  /** By the column's key; the first is what a question without column means. */
  records: Readonly<Record<string, RecordsOf<Q>>>;
  /** Lists of columns that only the data knows; null for a column that does not exist. */
  others?: (run: Run<Q>, column: string, row: string | null) => Promise<Drilled | null>;
}

export interface Report<Q extends BaseQuery = BaseQuery> {
  id: string;
  group: ReportGroup;
  name: Names;
  /** What the report says, in a sentence. */
  about: Names;
  period: PeriodKind;
  query: QueryClass<Q>;
  columns: Columns;
  /** How a screen shows it; the first is what it starts with. */
  charts: readonly Chart[];
  /** The metric that stands in for an absent one, where the report takes one. */
  metric?: string;
  /** Whether `rows` come in pages. */
  paged?: boolean;
  /** Whether the scope is a leaderboard's: everybody may see it unless the tenant says otherwise. */
  board?: boolean;
  run: (run: Run<Q>) => Promise<Body>;
  /** All pages of a table too long to be held; absent: `run` gives them. */
  whole?: (run: Run<Q>) => Promise<WholeBody>;
  drill: DrillDown<Q>;
}

/** A report as the registry holds it, whatever its parameters. */
export interface AnyReport extends Omit<Report, 'query' | 'run' | 'whole' | 'drill'> {
  query: QueryClass;
  run: (run: Run<never>) => Promise<Body>;
  whole?: (run: Run<never>) => Promise<WholeBody>;
  drill: DrillDown<never>;
}

export const defineReport = <Q extends BaseQuery>(report: Report<Q>): AnyReport => report;
