// Prints the key of every row of `change_events` of the tenant `default`, one a line, as the warehouse reads it
// (FINAL): of an embedded warehouse's folder, which no other process may hold.
//
//   node test/faults/facts-audit.mjs DATA_DIR
import { createRequire } from 'node:module';

const { openWarehouse } = createRequire(import.meta.url)('../../dist/libs/warehouse/index.js');
const warehouse = await openWarehouse({ dataDir: process.argv[2], readOnly: true });
const sql =
  "SELECT concat(entity, '/', id, '/', toString(version)) AS key FROM change_events FINAL WHERE tenant = 'default'";
const rows = await warehouse.query(
  sql,
  {},
  { tag: { report: 'audit', tenant: 'default' }, timeoutMs: 60_000 },
);
process.stdout.write(rows.map(({ key }) => `${key}\n`).join(''));
await warehouse.close();
