/**
 * The tables of an embedded warehouse as files and back, while it is in use. Each table is one
 * statement's snapshot; what is inserted between two of them comes again from the log.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Warehouse } from './client';
import { quoteName } from './engine';
import { quoteText } from './parameters';

const SUFFIX = '.native.zst';
const TAG = { report: 'backup', tenant: '' };

/** Tables that hold rows; the journal of migrations is the schema's own. */
async function tablesOf(warehouse: Warehouse): Promise<string[]> {
  const rows = await warehouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'
     ORDER BY name`,
    {},
    { tag: TAG },
  );
  return rows.map(({ name }) => name);
}

/** Writes every table to a file in a folder, which is made; `told` hears each table's name. */
export async function dumpTables(
  warehouse: Warehouse,
  folder: string,
  told: (table: string) => void = () => undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const table of await tablesOf(warehouse)) {
    const file = join(folder, `${table}${SUFFIX}`);
    await warehouse.command(
      `SELECT * FROM ${quoteName(table)} INTO OUTFILE ${quoteText(file)} FORMAT Native`,
    );
    told(table);
  }
}

/**
 * Fills the tables of a migrated, empty warehouse from {@link dumpTables}; columns that are newer
 * than the files take their defaults.
 * @throws Error when there is a file of a table that this release does not have.
 */
export async function loadTables(
  warehouse: Warehouse,
  folder: string,
  told: (table: string) => void = () => undefined,
): Promise<void> {
  const tables = await tablesOf(warehouse);
  for (const name of (await readdir(folder)).sort()) {
    const table = name.slice(0, -SUFFIX.length);
    if (!tables.includes(table))
      throw new Error(`the backup has a table ${table}, which this release has not`);
    const file = join(folder, name);
    await warehouse.command(`INSERT INTO ${quoteName(table)} FROM INFILE ${quoteText(file)} FORMAT Native`);
    told(table);
  }
}
