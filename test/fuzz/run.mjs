// The long run: npm run test:fuzz -- --seed N --cases N
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const whole = /^\d{1,9}$/;
const { values } = parseArgs({
  options: { seed: { type: 'string' }, cases: { type: 'string', default: '5000' } },
});
const seed = values.seed ?? String(Date.now() % 1_000_000);
if (!whole.test(seed) || !whole.test(values.cases)) {
  console.error('usage: npm run test:fuzz -- [--seed N] [--cases N]');
  process.exit(2);
}
console.log(`seed ${seed}, ${values.cases} cases of each kind`);
const jest = spawn(
  process.execPath,
  [join(ROOT, 'node_modules', '.bin', 'jest'), 'test/fuzz', '--maxWorkers=1'],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: seed, FUZZ_CASES: values.cases },
  },
);
jest.once('exit', (code) => process.exit(code ?? 1));
