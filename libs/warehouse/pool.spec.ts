import { Pool } from './pool';
import { Slots } from './slots';

const poolOf = (writes: number): Pool =>
  new Pool({ read: new Slots(1), write: new Slots(writes) }, writes + 1);
const late = (): Error => new Error('late');
const LONG_MS = 60_000;

/** A write that ends when it is told to. */
function writeOf(pool: Pool): { end: () => Promise<void>; fail: () => Promise<void> } {
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  const write = pool.whole(() => done);
  return {
    end: () => (end(), write),
    fail: () => (fail(new Error('failed')), expect(write).rejects.toThrow('failed')),
  };
}

test('whoever waits for writes hears when the last of those under way has ended', async () => {
  const pool = poolOf(1);
  expect(await pool.written(LONG_MS)).toBe(false);
  const first = writeOf(pool);
  const second = writeOf(pool);
  let heard = false;
  const written = pool.written(LONG_MS).then((wrote) => ((heard = true), wrote));
  await first.end();
  await Promise.resolve();
  expect(heard).toBe(false);
  expect(pool.writes()).toEqual({ underWay: 1, ended: 1 });
  await second.fail();
  expect(await written).toBe(true);
  expect(pool.writes()).toEqual({ underWay: 0, ended: 2 });
});

test('nobody waits for longer than they want to', async () => {
  const pool = poolOf(1);
  writeOf(pool);
  expect(await pool.written(10)).toBe(true);
});

test('tells how many statements run and wait, those that got no connection in time no more', async () => {
  const pool = poolOf(1);
  const release = await pool.take('write', LONG_MS, late);
  const refused = pool.take('write', 20, late);
  expect(pool.use()).toContainEqual({ access: 'write', running: 1, waiting: 1 });
  await expect(refused).rejects.toThrow('late');
  release();
  expect(pool.use()).toEqual([
    { access: 'read', running: 0, waiting: 0 },
    { access: 'write', running: 0, waiting: 0 },
  ]);
});
