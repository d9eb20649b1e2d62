import { ENTITY_NAMES, tableName } from '#crm';
import { contentIn, contentsOf, tablesIn, type PartRow } from './parts';

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

describe('what a table holds', () => {
  const FOLDER = '/data/store/f2d/f2d2b964-e6cf-4149-b02b-c63fe64d4b74';
  const part = (name: string, folder = FOLDER, hash = name): PartRow => ({
    table: 'contract',
    name,
    hash,
    rows: 1,
    level: 0,
    path: `${folder}/${name}/`,
  });
  const textOf = (...parts: PartRow[]): string | undefined =>
    contentIn(contentsOf(new Map([['contract', parts]])), ['contract']);
  const named = (...names: string[]): string | undefined => textOf(...names.map((name) => part(name)));

  test('is the same however its blocks are merged, and another with each block', () => {
    expect(named('all_1_1_0', 'all_2_2_0', 'all_3_3_0')).toBe(named('all_1_3_1'));
    expect(named('all_3_3_0', 'all_1_2_1')).toBe(named('all_1_3_2'));
    expect(named('all_1_3_1', 'all_4_4_0')).not.toBe(named('all_1_3_1'));
    expect(named('all_1_1_0', 'all_3_3_0')).not.toBe(named('all_1_3_1'));
  });

  test('is another after each mutation, and not compared by blocks while one is under way', () => {
    expect(named('all_1_3_1_4')).not.toBe(named('all_1_3_1'));
    expect(named('all_1_3_1_5')).not.toBe(named('all_1_3_1_4'));
    expect(named('all_1_2_1_4', 'all_3_3_0_4', 'all_5_5_0')).toBe(named('all_1_3_2_4', 'all_5_5_0'));
    expect(named('all_1_2_1_4', 'all_3_3_0')).not.toBe(named('all_1_2_1_4', 'all_3_3_0_4'));
    expect(named('all_1_2_1_6', 'all_3_3_0_4')).not.toBe(named('all_1_2_1_6', 'all_3_3_0'));
  });

  test('is told by the files where another table could have the same name, or parts tell no blocks', () => {
    const elsewhere = FOLDER.replace('f2d2b964', 'a2d2b964');
    expect(textOf(part('all_1_1_0', elsewhere))).not.toBe(textOf(part('all_1_1_0')));
    for (const [name, folder] of [
      ['all_1_1_0', '/data/contract'],
      ['202601_1_1_0', FOLDER],
      ['patch-3a-all_1_1_0', FOLDER],
    ] as const) {
      expect(textOf(part(name, folder, 'a'))).toBe(textOf(part(name, folder, 'a')));
      expect(textOf(part(name, folder, 'a'))).not.toBe(textOf(part(name, folder, 'b')));
    }
  });

  test('is not known without rows, whatever other tables hold, since that comes back', () => {
    expect(contentIn(new Map(), ['contract'])).toBeUndefined();
    expect(textOf()).toBeUndefined();
    expect(textOf({ ...part('all_1_5_2'), rows: 0 })).toBeUndefined();
    const known = contentsOf(new Map([['contract', [part('all_1_5_2')]]]));
    expect(contentIn(known, ['contract', 'invoice'])).toBeUndefined();
  });

  test('is without what an empty part has taken the place of', () => {
    expect(textOf({ ...part('all_1_5_2'), rows: 0 }, part('all_6_6_0'))).toBe(named('all_6_6_0'));
    expect(textOf({ ...part('all_6_6_1'), rows: 0 }, part('all_1_5_1'))).not.toBe(
      named('all_6_6_0', 'all_1_5_1'),
    );
  });
});
