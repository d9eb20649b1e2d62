/** Every fault: where it can happen, and how it is done. Each ends when what was broken is allowed to work again. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { TOPICS } from '#change-log';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { startChild } from '../support/children';
import type { Random } from '../model';
import type { EngineSet } from '../support/floor';
import { RedisSnapshot, type EngineName } from './engines';
import { rewindEmbeddedLog, tearLog } from './log-files';
import type { Ledger } from './ledger';
import type { Load } from './load';
import type { AppName, Plant } from './plant';

export interface Site {
  plant: Plant;
  load: Load;
  ledger: Ledger;
  random: Random;
}

export interface Fault {
  name: string;
  sets: readonly EngineSet[];
  /** Happens while the load runs; false when it did not come to pass (a point nobody passed). */
  inject(site: Site): Promise<boolean>;
  /** Clocks do not say the truth afterwards: freshness cannot be asked for, only exactness. */
  clock?: true;
}

const BOTH: readonly EngineSet[] = ['embedded', 'servers'];
const SERVERS: readonly EngineSet[] = ['servers'];
const EMBEDDED: readonly EngineSet[] = ['embedded'];
/** A consumer that is not heard of for so long is given up by its group (15 s). */
const GIVEN_UP_MS = 18_000;
/** A point that nobody passes in so long, on a machine under load too, is not on the way. */
const POINT_MS = 60_000;

const kill = (name: AppName, sets: readonly EngineSet[]): Fault => ({
  name: `kill -9 ${name} at a random moment`,
  sets,
  inject: async ({ plant, random }) => {
    await sleep(random.int(0, 1_500));
    await plant.app(name).end('SIGKILL');
    return true;
  },
});

const POINTS: readonly [AppName, string][] = [
  ['ingest', 'append.before'],
  ['ingest', 'append.inside'],
  ['ingest', 'append.after'],
  ['facts', 'facts-write.before'],
  ['facts', 'facts-write.inside'],
  ['facts', 'facts-write.after'],
  ['facts', 'facts-commit.before'],
  ['facts', 'facts-commit.inside'],
  ['facts', 'facts-commit.after'],
  ['leaderboards', 'counters-write.before'],
  ['leaderboards', 'counters-write.inside'],
  ['leaderboards', 'counters-write.after'],
  ['leaderboards', 'counters-advance.inside'],
  ['leaderboards', 'counters-commit.before'],
  ['leaderboards', 'counters-commit.inside'],
  ['leaderboards', 'counters-commit.after'],
];

const killAt = ([app, point]: readonly [AppName, string]): Fault => ({
  name: `kill -9 ${app} at ${point}`,
  sets: BOTH,
  inject: ({ plant, random }) =>
    plant.holder(app).diesAt({ point, skip: random.int(0, 3), delayMs: random.int(0, 12) }, POINT_MS),
});

/** The embedded log takes a request's events and dead letters in one write: there it is no point of its own. */
const ingestDeadLetter: Fault = { ...killAt(['ingest', 'dead-letter.inside']), sets: SERVERS };

/** The only facts that become dead letters in a consumer come straight by Kafka. */
const factsDeadLetter: Fault = {
  ...killAt(['facts', 'dead-letter.before']),
  name: 'kill -9 facts before its dead letters',
  sets: SERVERS,
};

const rebuildAt = (point: string): Fault => ({
  name: `kill -9 leaderboards at ${point} of a rebuild`,
  sets: BOTH,
  inject: async ({ plant }) => {
    const dying = plant.holder('leaderboards').diesAt({ point, delayMs: 5 }, POINT_MS);
    const answer = await fetch(`${plant.queryUrl}/v1/rebuild`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`POST /v1/rebuild: ${answer.status}`);
    return dying;
  },
});

const uncaught = (name: AppName, sets: readonly EngineSet[]): Fault => ({
  name: `an error nobody catches in ${name}`,
  sets,
  inject: async ({ plant }) => {
    if (await plant.app(name).diesAt({ throw: true }, 20_000)) return true;
    throw new Error(`${name} did not end: ${plant.app(name).output()}`);
  },
});

const terminate = (name: AppName, sets: readonly EngineSet[]): Fault => ({
  name: `SIGTERM ${name} under load`,
  sets,
  inject: async ({ plant }) => {
    const code = await plant.app(name).end('SIGTERM');
    if (code !== 0)
      throw new Error(`${name} ended with ${String(code)} after SIGTERM: ${plant.app(name).output()}`);
    return true;
  },
});

const halt = (name: AppName, sets: readonly EngineSet[]): Fault => ({
  name: `SIGSTOP ${name}, SIGCONT`,
  sets,
  inject: async ({ plant, random }) => {
    plant.app(name).signal('SIGSTOP');
    await sleep(random.int(2_000, 6_000));
    plant.app(name).signal('SIGCONT');
    return true;
  },
});

const engineAway = (name: EngineName, signal: 'SIGTERM' | 'SIGKILL'): Fault => ({
  name: signal === 'SIGTERM' ? `${name} stopped, started` : `kill -9 ${name}, started`,
  sets: SERVERS,
  inject: async ({ plant, random }) => {
    await plant.engine(name).stop(signal);
    await sleep(random.int(1_000, 8_000));
    await plant.engine(name).start();
    return true;
  },
});

const engineHalted = (name: EngineName): Fault => ({
  name: `SIGSTOP ${name}, SIGCONT`,
  sets: SERVERS,
  inject: async ({ plant, random }) => {
    plant.engine(name).signal('SIGSTOP');
    await sleep(random.int(2_000, 12_000));
    plant.engine(name).signal('SIGCONT');
    return true;
  },
});

/** One of two owners is halted until its partitions are the other's, then goes on with what it had in hand. */
const twoOwners = (name: 'facts' | 'leaderboards'): Fault => ({
  name: `two owners of ${name}' partitions`,
  sets: SERVERS,
  inject: async ({ plant }) => {
    const twin = await plant.addTwin(name);
    await sleep(2_000);
    plant.app(name).signal('SIGSTOP');
    await sleep(GIVEN_UP_MS);
    plant.app(name).signal('SIGCONT');
    await sleep(3_000);
    await plant.removeTwin(twin);
    return true;
  },
});

const rebalance: Fault = {
  name: 'rebalances: consumers come and go',
  sets: SERVERS,
  inject: async ({ plant, random }) => {
    for (let turn = 0; turn < 2; turn += 1) {
      const twins = [await plant.addTwin('facts'), await plant.addTwin('leaderboards')];
      await sleep(random.int(0, 1_500));
      await Promise.all(twins.map((twin) => plant.removeTwin(twin)));
    }
    return true;
  },
};

async function withRedis(plant: Plant, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(plant.redisUrl, { maxRetriesPerRequest: 5 });
  try {
    await use(redis);
  } finally {
    redis.disconnect();
  }
}

const redisFlushed: Fault = {
  name: 'Redis flushed',
  sets: SERVERS,
  inject: async ({ plant }) => {
    await withRedis(plant, (redis) => redis.flushall());
    return true;
  },
};

const redisRestored: Fault = {
  name: 'Redis restored from an older snapshot',
  sets: SERVERS,
  inject: async ({ plant, random }) => {
    const snapshot = new RedisSnapshot(plant.engine('redis'), join(plant.folder, 'redis-snapshot'));
    snapshot.take();
    await sleep(random.int(1_500, 5_000));
    await snapshot.restore();
    return true;
  },
};

const redisFull: Fault = {
  name: 'Redis refuses writes (maxmemory)',
  sets: SERVERS,
  inject: async ({ plant, random }) => {
    await withRedis(plant, (redis) => redis.config('SET', 'maxmemory', '1mb'));
    await sleep(random.int(2_000, 6_000));
    await withRedis(plant, (redis) => redis.config('SET', 'maxmemory', '0'));
    return true;
  },
};

const countersGone: Fault = {
  name: "counters' files gone",
  sets: EMBEDDED,
  inject: async ({ plant }) => {
    const all = plant.app('all');
    await all.stop('SIGKILL');
    rmSync(join(plant.dataDir, 'counters'), { recursive: true });
    await all.start();
    return true;
  },
};

const duplicates: Fault = {
  name: 'everything published once more, reordered',
  sets: BOTH,
  inject: async ({ load, ledger, random }) => {
    const all = [...ledger.events.values()];
    const from = random.int(0, Math.max(0, all.length - 4_000));
    await load.again(all.slice(from, from + 4_000));
    return true;
  },
};

const replayServers: Fault = {
  name: 'replay from the beginning',
  sets: SERVERS,
  inject: async ({ plant }) => {
    const consumers = [plant.app('facts'), plant.app('leaderboards')];
    for (const app of consumers) await app.stop('SIGTERM');
    const kafka = new Kafka({ brokers: [plant.brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    for (const groupId of [FACTS_GROUP, LEADERBOARDS_GROUP]) {
      await admin.resetOffsets({ groupId, topic: TOPICS.events, earliest: true });
    }
    await admin.disconnect();
    for (const app of consumers) await app.start();
    return true;
  },
};

const replayEmbedded: Fault = {
  name: 'replay from the beginning',
  sets: EMBEDDED,
  inject: async ({ plant }) => {
    const all = plant.app('all');
    await all.stop('SIGTERM');
    await rewindEmbeddedLog(plant.dataDir);
    await all.start();
    return true;
  },
};

const tornWrite: Fault = {
  name: 'torn last write of the embedded log',
  sets: EMBEDDED,
  inject: async ({ plant, random }) => {
    const all = plant.app('all');
    if (!(await all.diesAt({ point: 'append.inside', delayMs: random.int(0, 3) }, POINT_MS))) return false;
    // The supervision may have begun a new one already.
    await all.stop('SIGKILL');
    tearLog(plant.dataDir, random);
    await all.start();
    return true;
  },
};

const diskFull: Fault = {
  name: 'disk full',
  sets: EMBEDDED,
  inject: async ({ plant, random }) => {
    if (!plant.smallDisk) return false;
    const filler = join(plant.dataDir, 'filler');
    // dd, because it goes on until there is nothing left.
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
    await sleep(random.int(3_000, 8_000));
    rmSync(filler);
    return true;
  },
};

const writesRefused: Fault = {
  name: 'the system refuses writes (EIO)',
  sets: EMBEDDED,
  inject: async ({ plant, random }) => {
    const inject = 'inject=pwrite64,pwritev,fdatasync:error=EIO';
    const seconds = random.int(2, 5);
    const pid = String(plant.app('all').pid);
    const traced = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=pwrite64,pwritev,fdatasync', '-e', inject];
    const strace = startChild('strace', [...traced, '-p', pid], {});
    await sleep(seconds * 1_000);
    await strace.stop('SIGINT');
    return true;
  },
};

const HOUR_MS = 3_600_000;

const clockBack = (names: readonly AppName[], sets: readonly EngineSet[]): Fault => ({
  name: `clock of ${names.join(', ')} an hour back`,
  sets,
  clock: true,
  inject: async ({ plant, random }) => {
    for (const name of names) plant.app(name).order({ clockMs: -HOUR_MS });
    // Longer than a consumer may be silent: heartbeats must not wait for the clock to catch up.
    await sleep(plant.set === 'servers' ? GIVEN_UP_MS : random.int(2_000, 5_000));
    return true;
  },
});

export const FAULTS: readonly Fault[] = [
  kill('all', EMBEDDED),
  ...(['ingest', 'leaderboards', 'facts', 'query'] as const).map((name) => kill(name, SERVERS)),
  ...POINTS.map(killAt),
  ingestDeadLetter,
  factsDeadLetter,
  ...['rebuild-begin.after', 'rebuild-write.inside', 'rebuild-finish.before', 'rebuild-finish.inside'].map(
    rebuildAt,
  ),
  uncaught('all', EMBEDDED),
  uncaught('leaderboards', SERVERS),
  terminate('all', EMBEDDED),
  ...(['ingest', 'leaderboards', 'facts', 'query'] as const).map((name) => terminate(name, SERVERS)),
  halt('all', EMBEDDED),
  ...(['kafka', 'redis', 'clickhouse'] as const).flatMap((name) => [
    engineAway(name, 'SIGTERM'),
    engineAway(name, 'SIGKILL'),
    engineHalted(name),
  ]),
  twoOwners('facts'),
  twoOwners('leaderboards'),
  rebalance,
  redisFlushed,
  redisRestored,
  redisFull,
  countersGone,
  duplicates,
  replayServers,
  replayEmbedded,
  tornWrite,
  diskFull,
  writesRefused,
  clockBack(['all'], EMBEDDED),
  clockBack(['ingest', 'leaderboards', 'facts', 'query'], SERVERS),
];
