/** The server of the warehouse: its release, the tables, and what the user may do. */
import { openWarehouseOf } from '#engines';
import type { Settings } from '#platform';
import { pendingMigrations, readMigrations, type Warehouse } from '#warehouse';
import { compareClocks, Findings, isAtLeast, type Finding } from './finding';

const ASK = { tag: { report: 'doctor', tenant: '' }, timeoutMs: 5_000 };
/** The oldest release whose functions and settings the reports use. */
const OLDEST = [25, 3] as const;

export async function checkClickHouse(settings: Settings): Promise<Finding[]> {
  const findings = new Findings('clickhouse');
  const warehouse = await openWarehouseOf(settings);
  try {
    const version = await warehouse.version();
    if (isAtLeast(version, OLDEST)) findings.ok(`ClickHouse ${version}`);
    else findings.problem(`ClickHouse ${version} is too old`, `run ${OLDEST.join('.')} or newer`);
    if (await checkTables(findings, warehouse)) await checkGrants(findings, warehouse);
    await checkClock(findings, warehouse);
  } catch (error) {
    findings.problem(
      `it cannot be used: ${(error as Error).message}`,
      'check CLICKHOUSE_URL (https:// for TLS, with its files), that the server runs, user, password and database',
    );
  } finally {
    await warehouse.close();
  }
  return findings.all;
}

/** Also of the embedded warehouse. Resolves with whether there are tables. */
export async function checkTables(findings: Findings, warehouse: Warehouse): Promise<boolean> {
  try {
    const pending = await pendingMigrations(warehouse);
    if (pending.length === 0) findings.ok('its tables are those of this release');
    else
      findings.warning(
        `migrations wait: ${pending.join(', ')}`,
        'run floorboard migrate; floorboard start does it too',
      );
    return pending.length < readMigrations().length;
  } catch (error) {
    findings.problem((error as Error).message, 'use the release that made these tables, or a newer one');
    return true;
  }
}

/** An insert of no rows is refused to whom one of rows would be. */
async function checkGrants(findings: Findings, warehouse: Warehouse): Promise<void> {
  try {
    await warehouse.command('INSERT INTO schema_migrations SELECT * FROM schema_migrations WHERE 0');
    findings.ok('the user may read and write');
  } catch (error) {
    findings.warning(
      `the user may only read: ${(error as Error).message}`,
      'right for apps/query; migrate and apps/facts need one that writes (deploy/clickhouse/users.d)',
    );
  }
}

async function checkClock(findings: Findings, warehouse: Warehouse): Promise<void> {
  const from = Date.now();
  const [row] = await warehouse.query<{ at: number }>(
    'SELECT toUnixTimestamp64Milli(now64(3)) AS at',
    {},
    ASK,
  );
  compareClocks(findings, "ClickHouse's", { theirs: row?.at ?? NaN, from, to: Date.now() });
}
