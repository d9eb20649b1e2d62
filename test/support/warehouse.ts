/**
 * A migrated, empty warehouse for tests, in a database of its own that is dropped at the end.
 *
 * Both engines are real: chDB in this process and a server by HTTP at CLICKHOUSE_URL. chDB holds one
 * folder per process and jest runs several spec files in one process, so all of them share one
 * folder, in which each has its own database; no spec may open another folder in its own process.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openWarehouse, type Warehouse, type WarehouseOptions } from '#warehouse';

export type TestEngine = 'chdb' | 'server';

export const TEST_ENGINES: readonly TestEngine[] = ['chdb', 'server'];

export interface TestWarehouse {
  warehouse: Warehouse;
  /** Opens the same database once more, as another part of a process would. */
  reopen(more?: Pick<WarehouseOptions, 'readOnly' | 'cluster'>): Promise<Warehouse>;
  /** Drops the database and closes. */
  drop(): Promise<void>;
}

/** `npm test` says where data goes that nobody reads again. */
const dataDir = join(process.env['TEST_DATA'] ?? tmpdir(), `floorboard-test-${process.pid}`);
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

/** Options that open a warehouse of the engine; throws when there is no such engine to test with. */
function optionsFor(
  engine: TestEngine,
  database: string,
): { url?: string; dataDir: string; database: string } {
  if (engine === 'chdb') return { dataDir, database };
  const url = process.env['CLICKHOUSE_URL'];
  if (!url) {
    throw new Error(
      'CLICKHOUSE_URL is not set: start a ClickHouse server, or "node deploy/local/clickhouse-http.mjs --port 8123 --path DIR", and set it to its URL',
    );
  }
  return { url, dataDir, database };
}

/** An empty warehouse of the given engine; `migrated: false` leaves even the database away. */
export async function testWarehouse(
  engine: TestEngine,
  { migrated = true }: { migrated?: boolean } = {},
): Promise<TestWarehouse> {
  const options = optionsFor(engine, `test_${randomBytes(6).toString('hex')}`);
  const warehouse = await openWarehouse(options);
  if (migrated) await migrate(warehouse);
  return {
    warehouse,
    reopen: (more = {}) => openWarehouse({ ...options, ...more }),
    drop: async () => {
      await warehouse.createDatabase();
      await warehouse.command(`DROP DATABASE IF EXISTS ${options.database} SYNC`);
      await warehouse.close();
    },
  };
}
