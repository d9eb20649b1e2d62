/** What the two engines do differently: how one statement gets its settings, and how rows stream. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Parameters, Settings } from './parameters';

/** One statement's circumstances. */
export interface Call {
  settings: Settings;
  parameters: Parameters;
  /** When the caller gives up, milliseconds from now. */
  timeoutMs: number;
}

/** What goes into the client's call besides the statement. */
export interface Bound {
  clickhouse_settings?: Record<string, string | number>;
  query_params?: Record<string, unknown>;
  abort_signal?: AbortSignal;
}

export type Access = 'read' | 'write';

/** A name as an identifier in SQL. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '')}\``;

export interface Engine {
  readonly name: 'clickhouse' | 'embedded';
  /** Runs `work` with a client whose statements have the call's settings and parameters. */
  run<T>(
    access: Access,
    call: Call,
    work: (client: ClickHouseClient, bound: Bound) => Promise<T>,
  ): Promise<T>;
  /** Adds TabSeparated rows to a table. */
  insert(table: string, columns: readonly string[], rows: Buffer, call: Call): Promise<void>;
  /** Runs one statement outside any database (which may not exist yet). */
  administer(statement: string): Promise<void>;
  /** The rows of a SELECT in groups, as they come. */
  stream<T>(sql: string, call: Call): AsyncIterable<T[]>;
  close(): Promise<void>;
}
