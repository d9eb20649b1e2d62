/**
 * Every report through distributed tables, as a cluster has them, with the settings of a cluster.
 *
 * Here one shard is the engine itself (`remote` on its own address) and its tables are not replicated: what is
 * shown is that the statements run and answer the same through distributed tables. What two shards and their
 * copies do, only a cluster shows.
 */
import { REPORTS, runReport } from '#reports';
import type { Warehouse } from '#warehouse';
import {
  CLUSTER_INSERT_SETTINGS,
  CLUSTER_READ_SETTINGS,
  onCluster,
  type ClusterPlace,
} from '../../libs/warehouse/cluster';
import { migrationStatements, readMigrations } from '../../libs/warehouse/migrate';
import { naiveReport, randomQuestion } from '../model';
import { testWarehouse, type TestWarehouse } from '../support/warehouse';
import { contextOf, outcome, plantFloor, rawQuery, type Floor } from './floor';

const QUESTIONS = 2;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A cluster's statement without what one engine alone does not have. */
function alone(statement: string, database: string): string {
  return statement
    .replace(' ON CLUSTER `alone`', '')
    .replace(/ENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, 'ENGINE = $1(')
    .replace(
      /AS `\w+`\.`(\w+)`\nENGINE = Distributed\(.*\)$/,
      `AS remote('127.0.0.1', ${database}, $1, 'default', '', sipHash64(tenant))`,
    );
}

const ALTERS_SPREAD = /^ALTER TABLE `\w+`\.`(?!\w+_local`)/;

let on: TestWarehouse;
let distributed: Warehouse;
let floor: Floor;

beforeAll(async () => {
  // The engine listens nowhere: what goes to its own address must stay inside.
  for (const settings of [CLUSTER_READ_SETTINGS, CLUSTER_INSERT_SETTINGS]) {
    jest.replaceProperty(settings, 'prefer_localhost_replica', 1);
  }
  on = await testWarehouse('chdb', { migrated: false });
  const { warehouse } = on;
  const place: ClusterPlace = { cluster: 'alone', database: warehouse.database };
  await warehouse.createDatabase();
  const statements = migrationStatements(readMigrations())
    .flatMap((statement) => onCluster(statement, place))
    .map((statement) => alone(statement, warehouse.database));
  const spread = statements.filter((statement) => statement.includes('AS remote('));
  // Made last, from what is stored in the end: this stand-in of a distributed table cannot be altered itself.
  const stored = statements.filter(
    (statement) => !spread.includes(statement) && !ALTERS_SPREAD.test(statement),
  );
  for (const statement of [...stored, ...spread]) await warehouse.command(statement);
  distributed = await on.reopen({ cluster: place.cluster });
  floor = await plantFloor(distributed, 4, { timeZone: 'Asia/Shanghai', size: 12 });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await distributed.close();
  await on.drop();
});

test('the rows are in the stored tables', async () => {
  const [tables] = await on.warehouse.query<{ stored: number; spread: number }>(
    `SELECT countIf(engine = 'ReplacingMergeTree' AND total_rows > 0) AS stored, countIf(engine = 'Proxy') AS spread
     FROM system.tables WHERE database = currentDatabase()`,
    {},
    { tag: { report: 'test', tenant: '' } },
  );
  expect(tables?.spread).toBe(19);
  expect(tables?.stored).toBeGreaterThan(15);
});

test.each(REPORTS.map(({ id }) => id))('%s', async (id) => {
  for (let seed = 0; seed < QUESTIONS; seed++) {
    const { params, ctx } = randomQuestion(seed, id, floor);
    const expected = await outcome(() => naiveReport(floor.world, id, params, ctx));
    const context = contextOf(distributed, floor.tenant, ctx);
    const answered = await outcome(() => runReport(id, rawQuery(params), context));
    expect(plain({ seed, params, answered })).toEqual(plain({ seed, params, answered: expected }));
  }
});
