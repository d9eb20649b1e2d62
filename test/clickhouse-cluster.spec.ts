/**
 * deploy/clickhouse/cluster in the engine itself, and the distributed tables made for it by the engine. That
 * needs a process of its own: chDB reads a configuration only from the folder it is started in. The servers
 * that the file names are not there, and neither is Keeper, so nothing is replicated here.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCluster } from '../libs/warehouse/cluster';
import { migrationStatements, readMigrations } from '../libs/warehouse/migrate';
import { ROOT } from './support/children';

const PROGRAM = `
const { Session } = require(process.argv[2]);
const statements = JSON.parse(require('node:fs').readFileSync('statements.json', 'utf8'));
const session = new Session('data');
(async () => {
  for (const sql of statements) {
    const result = await session.queryAsync(sql, { format: 'JSONEachRow' });
    if (result.text()) process.stdout.write(result.text());
  }
  session.close();
})().catch((error) => { process.stderr.write(String(error.message)); process.exit(1); });`;

const SECRETS = {
  FLOORBOARD_CLUSTER_SECRET: 'secret',
  FLOORBOARD_SHARD: '01',
  FLOORBOARD_REPLICA: 'a',
};

/** The rows of all statements in an engine that was started with the cluster's configuration. */
function runOnCluster(statements: string[]): Record<string, unknown>[] {
  const folder = mkdtempSync(join(tmpdir(), 'floorboard-cluster-'));
  try {
    copyFileSync(join(ROOT, 'deploy/clickhouse/cluster/cluster.xml'), join(folder, 'config.xml'));
    writeFileSync(join(folder, 'statements.json'), JSON.stringify(statements));
    writeFileSync(join(folder, 'program.cjs'), PROGRAM);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['program.cjs', join(ROOT, 'node_modules', 'chdb')],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], ...SECRETS } },
    );
    if (status !== 0) throw new Error(stderr);
    const lines = stdout.trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A stored table as one server alone can have it. */
const unreplicated = (statement: string): string =>
  statement.replace(/ENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, 'ENGINE = $1(');

it('is read by the engine, which makes the distributed tables for its cluster', () => {
  const place = { cluster: 'floorboard', database: 'floorboard' };
  const tables = migrationStatements(readMigrations())
    .flatMap((statement) => onCluster(statement, place))
    .map((statement) => unreplicated(statement).replace(' ON CLUSTER `floorboard`', ''));
  const rows = runOnCluster([
    'CREATE DATABASE floorboard',
    ...tables,
    "SELECT shard_num, replica_num, host_name, port FROM system.clusters WHERE cluster = 'floorboard' ORDER BY ALL",
    'SELECT macro, substitution FROM system.macros ORDER BY macro',
    `SELECT engine, count() AS tables, groupUniqArray(engine_full LIKE '%sipHash64(tenant)%') AS byTenant
     FROM system.tables WHERE database = 'floorboard' GROUP BY engine ORDER BY engine`,
  ]);
  const host = (shard: number, replica: number): Record<string, unknown> => ({
    shard_num: shard,
    replica_num: replica,
    host_name: `clickhouse-0${shard}-${replica === 1 ? 'a' : 'b'}`,
    port: 9000,
  });
  expect(rows).toEqual([
    ...[host(1, 1), host(1, 2), host(2, 1), host(2, 2)],
    { macro: 'replica', substitution: 'a' },
    { macro: 'shard', substitution: '01' },
    { engine: 'Distributed', tables: 19, byTenant: [1] },
    { engine: 'ReplacingMergeTree', tables: 20, byTenant: [0] },
  ]);
});
