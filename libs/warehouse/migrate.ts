/** Brings a database to the schema of this release. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Warehouse } from './client';
import { onCluster } from './cluster';
import { WarehouseTooNew } from './errors';
import { splitStatements } from './statements';

export interface Migration {
  number: number;
  name: string;
  checksum: string;
  statements: string[];
}

const TAG = { tag: { report: 'migrate', tenant: '' } };

const FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

const JOURNAL = `
CREATE TABLE IF NOT EXISTS schema_migrations (
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** The migrations in a folder, `NNNN_name.sql`, in order. */
export function readMigrations(directory = join(__dirname, 'migrations')): Migration[] {
  const migrations: Migration[] = [];
  for (const file of readdirSync(directory).sort()) {
    const match = FILE.exec(file);
    if (!match) throw new Error(`${file} in the migrations is not named NNNN_name.sql`);
    // A checkout may have changed the line ends; the migration is the same.
    const sql = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n');
    migrations.push({
      number: Number(match[1]),
      name: file,
      checksum: createHash('sha256').update(sql).digest('hex'),
      statements: splitStatements(sql),
    });
  }
  return migrations;
}

/** Every statement that brings an empty database to the newest of the migrations, as for a single server. */
export const migrationStatements = (migrations: readonly Migration[]): string[] => [
  JOURNAL.trim(),
  ...migrations.flatMap(({ statements }) => statements),
];

/** Runs a migration's statement, in its form for a cluster where there is one. */
async function run(warehouse: Warehouse, statement: string): Promise<void> {
  const statements = warehouse.place ? onCluster(statement, warehouse.place) : [statement];
  for (const each of statements) await warehouse.command(each);
}

/**
 * Tables of one server and those of a cluster do not become each other: what the other kind would find in
 * place it would take for its own.
 */
async function checkPlace(warehouse: Warehouse): Promise<void> {
  const { place, database } = warehouse;
  const [table] = await warehouse.query<{ engine: string }>(
    "SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = 'change_events'",
    {},
    TAG,
  );
  if (!table || (table.engine === 'Distributed') === (place !== null)) return;
  throw new Error(
    place
      ? `the database ${database} holds the tables of a single server: name another database in CLICKHOUSE_URL for the cluster ${place.cluster}`
      : `the tables of the database ${database} are distributed over a cluster: name it by CLICKHOUSE_CLUSTER`,
  );
}

/**
 * Creates the database when it is missing and applies what the journal does not hold yet; returns
 * the names of the migrations applied. Statements of migrations can be repeated, so that two
 * processes may do this at once and an interrupted run is simply run again. Throws when an applied
 * migration has changed since; {@link WarehouseTooNew} when the database is of a newer release.
 */
export async function migrate(
  warehouse: Warehouse,
  migrations: Migration[] = readMigrations(),
): Promise<string[]> {
  await warehouse.createDatabase();
  await checkPlace(warehouse);
  await run(warehouse, JOURNAL.trim());
  const applied = await journal(warehouse);
  checkJournal(applied, migrations);
  const names: string[] = [];
  for (const migration of migrations) {
    if (applied.has(migration.number)) continue;
    for (const statement of migration.statements) await run(warehouse, statement);
    const { number, name, checksum } = migration;
    await warehouse.insert(
      'schema_migrations',
      ['number', 'name', 'checksum'],
      `${number}\t${name}\t${checksum}\n`,
    );
    names.push(name);
  }
  return names;
}

/**
 * The names of the migrations that a database still waits for; all of them where none was applied.
 * @throws as {@link migrate} for a database that is not of this release or an older one.
 */
export async function pendingMigrations(
  warehouse: Warehouse,
  migrations: Migration[] = readMigrations(),
): Promise<string[]> {
  await checkPlace(warehouse);
  const [found] = await warehouse.query<{ there: number }>(
    "SELECT count() AS there FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'",
    {},
    TAG,
  );
  const applied = found?.there ? await journal(warehouse) : new Map<number, never>();
  checkJournal(applied, migrations);
  return migrations.filter(({ number }) => !applied.has(number)).map(({ name }) => name);
}

async function journal(warehouse: Warehouse): Promise<Map<number, { name: string; checksum: string }>> {
  const rows = await warehouse.query<{ number: number; name: string; checksum: string }>(
    'SELECT number, name, checksum FROM schema_migrations FINAL ORDER BY number',
    {},
    TAG,
  );
  return new Map(rows.map((row) => [row.number, row]));
}

function checkJournal(
  applied: Map<number, { name: string; checksum: string }>,
  migrations: Migration[],
): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, { name, checksum }] of applied) {
    const migration = known.get(number);
    if (!migration) {
      throw new WarehouseTooNew(
        `The warehouse has the migration ${name}, which this release does not know: a newer one has brought it ` +
          'there; run that release or a later one',
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `The migration ${migration.name} was changed after it had been applied to this warehouse`,
      );
    }
  }
}
