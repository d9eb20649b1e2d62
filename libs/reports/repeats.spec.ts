import { Repeats } from './repeats';
import { keys, sql, text } from './sql';

const rows = (length: number): { text: string }[] => [{ text: 'x'.repeat(length) }];
const give =
  <T>(value: T): (() => Promise<T>) =>
  () =>
    Promise.resolve(value);

test('what is kept is answered for the same statement, parameters and contents alone', async () => {
  const repeats = new Repeats();
  const key = Repeats.keyOf(sql`SELECT ${text('a')} FROM contract WHERE key IN ${keys(['7'])}`.compile());
  expect(repeats.has(key)).toBe(false);
  await repeats.reading(key, 'contents', give([{ n: 1 }]));
  expect(repeats.has(key)).toBe(true);
  expect(await repeats.get(key, 'contents')).toEqual([{ n: 1 }]);
  expect(await repeats.get(key, 'other contents')).toBeUndefined();
  const others = [
    sql`SELECT ${text('b')} FROM contract WHERE key IN ${keys(['7'])}`,
    sql`SELECT ${text('a')} FROM contract WHERE key IN ${keys(['8'])}`,
    sql`SELECT ${text('a')} FROM customer WHERE key IN ${keys(['7'])}`,
  ];
  for (const other of others) expect(Repeats.keyOf(other.compile())).not.toBe(key);
});

test('each asker has rows of its own', async () => {
  const repeats = new Repeats();
  const [first] = await repeats.reading('a', 'contents', give([{ n: 1 }]));
  first!.n = 2;
  const [second] = (await repeats.get<{ n: number }>('a', 'contents'))!;
  second!.n = 3;
  expect(await repeats.get('a', 'contents')).toEqual([{ n: 1 }]);
});

test('who asks while it is read waits for it, also when it is too much to be kept, and fails with it', async () => {
  const repeats = new Repeats();
  let end = (): void => undefined;
  const reading = repeats.reading('a', 'contents', async () => {
    await new Promise<void>((resolve) => (end = resolve));
    return rows(1);
  });
  const asked = repeats.get('a', 'contents');
  end();
  expect(await asked).toEqual(await reading);
  let fail = (_: Error): void => undefined;
  const failing = repeats.reading(
    'b',
    'contents',
    () => new Promise<never[]>((_, reject) => (fail = reject)),
  );
  const waiting = repeats.get('b', 'contents');
  fail(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await expect(waiting).rejects.toThrow('no');
  expect(repeats.has('b')).toBe(false);
  const narrow = new Repeats({ mostRows: 1 });
  const many = narrow.reading('c', 'contents', give([1, 2, 3]));
  const sharing = narrow.get<number>('c', 'contents');
  (await many).reverse();
  expect(await sharing).toEqual([1, 2, 3]);
  expect(narrow.has('c')).toBe(false);
});

test('an older reading that ends later does not take the place of a newer one', async () => {
  const repeats = new Repeats();
  let end = (): void => undefined;
  const older = repeats.reading('a', 'before', async () => {
    await new Promise<void>((resolve) => (end = resolve));
    return rows(1);
  });
  await repeats.reading('a', 'after', give(rows(2)));
  end();
  expect(await older).toEqual(rows(1));
  expect(await repeats.get('a', 'before')).toBeUndefined();
  expect(await repeats.get('a', 'after')).toEqual(rows(2));
});

test('room is bounded: by answer, and by what was asked for least recently', async () => {
  const repeats = new Repeats({ mostRows: 2, mostOfOne: 500, mostOfAll: 1_050 });
  for (const key of ['a', 'b', 'c']) await repeats.reading(key, 'contents', give(rows(300)));
  expect(await repeats.get('a', 'contents')).toEqual(rows(300));
  await repeats.reading('d', 'contents', give(rows(300)));
  expect(['a', 'b', 'c', 'd'].filter((key) => repeats.has(key))).toEqual(['a', 'c', 'd']);
  await repeats.reading('d', 'contents', give(rows(600)));
  expect(repeats.has('d')).toBe(false);
  await repeats.reading('e', 'contents', give([1, 2, 3]));
  expect(repeats.has('e')).toBe(false);
  expect(['a', 'c'].filter((key) => repeats.has(key))).toEqual(['a', 'c']);
});
