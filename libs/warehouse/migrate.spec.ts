import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnName, ENTITIES, ENTITY_NAMES, tableName, type Field, type Fields } from '#crm';
import { TEST_ENGINES, testWarehouse, type TestWarehouse } from '../../test/support/warehouse';
import { migrate, readMigrations } from './migrate';
import { ENTITY_ROWS } from './rows';
import { splitStatements } from './statements';

const TAG = { tag: { report: 'test', tenant: '' } };

/** The column type that a field must have, LowCardinality aside. */
function typeOf(field: Field, inList = false): string {
  const base = {
    id: 'String',
    text: 'String',
    url: 'String',
    enum: 'String',
    money: 'Decimal(15, 2)',
    quantity: 'Decimal(15, 2)',
    date: 'Date32',
    instant: "DateTime64(6, 'UTC')",
    boolean: 'Bool',
    integer: 'Int32',
    list: '',
  }[field.kind];
  return field.optional && !inList && base !== 'String' ? `Nullable(${base})` : base;
}

function expectedColumns(fields: Fields): [string, string][] {
  return Object.entries(fields).flatMap(([name, field]): [string, string][] => {
    if (field.kind !== 'list') return [[columnName(name), typeOf(field)]];
    const array = (item: Field): string => `Array(${typeOf(item, true)})`;
    if (!field.items) {
      return [[columnName(name), array({ ...field, kind: field.itemKind ?? 'text', optional: false })]];
    }
    return Object.entries(field.items).map(([member, item]) => [
      `${columnName(name)}.${columnName(member)}`,
      array(item),
    ]);
  });
}

test('a migration splits at semicolons outside quotes and comments', () => {
  const sql = "-- a; b\nSELECT ';', 'it''s', '\\';' /* ; */;\n\nSELECT `a;b`;;\n";
  expect(splitStatements(sql)).toEqual(["SELECT ';', 'it''s', '\\';'", 'SELECT `a;b`']);
});

describe.each(TEST_ENGINES)('migrations (%s)', (engine) => {
  let on: TestWarehouse;

  beforeEach(async () => {
    on = await testWarehouse(engine, { migrated: false });
  });
  afterEach(() => on.drop());

  test('create the database and run once', async () => {
    const names = readMigrations().map((migration) => migration.name);
    expect(await migrate(on.warehouse)).toEqual(names);
    expect(await migrate(on.warehouse)).toEqual([]);
  });

  test('two processes may start at once', async () => {
    const other = await on.reopen();
    await Promise.all([migrate(on.warehouse), migrate(other)]);
    expect(await migrate(other)).toEqual([]);
    await other.close();
  });

  test('a migration that changed after it was applied is refused by name', async () => {
    await migrate(on.warehouse);
    const changed = readMigrations().map((migration) => ({ ...migration, checksum: 'other' }));
    await expect(migrate(on.warehouse, changed)).rejects.toThrow(/0001_facts\.sql was changed/);
    await expect(migrate(on.warehouse, [])).rejects.toThrow(/0001_facts\.sql, which this release does not/);
  });

  test('line ends do not change a migration, and a wrongly named file is refused', async () => {
    const write = (text: string): string => {
      const folder = mkdtempSync(join(tmpdir(), 'floorboard-migrations-'));
      writeFileSync(join(folder, '0001_a.sql'), text);
      return folder;
    };
    const [unix] = readMigrations(write('SELECT 1;\nSELECT 2;\n'));
    const folder = write('SELECT 1;\r\nSELECT 2;\r\n');
    expect(readMigrations(folder)).toEqual([unix]);
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(() => readMigrations(folder)).toThrow(/notes\.txt/);
  });

  test('every declared field has its column, and the writer fills every column that is not computed', async () => {
    await migrate(on.warehouse);
    const columns = await on.warehouse.query<{ table: string; name: string; type: string }>(
      "SELECT table, name, type FROM system.columns WHERE database = currentDatabase() AND default_kind = ''",
      {},
      TAG,
    );
    for (const entity of ENTITY_NAMES) {
      const actual = columns
        .filter(({ table }) => table === tableName(entity))
        .map(({ name, type }): [string, string] => [
          name,
          type.replace(/LowCardinality\(String\)/, 'String'),
        ]);
      const own: [string, string][] = [
        ['tenant', 'String'],
        ['version', 'UInt128'],
        ['deleted', 'UInt8'],
      ];
      const expected = [...own, ...expectedColumns(ENTITIES[entity])];
      expect([entity, actual.sort()]).toEqual([entity, expected.sort()]);
      const written = [...(ENTITY_ROWS.get(entity)?.columns ?? [])].sort();
      expect([entity, written]).toEqual([entity, actual.map(([name]) => name).sort()]);
    }
  });
});
