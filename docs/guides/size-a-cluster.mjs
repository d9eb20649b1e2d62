// `node docs/guides/size-a-cluster.mjs --peak 2000 …`: what a load needs, by the figures that were measured.
// size-a-cluster.md says what each option and row means.
import { parseArgs } from 'node:util';

/** Measured, or said to be a guess; seconds of processor time and bytes, each of one event unless it says otherwise. */
export const FIGURES = {
  intakeSeconds: 25e-6,
  countersSeconds: 52e-6,
  factsSeconds: 20e-6,
  redisSeconds: 25e-6,
  warehouseSeconds: 30e-6,
  wireBytes: 700,
  logBytes: 825,
  redisRecordBytes: 470,
  /** Of a person in one window of one board: a member of 36 characters in a sorted set. */
  redisCellBytes: 145,
  boards: 9,
  /** This and the last day, week, month, quarter and year. */
  windows: 10,
  warehouseBytes: 303,
  viewerBytes: 40e3,
  /** Assumed: a hundred were measured. */
  viewersOfAProcess: 1000,
  /** One tenant's counters lie on one thread of Redis, which is then busy all the time. */
  tenantPeak: 39_000,
  /** Assumed. */
  comparisonSeconds: 0.1,
};
const BUSY = 0.5;
const COPIES = 3;
const RETENTION_DAYS = 14;
const DAY = 86_400;
const REDIS_BYTES = 32e9;
const SHARD_BYTES = 2e12;
const SHARD_CORES = 8;
/** Tags that all tenants' counters are spread over. */
const REDIS_TAGS = 64;

const processes = (eventsPerSecond, seconds) => Math.max(2, Math.ceil((eventsPerSecond * seconds) / BUSY));

/**
 * @param {{peak: number, average: number, tenants: number, people: number, viewers: number, records: number,
 *   years: number, largest: number}} load events a second at the peak, of all and of the largest tenant, and on
 *   average; live records; years that facts are kept.
 * @returns {[part: string, needs: string, because: string][]} the rows of the table
 */
export function sizeOf({ peak, average, tenants, people, viewers, records, years, largest }) {
  const f = FIGURES;
  const counters = processes(peak, f.countersSeconds);
  const facts = processes(peak, f.factsSeconds);
  const partitions = Math.max(12, Math.ceil((4 * Math.max(counters, facts)) / 12) * 12);
  const logBytes = average * f.logBytes * DAY * RETENTION_DAYS;
  const redisBytes = records * f.redisRecordBytes + people * f.boards * f.windows * f.redisCellBytes;
  const masters = mastersFor(redisBytes, peak * f.redisSeconds);
  const warehouseBytes = average * DAY * 365 * years * f.warehouseBytes;
  const writing = peak * f.warehouseSeconds;
  const shards = Math.max(
    1,
    Math.ceil(warehouseBytes / SHARD_BYTES),
    Math.ceil(writing / (SHARD_CORES * BUSY)),
  );
  const round = tenants * f.comparisonSeconds;
  return [
    [
      'ingest',
      count(processes(peak, f.intakeSeconds), 'process'),
      `${rate(peak)} × ${micro(f.intakeSeconds)}; ${size(peak * f.wireBytes)}/s in`,
    ],
    ['leaderboards', count(counters, 'process'), `${rate(peak)} × ${micro(f.countersSeconds)}`],
    ['facts', count(facts, 'process'), `${rate(peak)} × ${micro(f.factsSeconds)}`],
    [
      'query',
      count(Math.max(2, Math.ceil(viewers / f.viewersOfAProcess)), 'process'),
      `${viewers} viewers, ${size(viewers * f.viewerBytes)} for them in all`,
    ],
    [
      '`LOG_PARTITIONS`',
      String(partitions),
      `four for each of the ${Math.max(counters, facts)} processes of a consumer, in twelves`,
    ],
    [
      '`LOG_RETENTION_BYTES`',
      String(Math.ceil((1.5 * logBytes) / partitions / 1e9) * 1e9),
      'half as much again as a partition holds',
    ],
    [
      'Kafka, disk',
      size(logBytes * COPIES),
      `${rate(average)} × ${f.logBytes} B × ${RETENTION_DAYS} days × ${COPIES} copies`,
    ],
    [
      'Redis, memory',
      size(redisBytes),
      `${records} records × ${f.redisRecordBytes} B, ${people} people × ${f.boards} boards × ${f.windows} windows × ${f.redisCellBytes} B`,
    ],
    [
      'Redis',
      count(masters, 'master'),
      `of ${size(REDIS_BYTES)}, half full; ${micro(f.redisSeconds)} an event in the one thread`,
    ],
    [
      'ClickHouse, disk',
      size(warehouseBytes),
      `a copy: ${rate(average)} × ${f.warehouseBytes} B × ${years} years, replaced versions too`,
    ],
    [
      'ClickHouse',
      count(shards, 'shard'),
      `two copies each, ${SHARD_CORES} cores and ${size(SHARD_BYTES * 1.5)} of disk; writing takes ${(writing / shards).toFixed(1)} cores of each`,
    ],
    [
      'largest tenant',
      largest <= f.tenantPeak * BUSY ? 'fits' : 'DOES NOT FIT',
      `${rate(largest)} of the ${rate(f.tenantPeak)} that one thread of Redis takes`,
    ],
    [
      'comparison',
      `${Math.ceil(round)} s a round`,
      `${tenants} tenants × ${f.comparisonSeconds} s; \`RECONCILIATION_SECONDS\` is 600`,
    ],
  ];
}

/** As many as memory and time ask for, and then a number that the tags can be spread evenly over. */
function mastersFor(bytes, cores) {
  const least = Math.max(1, Math.ceil((2 * bytes) / REDIS_BYTES), Math.ceil(cores / BUSY));
  let masters = 1;
  while (masters < least) masters *= 2;
  return Math.min(masters, REDIS_TAGS);
}

const count = (number, what) => `${number} ${what}${number === 1 ? '' : what.endsWith('s') ? 'es' : 's'}`;
const rate = (eventsPerSecond) => `${eventsPerSecond}/s`;
const micro = (seconds) => `${Math.round(seconds * 1e6)} µs`;
function size(bytes) {
  const [unit, one] = [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
  ].find(([, least]) => bytes >= least) ?? ['kB', 1e3];
  const number = bytes / one;
  return `${number < 10 ? number.toFixed(1) : Math.round(number)} ${unit}`;
}

/** Whole numbers above 0, for what they are. */
const OPTIONS = ['peak', 'average', 'tenants', 'people', 'viewers', 'records', 'years', 'largest'];

function main() {
  const { values } = parseArgs({
    options: Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' }])),
  });
  const load = Object.fromEntries(OPTIONS.map((name) => [name, Number(values[name])]));
  const wrong = OPTIONS.filter((name) => !(load[name] > 0));
  if (wrong.length > 0)
    throw new Error(`a number above 0 is missing: ${wrong.map((name) => `--${name}`).join(' ')}`);
  console.log('| part | needs | because |\n| --- | --- | --- |');
  for (const row of sizeOf(load)) console.log(`| ${row.join(' | ')} |`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    main();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
