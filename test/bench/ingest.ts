/** Ingest: events over HTTP until they are durable in the log; the load comes from another process. */
import { TOPICS } from '#change-log';
import { openLog } from '#engines';
import { atLeast, figureOf, median, percentile, shown, type Context, type Figure } from './figures';
import type { Usage } from './app';
import { cpuMicrosOf, Ground } from './engines';
import type { LoadResult } from './load';
import { logRecord, Mix } from './mix';
import { Worker } from './worker';

type Engines = 'embedded' | 'kafka';
const NAMES: Record<Engines, string> = { embedded: 'embedded', kafka: 'Kafka' };
const BATCH = 500;
const SINGLES = 64;
/** Requests to publish under way at a time, of 500 events each. */
const CONNECTIONS = 4;

export const ingestEmbedded = (context: Context): Promise<Figure[]> => ingest('embedded', context);
export const ingestKafka = (context: Context): Promise<Figure[]> => ingest('kafka', context);

interface Shape {
  name: string;
  batch: number;
  connections: number;
  requests: number;
  least: number;
}

const SHAPES: readonly Shape[] = [
  { name: `batches of ${BATCH}`, batch: BATCH, connections: CONNECTIONS, requests: 100, least: 25_000 },
  {
    name: `single events, ${SINGLES} connections`,
    batch: 1,
    connections: SINGLES,
    requests: 20_000,
    least: 3_000,
  },
];

async function ingest(engines: Engines, context: Context): Promise<Figure[]> {
  const ground = await Ground.of(engines === 'kafka' ? ['kafka'] : [], {
    KEY_PUBLISHES_PER_SECOND: '1000000',
  });
  try {
    const limit = await appendLimit(ground, context);
    const app = Worker.start('app', ['ingest'], ground.env);
    const url = await app.ask<string>('start');
    const load = Worker.start('load', []);
    const figures: Figure[] = [];
    let accepted = limit.appended;
    for (const shape of SHAPES) {
      const { figure, events } = await measure(engines, shape, { url, app, load, limit, context });
      figures.push(figure);
      accepted += events;
    }
    await load.stop();
    await app.stop();
    await checkLog(ground, accepted);
    return figures;
  } finally {
    await ground.stop();
  }
}

async function measure(
  engines: Engines,
  { name, batch, connections, requests, least }: Shape,
  parts: {
    url: string;
    app: Worker;
    load: Worker;
    limit: { eventsPerSecond: number };
    context: Context;
  },
): Promise<{ figure: Figure; events: number }> {
  const { url, app, load, limit, context } = parts;
  const rounds = context.quick ? 3 : 5;
  await load.ask('prepare', { url, seed: context.seed, requests, batch });
  const run = { connections, ms: context.quick ? 1_500 : 3_000 };
  const warm = await load.ask<LoadResult>('run', run);
  let events = warm.requests * batch;
  const rates: number[] = [];
  const latencies: number[] = [];
  const before = [await app.ask<Usage>('usage'), cpuMicrosOf(load.pid)] as const;
  let measured = 0;
  for (let round = 0; round < rounds; round++) {
    const result = await load.ask<LoadResult>('run', run);
    measured += result.requests * batch;
    rates.push(((result.requests * batch) / result.ms) * 1000);
    for (const latency of result.latencies) latencies.push(latency);
  }
  events += measured;
  const own = ((await app.ask<Usage>('usage')).cpuMicros - before[0].cpuMicros) / measured;
  const loads = (cpuMicrosOf(load.pid) - before[1]) / measured;
  context.say(`${name}: ${shown(median(rates))} events/s`);
  const figure = figureOf(`ingest: HTTP ${name} → durable, ${NAMES[engines]}`, 'events/s', rates, {
    limit: { what: 'records prepared ahead into the log alone', value: limit.eventsPerSecond },
    bar: atLeast(least),
    note: `µs of processor time an event: ${shown(own)} server, ${shown(loads)} load beside it; answers p50 ${shown(median(latencies))} ms, p99 ${shown(percentile(latencies, 0.99))} ms`,
  });
  return { figure, events };
}

/** The log alone: the same records, made ahead, as many appends of 500 at a time. */
async function appendLimit(
  ground: Ground,
  { quick, seed }: Context,
): Promise<{ eventsPerSecond: number; appended: number }> {
  const log = await openLog(ground.settings);
  try {
    const batches = Array.from({ length: 100 }, () => [] as ReturnType<typeof logRecord>[]);
    const mix = new Mix({ seed });
    for (const batch of batches) batch.push(...mix.events(BATCH).map(logRecord));
    const rates: number[] = [];
    let appended = 0;
    for (let round = 0; round < (quick ? 3 : 6); round++) {
      const started = performance.now();
      let at = 0;
      const lane = async (): Promise<void> => {
        for (let batch = batches[at++]; batch; batch = batches[at++]) await log.append(TOPICS.events, batch);
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, lane));
      const events = batches.length * BATCH;
      appended += events;
      // The first one warms up.
      if (round > 0) rates.push((events / (performance.now() - started)) * 1000);
    }
    return { eventsPerSecond: median(rates), appended };
  } finally {
    await log.close();
  }
}

/** Every event that was accepted is in the log, once. */
async function checkLog(ground: Ground, accepted: number): Promise<void> {
  const log = await openLog(ground.settings);
  try {
    const offsets = await log.offsets(TOPICS.events);
    const kept = offsets.reduce((sum, { start, end }) => sum + end - start, 0);
    if (kept !== accepted) throw new Error(`${accepted} events were accepted, the log holds ${kept}`);
  } finally {
    await log.close();
  }
}
