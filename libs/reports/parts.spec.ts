import { ENTITY_NAMES, tableName } from '#crm';
import { tablesIn } from './parts';

test('every table that holds records is found in a statement, wherever it stands', () => {
  const tables = ENTITY_NAMES.map(tableName).sort();
  for (const table of tables) {
    expect(tablesIn(`SELECT ${table}_key FROM (SELECT * FROM ${table} FINAL) WHERE 1`)).toEqual([table]);
  }
  expect(tablesIn(tables.map((table) => `(SELECT 1 FROM ${table})`).join(' UNION ALL '))).toEqual(tables);
});

test('what reads other tables than those of records is not said to read these alone', () => {
  expect(tablesIn('SELECT 1 FROM change_events JOIN contract USING id')).toBeNull();
  expect(tablesIn('SELECT 1 FROM system.parts')).toBeNull();
});
