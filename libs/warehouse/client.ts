/**
 * The warehouse: one client over a ClickHouse server or the embedded engine, with the same SQL, the
 * same settings and the same errors on both.
 */
import {
  CLUSTER_COMMAND_SETTINGS,
  CLUSTER_INSERT_SETTINGS,
  CLUSTER_READ_SETTINGS,
  type ClusterPlace,
} from './cluster';
import { quoteName, type Call, type Engine, type RowFormat } from './engine';
import { EmbeddedEngine } from './embedded';
import { insertError, queryError } from './errors';
import type { Parameters, Settings } from './parameters';
import type { Pool } from './pool';
import type { Writes } from './writes';
import { ServerEngine, type ServerTls } from './server';

export interface WarehouseOptions {
  /** ClickHouse server, `http(s)://user:password@host:port/database`; unset: embedded in `dataDir`. */
  url?: string | undefined;
  /** Data folder of the embedded engine. */
  dataDir: string;
  /** Database; default: the one the URL names, else `default`. */
  database?: string;
  /** The cluster over which the server's tables are distributed; unset: it holds them alone. */
  cluster?: string | undefined;
  /** Refuse inserts and commands. */
  readOnly?: boolean;
  /** Certificates for https, beside the system's own. */
  tls?: ServerTls;
  /** What a query may take that says nothing itself. */
  limits?: QueryLimits;
}

export interface QueryLimits {
  timeoutMs: number;
  maxMemoryBytes: number;
}

export interface QueryOptions {
  /** Who asks, kept in ClickHouse's query log. */
  tag: { report: string; tenant: string };
  /** Default: the warehouse's, 10 s. Beyond it: {@link WarehouseTimeout}. */
  timeoutMs?: number;
  /** Default: the warehouse's, 2 GiB. Beyond it: {@link WarehouseTimeout}. */
  maxMemoryBytes?: number;
}

/**
 * Values in rows: decimals are exact strings with all their decimal places, dates `YYYY-MM-DD`,
 * instants `YYYY-MM-DD hh:mm:ss.ffffff` in their column's zone, integers up to 64 bits numbers (so
 * exact to 2^53; select wider ones by `toString` or `hex`), a missing joined value null.
 */
export interface Warehouse {
  readonly engine: 'clickhouse' | 'embedded';
  readonly database: string;
  /** Where tables are distributed over several servers; null: one holds them. */
  readonly place: ClusterPlace | null;
  /** The connections to the engine, for whoever measures them. */
  readonly pool: Pick<Pool, 'connections' | 'use' | 'onWait'>;
  /** What this process writes. */
  readonly writes: Writes;
  /** All rows of a SELECT. It cannot write, whatever it says. */
  query<T>(sql: string, parameters: Parameters, options: QueryOptions): Promise<T[]>;
  /** The rows of a SELECT in groups as they come, without holding them all. */
  stream<T>(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<T[]>;
  /**
   * Adds rows to a table in one block; resolves when they are on disk. TabSeparated `rows`, the default, are text
   * in UTF-8: a line per row, never an empty one, ended by a newline. RowBinary ones must have the columns' types.
   * Several that belong together are called in one `writes.run`.
   */
  insert(table: string, columns: readonly string[], rows: string | Buffer, format?: RowFormat): Promise<void>;
  /** Runs a statement without a result. */
  command(sql: string, parameters?: Parameters, settings?: Settings): Promise<void>;
  /** Creates the database when it is missing. */
  createDatabase(): Promise<void>;
  /** Rejects when the engine cannot answer. */
  ping(): Promise<void>;
  /** The engine's version, as `26.3.1.1`. */
  version(): Promise<string>;
  close(): Promise<void>;
}

const QUERY_LIMITS: QueryLimits = { timeoutMs: 10_000, maxMemoryBytes: 2 * 1024 ** 3 };
const WRITE_TIMEOUT_MS = 60_000;
const COMMAND_TIMEOUT_MS = 600_000;
const DATABASE_NAME = /^[A-Za-z_]\w*$/;

/**
 * Opens the warehouse. Nothing is sent yet to a server; the embedded folder is opened (about 1 s).
 * Rejects with {@link WarehouseUnavailable} when the embedded engine is missing or its folder is in use.
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  const database = options.database ?? databaseOf(options.url);
  if (!DATABASE_NAME.test(database)) throw new Error(`"${database}" is no name of a ClickHouse database`);
  const engine = options.url
    ? new ServerEngine(options.url, database, options.tls ?? {})
    : EmbeddedEngine.open(options.dataDir, database);
  return new EngineWarehouse(
    engine,
    database,
    options.cluster === undefined ? null : { cluster: options.cluster, database },
    options.readOnly ?? false,
    options.limits ?? QUERY_LIMITS,
  );
}

function databaseOf(url: string | undefined): string {
  if (!url) return 'default';
  const { pathname, searchParams } = new URL(url);
  return decodeURIComponent(pathname.slice(1)) || searchParams.get('database') || 'default';
}

class EngineWarehouse implements Warehouse {
  readonly engine: 'clickhouse' | 'embedded';
  readonly pool: Pool;
  readonly writes: Writes;

  constructor(
    private readonly on: Engine,
    readonly database: string,
    readonly place: ClusterPlace | null,
    private readonly readOnly: boolean,
    private readonly limits: QueryLimits,
  ) {
    this.engine = on.name;
    this.pool = on.pool;
    this.writes = on.writes;
  }

  async query<T>(sql: string, parameters: Parameters, options: QueryOptions): Promise<T[]> {
    try {
      return await this.on.query<T>(sql, this.readCall(parameters, options));
    } catch (error) {
      throw queryError(error);
    }
  }

  async *stream<T>(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<T[]> {
    try {
      yield* this.on.stream<T>(sql, this.readCall(parameters, options));
    } catch (error) {
      throw queryError(error);
    }
  }

  async insert(
    table: string,
    columns: readonly string[],
    rows: string | Buffer,
    format: RowFormat = 'TabSeparated',
  ): Promise<void> {
    this.assertWritable();
    if (rows.length === 0) return;
    const settings = { ...INSERT_SETTINGS, ...(this.place ? CLUSTER_INSERT_SETTINGS : {}) };
    const call: Call = { settings, parameters: {}, timeoutMs: WRITE_TIMEOUT_MS };
    try {
      const bytes = typeof rows === 'string' ? Buffer.from(rows) : rows;
      await this.writes.insert(() => this.on.insert(table, columns, { format, bytes }, call));
    } catch (error) {
      throw insertError(error);
    }
  }

  async command(sql: string, parameters: Parameters = {}, settings: Settings = {}): Promise<void> {
    this.assertWritable();
    const call: Call = {
      settings: { ...COMMAND_SETTINGS, ...(this.place ? CLUSTER_COMMAND_SETTINGS : {}), ...settings },
      parameters,
      timeoutMs: COMMAND_TIMEOUT_MS,
    };
    try {
      await this.writes.command(() => this.on.command(sql, call));
    } catch (error) {
      throw queryError(error);
    }
  }

  async createDatabase(): Promise<void> {
    this.assertWritable();
    try {
      const everywhere = this.place ? ` ON CLUSTER ${quoteName(this.place.cluster)}` : '';
      await this.on.administer(`CREATE DATABASE IF NOT EXISTS ${quoteName(this.database)}${everywhere}`);
    } catch (error) {
      throw queryError(error);
    }
  }

  async ping(): Promise<void> {
    await this.version();
  }

  async version(): Promise<string> {
    const [row] = await this.query<{ version: string }>('SELECT version() AS version', {}, SELF);
    return row?.version ?? '';
  }

  async close(): Promise<void> {
    await this.on.close();
  }

  private readCall(parameters: Parameters, options: QueryOptions): Call {
    const timeoutMs = options.timeoutMs ?? this.limits.timeoutMs;
    const maxMemoryBytes = options.maxMemoryBytes ?? this.limits.maxMemoryBytes;
    const settings = {
      ...READ_SETTINGS,
      ...(this.place ? CLUSTER_READ_SETTINGS : {}),
      max_execution_time: timeoutMs / 1000,
      max_memory_usage: maxMemoryBytes,
      log_comment: JSON.stringify(options.tag),
      readonly: 2,
    };
    return { settings, parameters, timeoutMs };
  }

  private assertWritable(): void {
    if (this.readOnly) throw new Error('This warehouse was opened for reading only');
  }
}

const SELF: QueryOptions = { tag: { report: 'health', tenant: '' }, timeoutMs: 5_000 };

/**
 * What reads rely on. Set every time, because defaults differ between releases and installations.
 * `readonly = 2`: a SELECT cannot write, yet may set what follows it.
 */
const READ_SETTINGS: Settings = {
  output_format_json_quote_decimals: 1,
  output_format_decimal_trailing_zeros: 1,
  output_format_json_quote_64bit_integers: 0,
  date_time_output_format: 'simple',
  join_use_nulls: 1,
  transform_null_in: 0,
  // A record's newest version may lie anywhere: parts are always compared, filters come after.
  do_not_merge_across_partitions_select_final: 0,
  optimize_move_to_prewhere_if_final: 0,
  // Reading by main part rests on it: every mention of a table in a statement sees the same parts.
  enable_shared_storage_snapshot_in_query: 1,
  use_query_cache: 0,
  // A set is sorted for each look at an index that may use it, also where none can: 300 ms for 170,000 keys. Up
  // to some million rows, a set of more members finds its keys in every granule anyway.
  use_index_for_in_with_subqueries_max_values: 1_000,
  // Machine code for a statement's expressions is made when it is asked for the fourth time: 30 to 80 ms of processor
  // time, after which no report takes less than before, at a million contracts either.
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  timeout_overflow_mode: 'throw',
};

/** Rows arrive as one block and are on disk when the answer comes; what is sent twice is not dropped here. */
const INSERT_SETTINGS: Settings = {
  async_insert: 0,
  insert_deduplicate: 0,
  // A part never holds a record twice.
  optimize_on_insert: 1,
  date_time_input_format: 'basic',
  input_format_tsv_empty_as_default: 0,
  input_format_null_as_default: 0,
  max_execution_time: WRITE_TIMEOUT_MS / 1000,
  log_comment: JSON.stringify({ report: 'facts', tenant: '' }),
};

const COMMAND_SETTINGS: Settings = { log_comment: JSON.stringify({ report: 'command', tenant: '' }) };
