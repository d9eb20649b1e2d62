/** What the two engines do differently: how one statement gets its settings, and how rows come. */
import type { Parameters, Settings } from './parameters';
import type { Pool } from './pool';
import type { Writes } from './writes';

/** One statement's circumstances. */
export interface Call {
  settings: Settings;
  parameters: Parameters;
  /** When the caller gives up, milliseconds from now. */
  timeoutMs: number;
}

/** How rows are written down. */
export type RowFormat = 'TabSeparated' | 'RowBinary';

export interface Rows {
  format: RowFormat;
  bytes: Buffer;
}

/** A name as an identifier in SQL. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '')}\``;

export interface Engine {
  readonly name: 'clickhouse' | 'embedded';
  /** The connections that statements run on. */
  readonly pool: Pool;
  readonly writes: Writes;
  /** All rows of a SELECT. */
  query<T>(sql: string, call: Call): Promise<T[]>;
  /** Runs a statement without a result. */
  command(sql: string, call: Call): Promise<void>;
  /** Adds rows to a table. */
  insert(table: string, columns: readonly string[], rows: Rows, call: Call): Promise<void>;
  /** Runs one statement outside any database (which may not exist yet). */
  administer(statement: string): Promise<void>;
  /** The rows of a SELECT in groups, as they come. */
  stream<T>(sql: string, call: Call): AsyncIterable<T[]>;
  close(): Promise<void>;
}

/** The start of a statement that adds rows to some columns of a table. */
export const insertInto = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.map(quoteName).join(', ')})`;
