import { Pool } from './pool';
import { Slots } from './slots';

const poolOf = (writes: number): Pool =>
  new Pool({ read: new Slots(1), write: new Slots(writes) }, writes + 1);
const late = (): Error => new Error('late');
const LONG_MS = 60_000;

test('whoever waits for writes hears when the last of them has ended, those included that wait', async () => {
  const pool = poolOf(1);
  expect(await pool.written(LONG_MS)).toBe(false);
  const first = await pool.take('write', LONG_MS, late);
  const second = pool.take('write', LONG_MS, late);
  let heard = false;
  const written = pool.written(LONG_MS).then((wrote) => ((heard = true), wrote));
  first();
  const release = await second;
  await Promise.resolve();
  expect(heard).toBe(false);
  release();
  expect(await written).toBe(true);
  expect(pool.use()).toEqual([
    { access: 'read', running: 0, waiting: 0 },
    { access: 'write', running: 0, waiting: 0 },
  ]);
});

test('reading is no writing, and a write that got no connection in time has ended', async () => {
  const pool = poolOf(0);
  await pool.take('read', LONG_MS, late);
  expect(await pool.written(LONG_MS)).toBe(false);
  const refused = pool.take('write', 20, late);
  const written = pool.written(LONG_MS);
  await expect(refused).rejects.toThrow('late');
  expect(await written).toBe(true);
});

test('nobody waits for longer than they want to', async () => {
  const pool = poolOf(1);
  await pool.take('write', LONG_MS, late);
  expect(await pool.written(10)).toBe(true);
});
