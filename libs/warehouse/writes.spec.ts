import { Writes } from './writes';

const LONG_MS = 60_000;

/** A write that ends when it is told to. */
function writeOf(writes: Writes): { end: () => Promise<void>; fail: () => Promise<void> } {
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  const write = writes.run(() => done);
  return {
    end: () => (end(), write),
    fail: () => (fail(new Error('failed')), expect(write).rejects.toThrow('failed')),
  };
}

test('whoever waits for writes hears when the last of those under way has ended', async () => {
  const writes = new Writes(true);
  expect(await writes.over(LONG_MS)).toBe(false);
  const first = writeOf(writes);
  const second = writeOf(writes);
  let heard = false;
  const over = writes.over(LONG_MS).then((wrote) => ((heard = true), wrote));
  await first.end();
  await Promise.resolve();
  expect(heard).toBe(false);
  expect(writes.now()).toEqual({ underWay: 1, ended: 1, commands: 0, commanding: 0 });
  await second.fail();
  expect(await over).toBe(true);
  expect(writes.now()).toEqual({ underWay: 0, ended: 2, commands: 0, commanding: 0 });
});

test('nobody waits for longer than they want to', async () => {
  const writes = new Writes(true);
  writeOf(writes);
  expect(await writes.over(10)).toBe(true);
});

test('an insert is a write of its own where it is no part of one', async () => {
  const writes = new Writes(true);
  const nothing = (): Promise<void> => Promise.resolve();
  await writes.run(async () => {
    await writes.insert(nothing);
    expect(writes.now()).toMatchObject({ underWay: 1, ended: 0 });
  });
  await writes.command(() => writes.insert(nothing));
  expect(writes.now()).toEqual({ underWay: 0, ended: 3, commands: 1, commanding: 0 });
  const command = writes.command(nothing);
  expect(writes.now()).toMatchObject({ underWay: 1, commands: 2, commanding: 1 });
  await command;
});
