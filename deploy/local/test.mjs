// `npm test`: installs and starts the real engines, builds, checks types and style, runs every spec.
//
//   npm test                    everything
//   npm test -- libs/crm        further arguments go to jest
//
// An engine whose setting (KAFKA_BROKERS, REDIS_URL, REDIS_CLUSTER, CLICKHOUSE_URL) is in the environment is
// used as it is. Ends with a line `N passed, N failed`: jest's tests, and one failure for each other step that
// failed and for each test that was skipped: an engine that is not there is a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureEngines, startEngines } from './engines.mjs';
import { ensureChromium, ensureMariadb, ensurePrometheus, ensureStrace } from './install.mjs';
import { temporaryRoot } from './process.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const RESULT = join(ROOT, 'test', '.out', 'jest.json');
const ENGINES = ['KAFKA_BROKERS', 'REDIS_URL', 'REDIS_CLUSTER', 'CLICKHOUSE_URL'];

const running = new Set();
let interrupted = false;

/** Runs a script of package.json; resolves to its exit code. */
const script = (name) => start('npm', ['run', '--silent', name]);

/** Runs one of the project's own tools; resolves to its exit code. */
const run = (tool, args, env) => start(join(BIN, tool), args, env);

function start(program, args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.once('error', failed);
    child.once('exit', (code) => {
      running.delete(child);
      done(code ?? 1);
    });
  });
}

const failedSteps = [];

/** One step under a heading, with its time; a step fails by a non-zero result or by throwing. */
async function step(name, action) {
  if (interrupted) return false;
  console.log(`\n=== ${name}`);
  const start = performance.now();
  let ok = false;
  try {
    ok = ((await action()) ?? 0) === 0;
  } catch (error) {
    console.error(error.message);
  }
  if (!ok) failedSteps.push(name);
  console.log(`--- ${name}: ${ok ? 'ok' : 'FAILED'}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return ok;
}

/** What jest counted; a spec file that could not run at all counts as one failed test. */
function readCounts() {
  if (!existsSync(RESULT)) return { passed: 0, failed: 0, skipped: 0 };
  const result = JSON.parse(readFileSync(RESULT, 'utf8'));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function report() {
  const { passed, failed, skipped } = readCounts();
  // Jest's own failures stand in its counts already; a jest that failed without any has to show all the same.
  const others = failedSteps.filter((name) => name !== 'tests' || failed === 0);
  if (skipped > 0) console.log(`\n${skipped} skipped or todo: every test has to run.`);
  if (failedSteps.length > 0) console.log(`\nFailed steps: ${failedSteps.join(', ')}`);
  const failures = failed + skipped + others.length;
  console.log(`\n${passed} passed, ${failures} failed`);
  return failures === 0 && passed > 0;
}

/** What the tests run with; the browser's program goes to them by the environment. */
async function install() {
  await ensureEngines();
  process.env.CHROMIUM = ensureChromium();
  ensureMariadb();
  ensurePrometheus();
  ensureStrace();
}

async function runTests(engines, jestArguments) {
  mkdirSync(join(ROOT, 'test', '.out'), { recursive: true });
  const options = ['--maxWorkers=2', '--json', `--outputFile=${RESULT}`];
  return run('jest', [...options, ...jestArguments], { ...engines.env, TEST_DATA: temporaryRoot() });
}

/** The checks that run nothing: side by side, for each of their programs keeps to one processor. */
async function checkTexts() {
  await Promise.all([
    step('lint', () => run('eslint', ['.', '--max-warnings', '0'])),
    step('types', () => script('types')).then(() =>
      step('format', () => run('prettier', ['--check', '--log-level', 'warn', '.'])),
    ),
  ]);
}

async function testOnEngines(jestArguments) {
  let engines;
  const missing = ENGINES.filter((name) => !process.env[name]);
  const started = await step('start engines', async () => {
    engines = await startEngines(missing);
    for (const name of ENGINES) console.log(`${name}=${engines.env[name] ?? process.env[name]}`);
  });
  if (!started) return;
  await step('tests', () => runTests(engines, jestArguments));
  await engines.stop();
}

async function main() {
  rmSync(RESULT, { force: true });
  const start = performance.now();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      interrupted = true;
      for (const child of running) child.kill('SIGTERM');
    });
  }
  const ready = (await step('install', install)) && (await step('build', () => script('build')));
  if (ready) {
    await checkTexts();
    await testOnEngines(process.argv.slice(2));
  }
  console.log(`\nTotal: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const passed = report();
  process.exit(interrupted ? 130 : passed ? 0 : 1);
}

await main();
