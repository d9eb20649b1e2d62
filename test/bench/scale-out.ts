/** The same load with 1, 2 and 4 consumers of the counters, 12 partitions, on Kafka and Redis. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS, type ChangeLog } from '#change-log';
import { openCounterStore, openLog } from '#engines';
import { LEADERBOARDS_GROUP } from '#pipeline';
import type { Handled } from './app';
import { clock } from './clock';
import { Ground } from './engines';
import { checkCounters } from './expected';
import { figureOf, ratesOf, shown, median, type Context, type Figure } from './figures';
import { logRecord, Mix } from './mix';
import { Worker } from './worker';

const SIZES = [1, 2, 4];
const TRICKLE = 50;

export async function scaleOut({ quick, seed, say }: Context): Promise<Figure[]> {
  const ground = await Ground.of(['kafka', 'redis'], { LOG_PARTITIONS: '12' });
  try {
    const mix = new Mix({ seed });
    const count = quick ? 40_000 : 120_000;
    const figures: Figure[] = [];
    let alone = NaN;
    for (const size of SIZES) {
      await ground.fill(mix.events(count));
      const rates = await consumeWith(ground, size, count);
      say(`${size} processes: ${shown(median(rates))} events/s`);
      if (size === 1) alone = median(rates);
      figures.push(
        figureOf(
          `scale-out: ${size} ${size === 1 ? 'process' : 'processes'}, all together`,
          'events/s',
          rates,
          {
            ...(size > 1 && { limit: { what: 'one process', value: alone } }),
            note: `${shown(median(rates) / size)} events/s a process; they share the two cores with Kafka and Redis`,
          },
        ),
      );
    }
    const { joined, left } = await rebalance(ground, mix);
    const counters = openCounterStore(ground.settings);
    await checkCounters(counters, mix.latest.values());
    await counters.close();
    figures.push(
      figureOf('scale-out: longest pause when a process joins', 's', [joined]),
      figureOf('scale-out: the same when one leaves in order', 's', [left], {
        note: 'every cell equals the recomputation after all of it',
      }),
    );
    return figures;
  } finally {
    await ground.stop();
  }
}

let started = 0;

/** Each with a folder of its own: none shares the embedded warehouse, of which nothing is asked. */
const starting = async (ground: Ground): Promise<Worker> => {
  const app = Worker.start(
    'app',
    ['leaderboards'],
    ground.with({ DATA_DIR: join(ground.folder, `app${started++}`) }),
  );
  await app.ask('start');
  return app;
};

const countOf = (batches: readonly Handled[]): number => batches.reduce((sum, { count }) => sum + count, 0);

async function seenBy(apps: readonly Worker[]): Promise<Handled[]> {
  const all = await Promise.all(apps.map((app) => app.ask<Handled[]>('seen')));
  return all.flat().sort((a, b) => a.at - b.at);
}

async function consumeWith(ground: Ground, size: number, count: number): Promise<number[]> {
  const apps = await Promise.all(Array.from({ length: size }, () => starting(ground)));
  const done = await untilSeen(apps, count);
  for (const app of apps) await app.stop();
  return ratesOf(done, { rounds: 3 });
}

async function untilSeen(apps: readonly Worker[], count: number): Promise<Handled[]> {
  const deadline = clock() + 120_000;
  for (;;) {
    const done = await seenBy(apps);
    if (countOf(done) >= count) return done;
    if (clock() > deadline) throw new Error(`${countOf(done)} of ${count} events were taken in time`);
    await sleep(100);
  }
}

/** While a trickle of events comes to every partition: the longest time in which nobody took any. */
async function rebalance(ground: Ground, mix: Mix): Promise<{ joined: number; left: number }> {
  const log = await openLog(ground.settings);
  try {
    const first = await starting(ground);
    const state = { over: false };
    const trickling = trickle(log, mix, state);
    await sleep(2_000);
    const joining = clock();
    const second = await starting(ground);
    await sleep(3_000);
    const leaving = clock();
    const ofSecond = await second.ask<Handled[]>('seen');
    await second.stop();
    await sleep(3_000);
    state.over = true;
    await trickling;
    await untilCommitted(log);
    const all = [...ofSecond, ...(await seenBy([first]))].sort((a, b) => a.at - b.at);
    await first.stop();
    return { joined: longestPause(all, joining, leaving), left: longestPause(all, leaving, Infinity) };
  } finally {
    await log.close();
  }
}

async function trickle(log: ChangeLog, mix: Mix, state: { over: boolean }): Promise<void> {
  while (!state.over) {
    await log.append(TOPICS.events, mix.events(TRICKLE).map(logRecord));
    await sleep(20);
  }
}

async function untilCommitted(log: ChangeLog): Promise<void> {
  const deadline = clock() + 60_000;
  for (;;) {
    const [offsets, committed] = [
      await log.offsets(TOPICS.events),
      await log.committed(TOPICS.events, LEADERBOARDS_GROUP),
    ];
    if (offsets.every(({ partition, end }) => (committed.get(partition) ?? 0) >= end)) return;
    if (clock() > deadline) throw new Error('the trickle was not taken in time');
    await sleep(100);
  }
}

/** Seconds. */
function longestPause(batches: readonly Handled[], from: number, to: number): number {
  const times = batches.map(({ at }) => at).filter((at) => at >= from && at <= to);
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))) / 1000;
}
