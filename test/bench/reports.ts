/**
 * Speed of every report: `npm run bench:reports -- [--sizes 0.01,0.1,0.3,1] [--repeats 20] [--only id,id]`.
 *
 * A tenant with a million contracts, a million customers and three million activities (times the size)
 * beside a hundred others, in the embedded engine; 200 events a second arrive through the facts writer;
 * one request at a time; nothing is merged by hand. Each question is asked again and again; then with every statement
 * read each time; and all reports in turn, as somebody does who goes through them. Prints a table and writes
 * test/.out/bench/reports.json, and a picture of the growth over the sizes beside it, reports.svg.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCaller } from '#access';
import { zoneNamed } from '#calendar';
import { REPORTS, runReport, type ReportAnswer, type ReportContext } from '#reports';
import { migrate, openWarehouse, type Warehouse } from '#warehouse';
import { checkLarge, checkSmall, plantSmall } from './reports/check';
import { fill, TODAY } from './reports/fill';
import { growthChart } from './reports/growth-chart';
import { inTurn, measure, type Measured, type Times } from './reports/measure';
import { askedOf, questionsTo } from './reports/questions';
import { Stream } from './reports/stream';

const TENANT = 'large0';
const FULL = 1_000_000;
const OTHERS = 100;
const EVENTS_PER_SECOND = 200;
const SEED = 1;
/** In which the first merges happen and events begin to lie outside the large parts. */
const SETTLE_MS = 20_000;
/** Sizes with a bar are asked every question; the others show growth by the first one. */
const SIZES_WITH_BAR = new Set([0.1, 1]);

/** Two reports may take longer; bars are for the whole of the data, and for a tenth. */
const HEAVY = new Set(['forgotten-customers', 'data-summary']);
const barOf = (report: string, size: number): number | null => {
  if (size === 1) return HEAVY.has(report) ? 300 : 150;
  return size === 0.1 ? (HEAVY.has(report) ? 60 : 40) : null;
};

interface Result extends Measured {
  size: number;
  report: string;
  question: string;
  bar: number | null;
  /** The same with every statement read each time, whether or not anything has arrived since; of the first question. */
  anew: Measured | null;
  /** The first question in turn with those of all other reports, so that most of what it reads has changed. */
  inTurn: Times | null;
}

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '0.01,0.1,0.3,1' },
    repeats: { type: 'string', default: '20' },
    only: { type: 'string' },
    settle: { type: 'string', default: String(SETTLE_MS) },
  },
});
const asked = options.only?.split(',');
const reports = REPORTS.filter(({ id }) => asked === undefined || asked.includes(id));

const contextOn = (warehouse: Warehouse, repeating: boolean): ReportContext => ({
  warehouse,
  reading: { repeating },
  tenant: { id: TENANT, zone: zoneNamed('Asia/Shanghai') },
  caller: openCaller(TENANT),
  now: Date.parse(`${TODAY}T10:00:00+08:00`),
});

/** Parts of the large tables, the largest first. */
async function partsOf(warehouse: Warehouse): Promise<string> {
  const rows = await warehouse.query<{ table: string; parts: number[] }>(
    `SELECT table, arrayReverseSort(groupArray(rows)) AS parts FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('activity', 'contract', 'customer')
     GROUP BY table ORDER BY table`,
    {},
    { tag: { report: 'bench', tenant: '' } },
  );
  return rows.map(({ table, parts }) => `${table} ${parts.join(' ')}`).join('; ');
}

async function prepare(warehouse: Warehouse, size: number): Promise<void> {
  await migrate(warehouse);
  const contracts = Math.round(FULL * size);
  await fill(warehouse, { prefix: 'large', tenants: 1, size: contracts, employees: 1000, seed: SEED });
  const small = Math.ceil(contracts / OTHERS);
  await fill(warehouse, { prefix: 'other', tenants: OTHERS, size: small, employees: 30, seed: SEED });
}

async function atSize(dataDir: string, size: number): Promise<Result[]> {
  const database = `size_${String(size).replace('.', '_')}`;
  const warehouse = await openWarehouse({ dataDir, database });
  const started = performance.now();
  await prepare(warehouse, size);
  console.log(`\nsize ${size}: filled in ${Math.round((performance.now() - started) / 1000)} s`);
  const floor = await plantSmall(warehouse);
  const stream = await Stream.start(warehouse, TENANT, EVENTS_PER_SECOND);
  await new Promise((resolve) => setTimeout(resolve, Number(options.settle)));
  console.log(`parts: ${await partsOf(warehouse)}`);
  const asking =
    (context: ReportContext) =>
    (id: string, query: Record<string, string>): Promise<ReportAnswer> =>
      runReport(id, query, context);
  const ask = asking(contextOn(warehouse, true));
  const askAnew = asking(contextOn(warehouse, false));
  const repeats = Number(options.repeats);
  const someone = await askedOf(warehouse, TENANT);
  const results: Result[] = [];
  for (const report of reports) {
    const questions = questionsTo(report, someone);
    for (const [index, { name, query }] of questions.entries()) {
      if (index > 0 && !SIZES_WITH_BAR.has(size)) break;
      const measured = await measure(warehouse, repeats, () => ask(report.id, query));
      const anew = index > 0 ? null : await measure(warehouse, repeats, () => askAnew(report.id, query));
      const of = { size, report: report.id, question: name, bar: barOf(report.id, size) };
      results.push({ ...of, ...measured, anew, inTurn: null });
    }
  }
  const firsts = results.filter(({ anew }) => anew !== null);
  const turns = await inTurn(
    repeats,
    firsts.map(({ report, question }) => {
      const asked = questionsTo(reportNamed(report), someone).find(({ name }) => name === question);
      return () => ask(report, asked?.query ?? {});
    }),
  );
  for (const [index, result] of firsts.entries()) result.inTurn = turns[index] ?? null;
  console.log(`parts: ${await partsOf(warehouse)}`);
  await stream.stop();
  const figures = await checkLarge(warehouse, TENANT, ask);
  const answers = await checkSmall(warehouse, floor);
  console.log(
    `${stream.sent} events came in; ${figures} reports equal plain sums, ${answers} answers equal the model`,
  );
  await warehouse.command(`DROP DATABASE ${database} SYNC`);
  await warehouse.close();
  return results;
}

function reportNamed(id: string): (typeof reports)[number] {
  const report = reports.find((report) => report.id === id);
  if (!report) throw new Error(`${id} is no report`);
  return report;
}

/** The slowest question of each report stands for it. */
function slowest(results: readonly Result[]): Result[] {
  const byReport = new Map<string, Result>();
  for (const result of results) {
    const held = byReport.get(result.report);
    if (!held || result.p95 > held.p95) byReport.set(result.report, result);
  }
  return [...byReport.values()];
}

/** Those of the first question of each report, asked in turn with the others. */
const askedInTurn = (results: readonly Result[]): Result[] =>
  results.flatMap((result) => (result.inTurn ? [{ ...result, ...result.inTurn }] : []));

/** Those of the first question of each report, were everything read each time. */
const readAnew = (results: readonly Result[]): (Result & { anew: Measured })[] =>
  results.flatMap((result) => (result.anew ? [{ ...result, ...result.anew, anew: result.anew }] : []));

function print(results: readonly Result[]): void {
  const anew = new Map(readAnew(results).map((result) => [result.report, result]));
  const turns = new Map(askedInTurn(results).map((result) => [result.report, result]));
  console.table(
    slowest(results).map(({ report, question, p50, p95, bar }) => ({
      report,
      question,
      'p50 ms': Math.round(p50),
      'p95 ms': Math.round(p95),
      'in turn p50': Math.round(turns.get(report)?.p50 ?? NaN),
      'in turn p95': Math.round(turns.get(report)?.p95 ?? NaN),
      'anew p50': Math.round(anew.get(report)?.p50 ?? NaN),
      'anew p95': Math.round(anew.get(report)?.p95 ?? NaN),
      'anew cpu': Math.round(anew.get(report)?.cpu ?? NaN),
      'rows read': anew.get(report)?.rowsRead ?? '',
      bar: bar ?? '',
      verdict: bar === null ? '' : p95 < bar ? 'ok' : 'SLOW',
    })),
  );
}

/** How many times as long the first question takes at full size as with a tenth of the data. */
function printGrowth(results: readonly Result[]): void {
  const sizes = [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
  if (sizes.length < 2) return;
  console.log('\ngrowth: p50 in ms of the first question by size, read anew');
  console.table(
    reports.map(({ id }) => {
      const first = readAnew(results).filter(({ report }) => report === id);
      const p50 = (size: number): number => first.find((result) => result.size === size)?.p50 ?? NaN;
      const factor = p50(1) / p50(0.1);
      return {
        report: id,
        ...Object.fromEntries(sizes.map((size) => [`× ${size}`, Math.round(p50(size) * 10) / 10])),
        'full / tenth': Number.isNaN(factor) ? '' : Math.round(factor * 10) / 10,
        verdict: Number.isNaN(factor) ? '' : factor <= 10 ? 'ok' : 'ABOVE LINEAR',
      };
    }),
  );
}

/** How many reports reach their bar at each size that has one: as asked, in turn, and were all read each time. */
function printSummary(results: readonly Result[]): void {
  for (const size of new Set(results.map((result) => result.size))) {
    const judged = results.filter((result) => result.size === size && result.bar !== null);
    if (judged.length === 0) continue;
    console.log(`size ${size}: ${verdictOn(judged)}`);
    console.log(`size ${size}, a year in turn with all others: ${verdictOn(askedInTurn(judged))}`);
    console.log(`size ${size}, a year read anew each time: ${verdictOn(readAnew(judged))}`);
  }
}

function verdictOn(judged: readonly Result[]): string {
  const worst = slowest(judged);
  const slow = worst.filter(({ p95, bar }) => p95 >= (bar ?? Infinity)).sort((a, b) => b.p95 - a.p95);
  const named = slow.map(({ report, p95, bar }) => `${report} ${Math.round(p95)} (${bar})`).join(', ');
  return `${worst.length - slow.length} of ${worst.length} reports reach their bar${named && `; not: ${named}`}`;
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-reports-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const results: Result[] = [];
  for (const size of options.sizes.split(',').map(Number)) {
    const found = await atSize(dataDir, size);
    print(found);
    results.push(...found);
  }
  printGrowth(results);
  printSummary(results);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version };
  const folder = join('test', '.out', 'bench');
  mkdirSync(folder, { recursive: true });
  const settings = { repeats: Number(options.repeats), eventsPerSecond: EVENTS_PER_SECOND, seed: SEED };
  writeFileSync(join(folder, 'reports.svg'), growthChart(readAnew(results)));
  writeFileSync(join(folder, 'reports.json'), `${JSON.stringify({ machine, settings, results }, null, 2)}\n`);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
