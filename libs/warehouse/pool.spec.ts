import { Pool } from './pool';
import { Slots } from './slots';

const poolOf = (writes: number): Pool =>
  new Pool({ read: new Slots(1), write: new Slots(writes) }, writes + 1);
const late = (): Error => new Error('late');
const LONG_MS = 60_000;

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
