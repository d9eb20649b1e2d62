/**
 * What no short test can show, at full load on the four apps and servers of their own:
 *
 *   npm run test:under-load -- outage [--sink clickhouse|redis] [--minutes 10]
 *   npm run test:under-load -- rebuild [--minutes 3]
 *
 * `outage`: a sink is away for so long; intake turns away before memory or disk are at risk, what was accepted is
 * there in the end, and how long that takes. `rebuild`: counters are built anew again and again; boards answer all
 * the time, and since contracts are only added a board's total never falls, not even when the new counters take over.
 * Both end with every number equal to what was accepted. Exit code 1: something was not so.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes, runCommand } from '../support/processes';
import { FullLoad } from './full-load';
import { Plant, stopAllPlants } from './plant';

const TIME_ZONE = 'Asia/Shanghai';
const WARM_MS = 10_000;
const LOOK_MS = 250;
const TELL_MS = 30_000;
const CAUGHT_UP_MS = 900_000;
const BOARD = '/v1/leaderboards/rank-contract-amount?preset=year&limit=1000';

const wrong: string[] = [];

interface Board {
  source: string;
  rows: { value: string }[];
}

/** A board's total in cents, or what kept it from answering. */
async function total(plant: Plant): Promise<{ cents: number; source: string } | { error: string }> {
  try {
    const answer = await fetch(plant.queryUrl + BOARD);
    if (!answer.ok) return { error: `${answer.status}` };
    const { source, rows } = (await answer.json()) as Board;
    return { cents: rows.reduce((sum, { value }) => sum + Math.round(Number(value) * 100), 0), source };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Resident memory by app, MB; the largest seen is kept. */
class Memory {
  readonly most = new Map<string, number>();

  look(plant: Plant): string {
    const now = [...plant.apps.values()].map(({ name, pid }) => {
      const mb = Math.round(residentBytes(pid) / 1024 ** 2);
      this.most.set(name, Math.max(this.most.get(name) ?? 0, mb));
      return `${name} ${mb}`;
    });
    return `${now.join(', ')} MB`;
  }
}

const say = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);

async function outage(
  plant: Plant,
  load: FullLoad,
  sink: 'clickhouse' | 'redis',
  minutes: number,
): Promise<void> {
  const memory = new Memory();
  await sleep(WARM_MS);
  say(`warm: ${load.accepted} accepted; ${memory.look(plant)}`);
  await plant.engine(sink).stop();
  const began = Date.now();
  const before = load.accepted;
  for (let told = began; Date.now() < began + minutes * 60_000; await sleep(LOOK_MS * 4)) {
    const now = memory.look(plant);
    if (Date.now() - told < TELL_MS) continue;
    told = Date.now();
    say(`${sink} away for ${Math.round((told - began) / 1000)} s: ${load.accepted} accepted; ${now}`);
  }
  await plant.engine(sink).start();
  const back = Date.now();
  await load.stop();
  await caughtUp(plant, load, back);
  await atTheEnd(plant, back);
  const turned = load.turnedAway;
  say(
    turned
      ? `turned away first after ${Math.round((turned.at - began) / 1000)} s (Retry-After ${turned.retryAfter})`
      : 'nothing was turned away',
  );
  memory.look(plant);
  say(
    `accepted in the outage: ${load.accepted - before}; answers ${JSON.stringify(Object.fromEntries(load.answers))}`,
  );
  say(`most memory: ${[...memory.most].map(([name, mb]) => `${name} ${mb}`).join(', ')} MB`);
  for (const status of load.answers.keys()) {
    if (!['202', '429', '503', 'none'].includes(status)) wrong.push(`an answer was ${status}`);
  }
}

async function rebuild(plant: Plant, load: FullLoad, minutes: number): Promise<void> {
  const until = Date.now() + minutes * 60_000;
  const sources = new Map<string, number>();
  let [rebuilds, asked, highest] = [0, 0, 0];
  const turns = (async () => {
    while (Date.now() < until) {
      const { code, output } = await runCommand(['rebuild'], plant.env);
      if (code !== 0) wrong.push(`floorboard rebuild: ${output}`);
      rebuilds += 1;
      say(`${output.split('\n').at(-1)}; ${load.accepted} accepted so far, ${asked} board answers`);
    }
  })();
  while (Date.now() < until) {
    const answer = await total(plant);
    asked += 1;
    if ('error' in answer) wrong.push(`a board did not answer: ${answer.error}`);
    else {
      sources.set(answer.source, (sources.get(answer.source) ?? 0) + 1);
      // The warehouse's answer while counters are not there may be behind what counters had shown.
      if (answer.source === 'live' && answer.cents < highest) {
        wrong.push(`a board fell from ${highest} to ${answer.cents} cents`);
      }
      if (answer.source === 'live') highest = Math.max(highest, answer.cents);
    }
    await sleep(LOOK_MS);
  }
  await turns;
  const ended = Date.now();
  await load.stop();
  await caughtUp(plant, load, ended);
  await atTheEnd(plant, ended);
  say(`${rebuilds} rebuilds, ${asked} board answers (${JSON.stringify(Object.fromEntries(sources))})`);
}

/** Waits until the live board shows everything that was accepted. */
async function caughtUp(plant: Plant, load: FullLoad, since: number): Promise<void> {
  for (;;) {
    const answer = await total(plant);
    if ('cents' in answer && answer.source === 'live' && answer.cents === load.cents) break;
    if (Date.now() - since > CAUGHT_UP_MS) {
      wrong.push(`not caught up: ${JSON.stringify(answer)}, accepted ${load.cents} cents`);
      return;
    }
    await sleep(LOOK_MS);
  }
  say(`the board holds all ${load.accepted} after ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/** Waits until both consumers stand at the end of the log: then the warehouse has everything, too. */
async function atTheEnd(plant: Plant, since: number): Promise<void> {
  for (let told = Date.now(); ; await sleep(LOOK_MS)) {
    const answer = await fetch(`${plant.queryUrl}/v1/status`);
    const { consumers } = (await answer.json()) as { consumers: { name: string; lagEvents: number }[] };
    if (consumers.every(({ lagEvents }) => lagEvents === 0)) break;
    const lags = consumers.map(({ name, lagEvents }) => `${name} ${lagEvents}`).join(', ');
    if (Date.now() - told > TELL_MS) {
      told = Date.now();
      say(`still to be taken: ${lags}`);
    }
    if (Date.now() - since > CAUGHT_UP_MS) {
      wrong.push(`not at the end of the log: ${lags}`);
      return;
    }
  }
  say(`everything is taken after ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

async function verify(plant: Plant): Promise<void> {
  const { code, output } = await runCommand(['verify', '--no-repair'], plant.env);
  say(output);
  if (code !== 0) wrong.push(`verify ended with ${String(code)}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sink: { type: 'string', default: 'clickhouse' }, minutes: { type: 'string' } },
  });
  const [scenario] = positionals;
  const { sink, minutes } = values;
  if (scenario !== 'outage' && scenario !== 'rebuild') throw new Error('say outage or rebuild');
  if (sink !== 'clickhouse' && sink !== 'redis') throw new Error('--sink is clickhouse or redis');
  const plant = await Plant.start('servers', TIME_ZONE);
  const load = new FullLoad(plant.ingestUrl, TIME_ZONE);
  await load.start();
  if (scenario === 'outage') await outage(plant, load, sink, Number(minutes ?? 10));
  else await rebuild(plant, load, Number(minutes ?? 3));
  await verify(plant);
  await plant.stop();
  for (const each of new Set(wrong)) say(`WRONG: ${each}`);
  process.exit(wrong.length === 0 ? 0 : 1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAllPlants().finally(() => process.exit(130)));
}
main().catch((error: unknown) => {
  console.error(error);
  void stopAllPlants().finally(() => process.exit(1));
});
