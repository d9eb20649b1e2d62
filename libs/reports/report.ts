/** What a report declares, and what it answers. */
import type { EntityName } from '#crm';
import type { Preset } from '#calendar';
import type { Column, Names } from './columns';
import type { BaseQuery, QueryClass } from './parameters';
import type { PeriodAnswer } from './period';
import type { Run } from './run';
import type { Sql } from './sql';

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

/** The records behind a number. */
export interface RecordSet {
  entity: EntityName;
  /** Conditions on the entity's table, tenant included. */
  where: Sql;
  /** Newest first; the id decides between equals. Column or expression. */
  order: string;
  /** What the number is: their count or the sum of a money field. */
  measure?: RecordMeasure;
}

export type RecordMeasure = 'count' | { sum: string };

export type RecordsOf<Q extends BaseQuery> = (
  run: Run<Q>,
  row: string | null,
) => RecordSet | Promise<RecordSet>;

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
  /** Whether `rows` come in pages. */
  paged?: boolean;
  /** Whether the scope is a leaderboard's: everybody may see it unless the tenant says otherwise. */
  board?: boolean;
  run: (run: Run<Q>) => Promise<Body>;
}

/** A report as the registry holds it, whatever its parameters. */
export interface AnyReport extends Omit<Report, 'query' | 'run'> {
  query: QueryClass;
  run: (run: Run<never>) => Promise<Body>;
}

export const defineReport = <Q extends BaseQuery>(report: Report<Q>): AnyReport => report;
