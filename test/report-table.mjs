// `npm run report:table`: each report with its property, drill-down and export test, and its p95.
//
// Reads what the last `npm test` (any one jest run with these specs) and the last `npm run bench:reports` left in
// test/.out. Ends with an error when a report lacks a test, or one failed.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const OUT = join(import.meta.dirname, '.out');
const { REPORTS } = createRequire(import.meta.url)('../dist/libs/reports/index.js');

/** What each column's tests are: their file, and their titles where the file has others too. */
const SUITES = {
  property: { file: 'test/reports/property.spec.ts' },
  'drill-down': { file: 'test/reports/records.spec.ts' },
  'export: report': { file: 'test/e2e/exports.spec.ts', title: /says what JSON says/ },
  'export: records': { file: 'test/e2e/exports.spec.ts', title: /of the records/ },
};

function readJson(...path) {
  const file = join(OUT, ...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const run = readJson('jest.json');
if (!run) {
  console.error('test/.out/jest.json is missing: run npm test first');
  process.exit(1);
}

/** `passed 2`, `FAILED`, or `MISSING` for the tests of one report in one suite. */
function verdict(id, { file, title }) {
  const tests = run.testResults
    .filter(({ name }) => name.endsWith(file))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => test.ancestorTitles.includes(id) && (title?.test(test.title) ?? true));
  if (tests.length === 0) return 'MISSING';
  return tests.every(({ status }) => status === 'passed') ? `passed ${tests.length}` : 'FAILED';
}

const bench = readJson('bench', 'reports.json')?.results ?? [];
const sizes = [...new Set(bench.map(({ size }) => size))];

/** The slowest question of a report at a size, in milliseconds; empty where it was not measured. */
function p95(id, size) {
  const own = bench
    .filter((result) => result.report === id && result.size === size)
    .map((result) => result.p95);
  return own.length > 0 ? Math.round(Math.max(...own)) : '';
}

const rows = REPORTS.map(({ id }) => ({
  report: id,
  ...Object.fromEntries(Object.entries(SUITES).map(([name, suite]) => [name, verdict(id, suite)])),
  ...Object.fromEntries(sizes.map((size) => [`p95 ms, ${size} M contracts`, p95(id, size)])),
}));
console.table(rows);
const wrong = rows.filter((row) =>
  Object.values(row).some((cell) => cell === 'MISSING' || cell === 'FAILED'),
);
console.log(`${rows.length} reports, ${wrong.length} with a test that is missing or failed`);
if (sizes.length === 0) console.log('no p95: npm run bench:reports has not been run here');
process.exitCode = wrong.length > 0 ? 1 : 0;
