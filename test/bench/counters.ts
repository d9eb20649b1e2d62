/** Counters: from the log into the store, one process, beside the same scripts fed with arguments prepared ahead. */
import { Redis } from 'ioredis';
import { openCounterStore } from '#engines';
import { consume, cpuPerEvent, growth } from './consume';
import { scriptLimit } from './counters-limit';
import { Ground } from './engines';
import { checkCounters } from './expected';
import { below, figureOf, median, ratesOf, shareOfLimit, shown, type Context, type Figure } from './figures';
import { Mix } from './mix';

export const COUNTERS_REDIS = 'counters: log → Redis';
const COUNTERS_EMBEDDED = 'counters: log → embedded';
const SLOWEST_MS = 5;
/** Calls of the slow log: all that take longer than this, microseconds. */
const SLOW_MICROS = 1_000;
const BYTES = 900;

export async function countersRedis({ quick, seed, say }: Context): Promise<Figure[]> {
  const count = quick ? 180_000 : 400_000;
  const ground = await Ground.of(['kafka', 'redis']);
  const port = ground.engine('redis').port;
  const redis = new Redis(port, '127.0.0.1');
  try {
    const mix = new Mix({ seed });
    const events = mix.events(count);
    await ground.fill(events);
    await redis.config('SET', 'slowlog-log-slower-than', SLOW_MICROS, 'slowlog-max-len', 100_000);
    await redis.slowlog('RESET');
    await redis.config('RESETSTAT');
    const busyBefore = await processorMs(redis);
    const before = await usedMemory(redis);
    const done = await consume(ground, 'leaderboards', count);
    const rates = ratesOf(done, { rounds: quick ? 3 : 5 });
    say(`${shown(median(rates))} events/s`);
    const { calls, inside } = await slowCalls(redis);
    const scripts = await scriptCalls(redis);
    const busy = (await processorMs(redis)) - busyBefore;
    const bytes = ((await usedMemory(redis)) - before) / mix.latest.size;
    await check(ground, mix);
    const latest = [...mix.latest.values()];
    const grown = quick ? [] : await growth(COUNTERS_REDIS, ground, 'leaderboards', mix, done);
    if (!quick) await check(ground, mix);
    const limit = await scriptLimit(ground, port, events, latest, quick ? 3 : 5);
    return [
      figureOf(COUNTERS_REDIS, 'events/s', rates, {
        limit: { what: 'the same calls to Redis, made ahead', value: limit },
        bar: shareOfLimit(0.6),
        note: `${cpuPerEvent(done)} µs of processor time an event in the consumer`,
      }),
      ...grown,
      figureOf('counters: slowest call to Redis', 'ms', [Math.max(0, ...calls)], {
        bar: below(SLOWEST_MS),
        note: `${calls.length} calls of ${scripts.calls} took over ${SLOW_MICROS / 1000} ms, ${calls.filter((ms) => ms > SLOWEST_MS).length} over ${SLOWEST_MS} ms; one command of one key inside them took up to ${shown(Math.max(SLOW_MICROS / 1000, ...inside))} ms; on average ${shown(scripts.ms / scripts.calls)} ms by the clock, in which Redis had a processor for at most ${shown(busy / scripts.calls)} ms`,
      }),
      figureOf('counters: memory of Redis', 'bytes/record', [bytes], { bar: below(BYTES + 1) }),
    ];
  } finally {
    await redis.quit();
    await ground.stop();
  }
}

export async function countersEmbedded({ quick, seed, earlier, say }: Context): Promise<Figure[]> {
  const count = quick ? 60_000 : 200_000;
  const ground = await Ground.of([]);
  try {
    const mix = new Mix({ seed });
    await ground.fill(mix.events(count));
    const done = await consume(ground, 'leaderboards', count);
    const rates = ratesOf(done, { rounds: quick ? 3 : 5 });
    say(`${shown(median(rates))} events/s`);
    await check(ground, mix);
    const grown = quick ? [] : await growth(COUNTERS_EMBEDDED, ground, 'leaderboards', mix, done);
    if (!quick) await check(ground, mix);
    const redis = earlier.find(({ name }) => name === COUNTERS_REDIS);
    return [
      figureOf(COUNTERS_EMBEDDED, 'events/s', rates, {
        ...(redis && {
          limit: { what: 'Redis, above', value: redis.value },
          bar: shareOfLimit(1),
        }),
        note: `${cpuPerEvent(done)} µs of processor time an event in the process`,
      }),
      ...grown,
    ];
  } finally {
    await ground.stop();
  }
}

async function check(ground: Ground, mix: Mix): Promise<void> {
  const counters = openCounterStore(ground.settings);
  await checkCounters(counters, mix.latest.values());
  await counters.close();
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

/**
 * Milliseconds by the clock of the scripts and of the single commands inside them that took long. What a ZADD or an
 * HSET of one field took is no work of theirs: Redis had no processor meanwhile, or the machine had none.
 */
async function slowCalls(redis: Redis): Promise<{ calls: number[]; inside: number[] }> {
  const log = (await redis.slowlog('GET', 100_000)) as [number, number, number, string[]][];
  const taken = (names: RegExp): number[] =>
    log.filter(([, , , [name = '']]) => names.test(name)).map(([, , micros]) => micros / 1000);
  return { calls: taken(/^eval/i), inside: taken(/^(zadd|hset|hget|expire)$/i) };
}

/** Calls of scripts since the statistics were reset, and how long they took by the clock. */
async function scriptCalls(redis: Redis): Promise<{ calls: number; ms: number }> {
  const [, calls, micros] =
    /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(await redis.info('commandstats')) ?? [];
  return { calls: Number(calls), ms: Number(micros) / 1000 };
}

/** Processor time of the thread that runs all commands, milliseconds. */
async function processorMs(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = ['sys', 'user'].map((of) =>
    Number(new RegExp(`used_cpu_${of}_main_thread:([\\d.]+)`).exec(info)?.[1]),
  );
  return seconds.reduce((sum, one) => sum + one * 1000, 0);
}
