// The three engines together.
//
//   node deploy/local/engines.mjs up [--keep]
//
// runs them in the foreground and prints the settings that select them; --keep keeps their data in
// deploy/local/.engines/data for the next time. SIGINT or SIGTERM stops them.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startClickHouse } from './clickhouse.mjs';
import { ensureChdb, ensureJava, ensureKafkaJars, ensureRedis } from './install.mjs';
import { startKafka } from './kafka.mjs';
import { stopAll } from './process.mjs';
import { startRedis, startRedisCluster } from './redis.mjs';

const KEPT_DATA = join(import.meta.dirname, '.engines', 'data');

const STARTERS = {
  KAFKA_BROKERS: async (folder) => {
    const kafka = await startKafka({ dataDir: folder && join(folder, 'kafka') });
    // Its orderly end takes a second or two, and nobody reads a temporary folder again.
    return { value: kafka.brokers, stop: () => kafka.stop(folder ? 'SIGTERM' : 'SIGKILL') };
  },
  REDIS_URL: async (folder) => {
    const redis = await startRedis({ dataDir: folder && join(folder, 'redis') });
    return { value: redis.url, stop: redis.stop };
  },
  REDIS_CLUSTER: async () => {
    const cluster = await startRedisCluster();
    return { value: cluster.nodes.join(','), stop: cluster.stop };
  },
  CLICKHOUSE_URL: async (folder) => {
    const clickhouse = await startClickHouse({ dataDir: folder && join(folder, 'clickhouse') });
    return { value: clickhouse.url, stop: clickhouse.stop };
  },
};

/** Installs what the engines need, where that is possible; throws one sentence that says what is missing. */
export async function ensureEngines() {
  await ensureChdb();
  ensureRedis();
  ensureJava();
  ensureKafkaJars();
}

/**
 * Starts engines at the same time.
 *
 * @param {string[]} names the settings to provide: KAFKA_BROKERS, REDIS_URL, REDIS_CLUSTER, CLICKHOUSE_URL.
 * @param {string} [folder] where their data stays; temporary folders without it (the cluster's always is).
 * @returns {Promise<{env: Record<string, string>, stop: () => Promise<void>}>}
 */
export async function startEngines(names, folder) {
  const results = await Promise.allSettled(names.map((name) => STARTERS[name](folder)));
  const started = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
  const stop = () => stopAll(started.map((engine) => () => engine.stop()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { env: Object.fromEntries(names.map((name, i) => [name, started[i].value])), stop };
}

function untilSignal() {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, done);
    // The signal listeners alone do not keep the process alive.
    setInterval(() => {}, 60_000);
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'boolean' } },
  });
  if (positionals.length !== 1 || positionals[0] !== 'up') {
    throw new Error('usage: node deploy/local/engines.mjs up [--keep]');
  }
  await ensureEngines();
  const signalled = untilSignal();
  const names = ['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL'];
  const engines = await startEngines(names, values.keep ? KEPT_DATA : undefined);
  for (const [name, value] of Object.entries(engines.env)) console.log(`${name}=${value}`);
  await signalled;
  await engines.stop();
  process.exit(0);
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
