/** What the API answers, as far as screens read it. Money and quantities are decimal strings. */
import type { ColumnType as ReportColumnType, Names } from '../../../../libs/reports/columns';

export type { Names };

/** `choice`: a word of a closed list; lists of records only. */
export type ColumnType = ReportColumnType | 'choice';

export interface Column {
  key: string;
  label: Names;
  type: ColumnType;
}
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

export interface Parameter {
  name: string;
  label: Names;
  type: 'choice' | 'date' | 'id' | 'integer';
  values?: string[];
  default?: string | number;
}

export interface CatalogueEntry {
  id: string;
  group: string;
  name: Names;
  about: Names;
  parameters: Parameter[];
  columns: { series?: Column[]; rows?: Column[]; headline?: Column[]; totals?: string[] };
  charts: Chart[];
  paged: boolean;
  records: { columns: string[]; byRow: boolean; byBucket: boolean };
}

export interface Period {
  preset?: string;
  from: string;
  to: string;
  bucket?: 'day' | 'month';
  timeZone: string;
}

export interface Freshness {
  asOf: string | null;
  lagMs: number | null;
}

export type Value = string | number | null | undefined;
export type Row = Record<string, unknown>;

export interface Page {
  offset: number;
  limit: number;
  total: number;
}

export interface ReportAnswer {
  report: string;
  period?: Period;
  series?: Row[];
  rows?: Row[];
  totals?: Row;
  headline?: Record<string, unknown>;
  page?: Page;
  freshness: Freshness;
}

export interface RecordsAnswer {
  report: string;
  cell: { column: string; bucket?: string; row?: string };
  columns?: Column[];
  rows: Row[];
  totals: Row;
  page: Page;
}

export interface BoardRow {
  rank: number;
  employeeId: string;
  employeeName: string | null;
  departmentId: string | null;
  departmentName: string | null;
  /** A decimal string for money and quantities, else a number. */
  value: string | number;
  previousRank?: number | null;
  /** Where the employee's picture is, from a host that the tenant allows. */
  avatarUrl?: string;
}

export interface BoardAnswer {
  report: string;
  period: Period;
  rows: BoardRow[];
  around?: BoardRow[] | null;
  source: 'live' | 'warehouse';
  freshness: Freshness;
}

export interface FeedItem {
  key: string;
  kind: 'deal-won';
  at: string;
  employeeId: string | null;
  employeeName: string | null;
  customerName: string | null;
  amount: string;
  avatarUrl?: string;
}

export interface GoalProgress {
  period: Period;
  metric: string;
  target: string;
  done: string;
  rate: number | null;
}

/** How complete each source of numbers is. */
export type SinkFreshness = Record<BoardAnswer['source'], Freshness>;

export interface Goal {
  id: string;
  subjectType: 'department' | 'employee';
  subjectId: string;
  year: number;
  metric: string;
  months: string[];
}

export interface Named {
  id: string;
  name: string | null;
  departmentId?: string | null;
}
