import { spawnSync } from 'node:child_process';

const run = (work: string): { status: number | null; signal: string | null; stderr: string } => {
  const script = `require('./dist/libs/platform/watchdog.js').watchOverEventLoop(2); ${work}`;
  return spawnSync('node', ['-e', script], { encoding: 'utf8', timeout: 60_000 });
};

test('a process whose main thread is blocked is ended', () => {
  const { signal, stderr } = run('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50000)');
  expect({ signal, stderr }).toEqual({
    signal: 'SIGKILL',
    stderr: expect.stringContaining('the process stood still for 2 s and is ended') as string,
  });
});

test('one that works on is left alone, and one that is done ends by itself', () => {
  expect(run('setTimeout(() => process.exit(7), 5000)')).toMatchObject({ status: 7, stderr: '' });
  expect(run('')).toMatchObject({ status: 0, stderr: '' });
});
