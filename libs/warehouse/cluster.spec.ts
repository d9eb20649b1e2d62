import { testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import {
  CLUSTER_COMMAND_SETTINGS,
  CLUSTER_INSERT_SETTINGS,
  CLUSTER_READ_SETTINGS,
  onCluster,
  ownRows,
  storedTable,
} from './cluster';
import { migrate, migrationStatements, readMigrations } from './migrate';
import { splitStatements } from './statements';

const PLACE = { cluster: 'floor-cluster', database: 'floorboard' };

let on: TestWarehouse;
beforeAll(async () => {
  on = await testWarehouse('chdb', { migrated: false });
  await on.warehouse.createDatabase();
});
afterAll(() => on.drop());

/** Resolves when the engine's parser takes a statement. */
const parsed = (statement: string): Promise<void> => on.warehouse.command(`EXPLAIN AST ${statement}`);

const TABLE = `
CREATE TABLE IF NOT EXISTS thing (
    tenant LowCardinality(String),
    id String,
    price Decimal(15, 2) DEFAULT if(id = '', 0, 1)
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1;`;

test('a table is stored on each shard and distributed by tenant', () => {
  const statements = splitStatements(TABLE).flatMap((statement) => onCluster(statement, PLACE));
  expect(statements).toEqual([
    `CREATE TABLE IF NOT EXISTS \`floorboard\`.\`thing_local\` ON CLUSTER \`floor-cluster\` (
    tenant LowCardinality(String),
    id String,
    price Decimal(15, 2) DEFAULT if(id = '', 0, 1)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, deleted)
ORDER BY (tenant, id)
SETTINGS fsync_after_insert = 1`,
    `CREATE TABLE IF NOT EXISTS \`floorboard\`.\`thing\` ON CLUSTER \`floor-cluster\`
AS \`floorboard\`.\`thing_local\`
ENGINE = Distributed('floor-cluster', 'floorboard', 'thing_local', sipHash64(tenant))`,
  ]);
});

test('what has no tenant is whole on every server', () => {
  const [statement, ...more] = onCluster(
    TABLE.trim().replace('    tenant LowCardinality(String),\n', ''),
    PLACE,
  );
  expect(statement).toContain("('/clickhouse/tables/whole/{database}/{table}', '{shard}-{replica}', version");
  expect(statement).toContain('`floorboard`.`thing` ON CLUSTER');
  expect(more).toEqual([]);
});

const STORED = 'ALTER TABLE `floorboard`.`thing_local` ON CLUSTER `floor-cluster`';
const SPREAD = 'ALTER TABLE `floorboard`.`thing` ON CLUSTER `floor-cluster`';

test.each([
  [
    'ADD COLUMN a Decimal(3, 2)',
    [`${STORED} ADD COLUMN a Decimal(3, 2)`, `${SPREAD} ADD COLUMN a Decimal(3, 2)`],
  ],
  [
    "ADD COLUMN a String DEFAULT concat('x,', id), MODIFY ORDER BY (tenant, id, a)",
    [
      `${STORED} ADD COLUMN a String DEFAULT concat('x,', id), MODIFY ORDER BY (tenant, id, a)`,
      `${SPREAD} ADD COLUMN a String DEFAULT concat('x,', id)`,
    ],
  ],
  ['ADD INDEX i id TYPE minmax', [`${STORED} ADD INDEX i id TYPE minmax`]],
  [
    'MODIFY SETTING min_age_to_force_merge_seconds = 1',
    [`${STORED} MODIFY SETTING min_age_to_force_merge_seconds = 1`],
  ],
  [
    'APPLY DELETED MASK SETTINGS mutations_sync = 0',
    [`${STORED} APPLY DELETED MASK SETTINGS mutations_sync = 0`],
  ],
  ['ADD PROJECTION IF NOT EXISTS p (SELECT id ORDER BY id)', []],
  ['MATERIALIZE PROJECTION p SETTINGS mutations_sync = 0', []],
])('ALTER TABLE thing %s', async (commands, expected) => {
  const statements = onCluster(`ALTER TABLE thing ${commands}`, PLACE);
  expect(statements).toEqual(expected);
  for (const statement of statements) await parsed(statement);
});

test('dropping takes both tables, moved rows go through the distributed ones, anything else is refused', async () => {
  const dropped = onCluster('DROP TABLE IF EXISTS thing', PLACE);
  expect(dropped).toHaveLength(2);
  for (const statement of dropped) await parsed(statement);
  const insert = 'INSERT INTO thing SELECT * FROM other';
  expect(onCluster(insert, PLACE)).toEqual([insert]);
  expect(() => onCluster('RENAME TABLE thing TO other', PLACE)).toThrow('no form for a cluster is known');
});

test('every statement of this release has its form or needs none, and the engine reads each', async () => {
  const sources = [...migrationStatements(readMigrations())];
  const statements = sources.flatMap((statement) => onCluster(statement, PLACE));
  expect(statements.length).toBeGreaterThan(2 * 18);
  for (const statement of statements) await parsed(statement);
  await expect(parsed(`${statements[0]} SETTINGS`)).rejects.toThrow(/Syntax error/);
});

test('rows are changed where they are stored', async () => {
  const erase = `ALTER TABLE ${storedTable('thing', PLACE)} DELETE WHERE id NOT IN (SELECT id FROM ${ownRows('thing', PLACE)})`;
  await parsed(erase);
  expect(erase).toContain('`floorboard`.`thing_local` ON CLUSTER `floor-cluster` DELETE');
  expect(erase).toContain('FROM `floorboard`.`thing_local`)');
  expect([storedTable('thing', null), ownRows('thing', null)]).toEqual(['thing', 'thing']);
});

test('the settings of a cluster are known to the engine', async () => {
  const names = Object.keys({
    ...CLUSTER_READ_SETTINGS,
    ...CLUSTER_INSERT_SETTINGS,
    ...CLUSTER_COMMAND_SETTINGS,
  });
  const rows = await on.warehouse.query<{ name: string }>(
    'SELECT name FROM system.settings WHERE name IN {names:Array(String)}',
    { names },
    { tag: { report: 'test', tenant: '' } },
  );
  expect(rows.map(({ name }) => name).sort()).toEqual([...names].sort());
});

test('tables of one server are not taken for those of a cluster', async () => {
  const single = await testWarehouse('server');
  const cluster = await single.reopen({ cluster: 'c' });
  // Where there is no cluster nothing can be created on it.
  const spared = Object.assign(cluster, { createDatabase: () => Promise.resolve() });
  await expect(migrate(spared)).rejects.toThrow(/holds the tables of a single server/);
  await cluster.close();
  await single.drop();
});
