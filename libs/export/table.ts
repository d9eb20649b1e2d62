/** Tables as files hold them: typed cells, rows in groups as they come. */

/**
 * A value with what it is. Decimals are exact texts with two places; dates `YYYY-MM-DD`; local times
 * `YYYY-MM-DD hh:mm:ss`. Null is an empty cell.
 */
export type Cell =
  | { readonly type: 'text' | 'decimal' | 'date' | 'time'; readonly value: string }
  | { readonly type: 'integer' | 'percent' | 'days'; readonly value: number }
  | null;

export type Row = readonly Cell[];

export interface Header {
  label: string;
  /** What most of the column's cells are; decides how wide it is. */
  type: NonNullable<Cell>['type'];
}

export interface Table {
  /** Heading of a section, name of a sheet. */
  title: string;
  header: readonly Header[];
  /** Read while the file is written, and written a group at a time. */
  rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
}

/** Everything a file holds. */
export interface Document {
  /** The tables, in the order of the screen. */
  tables: readonly Table[];
  /** What the tables are about; a sheet of its own where there are sheets. */
  cover: Table;
}

export const text = (value: string): Cell => ({ type: 'text', value });

/**
 * Whether a spreadsheet might take a text for a formula: by its first character, line ends and the wide
 * forms that Chinese and Japanese keyboards give included.
 */
export const looksLikeFormula = (value: string): boolean => /^[=+\-@\t\r\n＝＋－＠]/.test(value);
