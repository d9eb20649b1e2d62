/** Both engines of the counters against one contract; Redis as a server and, when given, as a cluster. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { BOARDS, countersConformance, type Harness } from './conformance';
import { createEmbeddedCounters } from './embedded/counters';
import type { Counters } from './port';
import { createRedisCounters } from './redis/counters';

/** A database of its own: others may use the server at the same time. */
const TEST_DATABASE = 14;

async function embedded(): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'counters-'));
  const path = join(folder, 'store');
  const open = async (): Promise<Counters> => (last = createEmbeddedCounters({ path, boards: BOARDS }));
  let last: Counters | null = null;
  return {
    shared: false,
    open,
    async flush(counters) {
      await counters.close();
      await rm(path, { recursive: true });
      return open();
    },
    async snapshot(counters) {
      await counters.close();
      const copy = join(folder, 'copy');
      await cp(path, copy, { recursive: true });
      const restore = async (): Promise<Counters> => {
        await last?.close();
        await rm(path, { recursive: true });
        await cp(copy, path, { recursive: true });
        return open();
      };
      return { counters: await open(), restore };
    },
    async close() {
      await last?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Works on the servers' data behind the counters' back; `nodes` hold all of it. */
async function redis(url: string, admin: Redis | Cluster): Promise<Harness> {
  if (admin instanceof Cluster && admin.status !== 'ready') {
    await new Promise((resolve) => admin.once('ready', resolve));
  }
  const nodes: Redis[] = admin instanceof Cluster ? admin.nodes('master') : [admin];
  const empty = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.flushdb()));
  };
  const opened: Counters[] = [];
  const open = async (): Promise<Counters> => {
    const counters = createRedisCounters({ url, boards: BOARDS });
    opened.push(counters);
    return counters;
  };
  await empty();
  return {
    shared: true,
    open,
    async flush(counters) {
      await empty();
      return counters;
    },
    async snapshot(counters) {
      const dumps = await Promise.all(
        nodes.map(async (node) => {
          const keys = await node.keysBuffer('*');
          return Promise.all(keys.map(async (key) => ({ node, key, dump: await node.dumpBuffer(key) })));
        }),
      );
      const restore = async (): Promise<Counters> => {
        await empty();
        for (const { node, key, dump } of dumps.flat()) await node.restore(key, 0, dump);
        return counters;
      };
      return { counters, restore };
    },
    async close() {
      await Promise.all(opened.map((counters) => counters.close()));
      admin.disconnect();
    },
  };
}

const { REDIS_URL, REDIS_CLUSTER } = process.env;

countersConformance('embedded', embedded);

if (REDIS_URL) {
  const url = new URL(REDIS_URL);
  url.pathname = `/${TEST_DATABASE}`;
  countersConformance('Redis', () => redis(url.href, new Redis(url.href)));
} else {
  it('runs against Redis', () => {
    throw new Error('set REDIS_URL (redis://host:port) to a Redis that tests may write to');
  });
}

if (REDIS_CLUSTER) {
  const nodes = REDIS_CLUSTER.split(',').map((node) => {
    const [host = '', port] = node.split(':');
    return { host, port: Number(port) };
  });
  countersConformance('Redis Cluster', () => redis(`redis://${REDIS_CLUSTER}`, new Cluster(nodes)));
}
