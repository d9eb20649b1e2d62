import { Repeats } from './repeats';
import { keys, sql, text } from './sql';

const rows = (length: number): { text: string }[] => [{ text: 'x'.repeat(length) }];

test('what is kept is answered for the same statement, parameters and parts alone', () => {
  const repeats = new Repeats();
  const key = Repeats.keyOf(sql`SELECT ${text('a')} FROM contract WHERE key IN ${keys(['7'])}`.compile());
  repeats.put(key, 'parts', [{ n: 1 }]);
  expect(repeats.get(key, 'parts')).toEqual([{ n: 1 }]);
  expect(repeats.get(key, 'other parts')).toBeUndefined();
  const others = [
    sql`SELECT ${text('b')} FROM contract WHERE key IN ${keys(['7'])}`,
    sql`SELECT ${text('a')} FROM contract WHERE key IN ${keys(['8'])}`,
    sql`SELECT ${text('a')} FROM customer WHERE key IN ${keys(['7'])}`,
  ];
  for (const other of others) expect(Repeats.keyOf(other.compile())).not.toBe(key);
});

test('room is bounded: by answer, and by what was asked for least recently', () => {
  const repeats = new Repeats({ mostOfOne: 500, mostOfAll: 1_000 });
  for (const key of ['a', 'b', 'c']) repeats.put(key, 'parts', rows(300));
  expect(repeats.get('a', 'parts')).toEqual(rows(300));
  repeats.put('d', 'parts', rows(300));
  expect(['a', 'b', 'c', 'd'].filter((key) => repeats.get(key, 'parts'))).toEqual(['a', 'c', 'd']);
  repeats.put('d', 'parts', rows(600));
  expect(repeats.get('d', 'parts')).toBeUndefined();
});
