/** How long an answer takes, what it costs and what it reads. */
import type { Warehouse } from '#warehouse';

/** Milliseconds in the server, nearest rank. */
export interface Times {
  p50: number;
  p95: number;
}

export interface Measured extends Times {
  /** Median of the processor time of the whole process meanwhile, events that arrive included, milliseconds. */
  cpu: number;
  /** Median of the rows read from tables. */
  rowsRead: number;
}

const rank = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function timesOf(times: readonly number[]): Times {
  const sorted = ascending(times);
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) };
}

/** Rows that statements of this process have read so far. */
async function rowsSelected(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query<{ value: number }>(
    "SELECT value FROM system.events WHERE event = 'SelectedRows'",
    {},
    { tag: { report: 'bench', tenant: '' } },
  );
  return row?.value ?? 0;
}

/** One request at a time, twice to warm up and then `repeats` times. */
export async function measure(
  warehouse: Warehouse,
  repeats: number,
  ask: () => Promise<unknown>,
): Promise<Measured> {
  await ask();
  await ask();
  const times: number[] = [];
  const cpus: number[] = [];
  const rows: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = await rowsSelected(warehouse);
    const cpu = process.cpuUsage();
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1000);
    rows.push((await rowsSelected(warehouse)) - before);
  }
  return {
    ...timesOf(times),
    cpu: rank(ascending(cpus), 0.5),
    rowsRead: rank(ascending(rows), 0.5),
  };
}

/** Several questions one after the other, twice to warm up and then `rounds` times. */
export async function inTurn(
  rounds: number,
  questions: readonly (() => Promise<unknown>)[],
): Promise<Times[]> {
  const times = questions.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    for (const [index, ask] of questions.entries()) {
      const started = performance.now();
      await ask();
      if (round >= 0) times[index]?.push(performance.now() - started);
    }
  }
  return times.map(timesOf);
}
