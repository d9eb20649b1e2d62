/**
 * The warehouse on a cluster of several ClickHouse servers: every statement of a migration in the form that
 * does there what it says for one server, so that there is one source of the tables.
 *
 * A table T becomes T_local on every server, replicated inside its shard, and T, which distributes over them by
 * tenant. So all versions of a record lie on one shard, where FINAL and merges find the newest of them; and all
 * records of a tenant do, so that joins and subqueries, which never leave a tenant, are exact on their shard.
 */
import { quoteName } from './engine';
import { quoteText, type Settings } from './parameters';

/** Where a statement is to run. */
export interface ClusterPlace {
  /** The cluster's name in the servers' `remote_servers`. */
  cluster: string;
  database: string;
}

/** What decides a row's shard. */
const SHARDING_KEY = 'sipHash64(tenant)';

/** The shard's copies find each other by it; `{shard}` and the others are macros of the servers. */
const SHARD_PATH = '/clickhouse/tables/{shard}/{database}/{table}';
/** The same for a table that every server holds whole. */
const WHOLE_PATH = '/clickhouse/tables/whole/{database}/{table}';

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+) \(([\s\S]*)\)\s*ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?\s/;
const ALTER = /^ALTER TABLE (\w+) ([\s\S]+)$/;
const DROP = /^DROP TABLE IF EXISTS (\w+)$/;
/** Rows that a migration moves go through the distributed tables as they stand. */
const INSERT = /^INSERT INTO \w+ /;
/** They serve reading by the main part, which a cluster does not do: there they would only cost. */
const OF_PROJECTION = /^(?:ADD|MATERIALIZE) PROJECTION /;
const OF_COLUMN = /^(?:ADD|DROP|MODIFY|RENAME|COMMENT) COLUMN /;

/** The name of the table that holds a server's own rows. */
export const localName = (table: string): string => `${table}_local`;

const full = (table: string, { cluster, database }: ClusterPlace): string =>
  `${quoteName(database)}.${quoteName(table)} ON CLUSTER ${quoteName(cluster)}`;

/**
 * A migration's statement as the statements that do the same on a cluster.
 * @throws when it is of a kind that has no form there.
 */
export function onCluster(statement: string, place: ClusterPlace): string[] {
  const created = CREATE.exec(statement);
  if (created) return createOnCluster(statement, created, place);
  const altered = ALTER.exec(statement);
  if (altered && OF_PROJECTION.test(altered[2] ?? '')) return [];
  if (altered) return alterOnCluster(altered[1] ?? '', altered[2] ?? '', place);
  const dropped = DROP.exec(statement)?.[1];
  if (dropped !== undefined) {
    return [dropped, localName(dropped)].map((table) => `DROP TABLE IF EXISTS ${full(table, place)} SYNC`);
  }
  if (INSERT.test(statement)) return [statement];
  throw new Error(`no form for a cluster is known of the statement: ${statement.slice(0, 80)}`);
}

function createOnCluster(statement: string, created: RegExpExecArray, place: ClusterPlace): string[] {
  const [head, table = '', columns = '', engine = '', parameters = ''] = created;
  const isSharded = /^\s*tenant /.test(columns);
  const name = isSharded ? localName(table) : table;
  const [path, replica] = isSharded ? [SHARD_PATH, '{replica}'] : [WHOLE_PATH, '{shard}-{replica}'];
  const args = [quoteText(path), quoteText(replica), ...(parameters === '' ? [] : [parameters])];
  const rest = statement.slice(head.length);
  const stored = `CREATE TABLE IF NOT EXISTS ${full(name, place)} (${columns})
ENGINE = Replicated${engine}(${args.join(', ')})
${rest}`;
  return isSharded ? [stored, distributed(table, place)] : [stored];
}

/** The table that is written and read: it has the columns and their defaults, and no rows of its own. */
function distributed(table: string, place: ClusterPlace): string {
  const target = [place.cluster, place.database, localName(table)].map(quoteText);
  return `CREATE TABLE IF NOT EXISTS ${full(table, place)}
AS ${quoteName(place.database)}.${quoteName(localName(table))}
ENGINE = Distributed(${target.join(', ')}, ${SHARDING_KEY})`;
}

/** Keys, indices, settings and rows are those of the stored table; columns are also those of the other. */
function alterOnCluster(table: string, commands: string, place: ClusterPlace): string[] {
  const ofColumns = splitAtCommas(commands).filter((command) => OF_COLUMN.test(command));
  const stored = `ALTER TABLE ${full(localName(table), place)} ${commands}`;
  return ofColumns.length === 0
    ? [stored]
    : [stored, `ALTER TABLE ${full(table, place)} ${ofColumns.join(', ')}`];
}

/** Splits at commas that stand in no brackets and no quotes. */
function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/'(?:\\[\s\S]|''|[^'\\])*'|`[^`]*`|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}

/** How a statement that changes rows in place names their table: Distributed tables take none. */
export const storedTable = (table: string, place: ClusterPlace | null): string =>
  place ? full(localName(table), place) : table;

/** How a condition of such a statement names the table, which it then reads on each shard by itself. */
export const ownRows = (table: string, place: ClusterPlace | null): string =>
  place ? `${quoteName(place.database)}.${quoteName(localName(table))}` : table;

/**
 * One replica of each shard, the first that is up, takes all writes and answers all reads, so that what was
 * acknowledged is read. The server that is asked is not preferred: it may be another one.
 */
const FIRST_REPLICA: Settings = { load_balancing: 'in_order', prefer_localhost_replica: 0 };

/** Beside the settings of every read. */
export const CLUSTER_READ_SETTINGS: Settings = {
  ...FIRST_REPLICA,
  // The rows of a tenant lie on one shard: only that is asked, and joins and subqueries run there.
  optimize_skip_unused_shards: 1,
  distributed_product_mode: 'local',
  // A number without a shard's rows would be wrong; no answer is better.
  skip_unavailable_shards: 0,
  // With it the engine (26.7) loses columns of some statements over a distributed table: NOT_FOUND_COLUMN_IN_BLOCK.
  query_plan_optimize_lazy_materialization: 0,
};

/** Beside the settings of every insert: acknowledged is what the shards have stored. */
export const CLUSTER_INSERT_SETTINGS: Settings = { ...FIRST_REPLICA, distributed_foreground_insert: 1 };

/** Beside the settings of every command. */
export const CLUSTER_COMMAND_SETTINGS: Settings = {
  ...CLUSTER_READ_SETTINGS,
  ...CLUSTER_INSERT_SETTINGS,
  distributed_ddl_task_timeout: 600,
  distributed_ddl_output_mode: 'throw',
  // Each replica decides by its own rows which events are superseded; those a laggard keeps go next time.
  allow_nondeterministic_mutations: 1,
};
