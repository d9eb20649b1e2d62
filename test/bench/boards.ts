/** Answers of a leaderboard of many people while the counters take events as fast as they can. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCounterStore } from '#engines';
import type { CloudEvent } from '#crm';
import type { Handled } from './app';
import { clock } from './clock';
import { Ground } from './engines';
import { checkCounters } from './expected';
import { below, figureOf, median, percentile, ratesOf, shown, type Context, type Figure } from './figures';
import { Mix, TENANT } from './mix';
import { Worker } from './worker';

type Engines = 'embedded' | 'servers';

const ASKED_PER_SECOND = 50;
const BOARD = '/v1/leaderboards/rank-follow-ups?preset=year&limit=100';

interface Size {
  employees: number;
  /** Events that the counters take while they are asked. */
  load: number;
  bar?: ReturnType<typeof below>;
}

const ASKED: Size = { employees: 10_000, load: 200_000, bar: below(10) };
/** What more people cost. */
const GROWTH: readonly Size[] = [
  { employees: 1_000, load: 100_000 },
  { employees: 50_000, load: 100_000 },
];

export const boardsEmbedded = (context: Context): Promise<Figure[]> => boards('embedded', context);
export const boardsServers = (context: Context): Promise<Figure[]> => boards('servers', context);

async function boards(engines: Engines, context: Context): Promise<Figure[]> {
  const sizes = context.quick ? [{ ...ASKED, load: 60_000 }] : [ASKED, ...GROWTH];
  const figures: Figure[] = [];
  for (const size of sizes) figures.push(await boardOf(engines, size, context));
  return figures;
}

async function boardOf(
  engines: Engines,
  { employees, load, bar }: Size,
  { quick, seed, say }: Context,
): Promise<Figure> {
  const ground = await Ground.of(engines === 'servers' ? ['kafka', 'redis'] : []);
  try {
    const mix = new Mix({ seed, employees });
    const people = mix.employees.map(employeeEvent);
    const before = mix.events(quick ? 30_000 : 50_000);
    await ground.fill([...people, ...before]);
    await takeIn(ground, people.length + before.length);
    await ground.fill(mix.events(load));
    const { times, done } = await askUnderLoad(engines, ground, load, mix.employees);
    const counters = openCounterStore(ground.settings);
    await checkCounters(counters, mix.latest.values());
    await counters.close();
    say(`${times.length} answers, ${shown(employees)} people`);
    const name = engines === 'embedded' ? 'embedded, one process' : 'Redis';
    const rate = median(ratesOf(done, { rounds: 3 }));
    return figureOf(
      `boards: answer, ${shown(employees)} people, counters at full load, p99, ${name}`,
      'ms',
      [percentile(times, 0.99)],
      {
        bar,
        note: `in the server, ${times.length} answers, ${ASKED_PER_SECOND} a second by the clock; p50 ${shown(median(times))} ms; the counters took ${shown(rate)} events/s meanwhile`,
      },
    );
  } finally {
    await ground.stop();
  }
}

const employeeEvent = (id: string, index: number): CloudEvent => ({
  specversion: '1.0',
  id: `employee-${index}`,
  source: 'https://crm.example/bench',
  type: 'crm.employee.created',
  subject: id,
  time: new Date().toISOString(),
  tenantid: TENANT,
  sequence: '1',
  data: { id, name: `员工 ${index}`, departmentId: `d${index % 40}`, status: 'active' },
});

async function takeIn(ground: Ground, count: number): Promise<void> {
  const app = Worker.start('app', ['leaderboards'], ground.env);
  await app.ask('start');
  await app.ask('handled', { consumer: 'leaderboards', count });
  await app.stop();
}

async function askUnderLoad(
  engines: Engines,
  ground: Ground,
  count: number,
  employees: readonly string[],
): Promise<{ times: number[]; done: Handled[] }> {
  // Each has an embedded warehouse of its own, of which nothing is asked.
  const own = ground.with({ DATA_DIR: join(ground.folder, 'query') });
  const query = engines === 'servers' ? Worker.start('app', ['query'], own) : null;
  await query?.ask('start');
  const consumer = Worker.start('app', [query ? 'leaderboards' : 'leaderboards,query'], ground.env);
  const ownUrl = await consumer.ask<string>('start');
  const url = query ? await query.ask<string>('start') : ownUrl;
  const server = query ?? consumer;
  const state = { over: false };
  const asked = askByTheClock(url, employees, state);
  // One question at a time goes to a worker: the consumer's is asked for its batches when they are all there.
  for (;;) {
    await sleep(100);
    const done = await consumer.ask<Handled[]>('seen');
    if (done.reduce((sum, batch) => sum + batch.count, 0) >= count) {
      state.over = true;
      await asked;
      const requests = await server.ask<{ route: string; ms: number }[]>('requests');
      await query?.stop();
      await consumer.stop();
      const times = requests.filter(({ route }) => route.startsWith('/v1/leaderboards')).map(({ ms }) => ms);
      return { times, done };
    }
  }
}

async function askByTheClock(
  url: string,
  employees: readonly string[],
  state: { over: boolean },
): Promise<void> {
  const started = clock();
  const answers: Promise<void>[] = [];
  for (let index = 0; !state.over; index++) {
    const wait = started + (index * 1000) / ASKED_PER_SECOND - clock();
    if (wait > 1) await sleep(wait);
    const around = index % 2 === 0 ? '' : `&around=${employees[index % employees.length]}`;
    answers.push(answer(`${url}${BOARD}${around}`));
  }
  await Promise.all(answers);
}

async function answer(url: string): Promise<void> {
  const response = await fetch(url);
  const body = (await response.json()) as { source?: string };
  if (response.status !== 200 || body.source !== 'live') {
    throw new Error(`${url}: ${response.status} ${JSON.stringify(body).slice(0, 500)}`);
  }
}
