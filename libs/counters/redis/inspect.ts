/** What a Redis server or cluster is, for whoever checks an installation. Changes nothing. */
import { Cluster, Redis } from 'ioredis';
import { parseRedisUrl, type RedisTls } from './client';
import { metaKey, TOUCHED_CHANNEL } from './keys';

export interface RedisFacts {
  version: string;
  cluster: boolean;
  /** Masters that were asked; one without a cluster. */
  masters: number;
  /** `noeviction`, or what else a master does when it is full. */
  evictionPolicies: string[];
  /** Whether every master writes an append-only file. */
  appendOnly: boolean;
  /** The fullest master's share of its limit, 0 to 1; null when none has a limit. */
  fullness: number | null;
  /** Its clock, epoch milliseconds, between the two instants of ours. */
  clock: { theirs: number; from: number; to: number };
  /** Commands that the user is refused, each with Redis' own words. */
  refused: string[];
}

const ANSWER_MS = 5_000;

/** @throws when it cannot be reached, or does not let the user in. */
export async function inspectRedis(url: string, tls: RedisTls = {}): Promise<RedisFacts> {
  const target = parseRedisUrl(url, tls);
  const [node] = target.nodes;
  const options = {
    ...target.options,
    lazyConnect: true,
    commandTimeout: ANSWER_MS,
    connectTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
  const client = target.cluster
    ? new Cluster(target.nodes, {
        redisOptions: options,
        lazyConnect: true,
        clusterRetryStrategy: () => null,
      })
    : new Redis({ ...node, ...options });
  let failure: Error | undefined;
  client.on('error', (error: Error) => (failure = error));
  try {
    await client.connect();
    const masters = client instanceof Cluster ? client.nodes('master') : [client];
    return await factsOf(client, masters);
  } catch (error) {
    // What a refused connection says is told to the listener; the call only says that it is closed.
    throw failure ?? error;
  } finally {
    client.disconnect();
  }
}

async function factsOf(client: Redis | Cluster, masters: Redis[]): Promise<RedisFacts> {
  const infos = await Promise.all(masters.map(async (master) => fieldsOf(await master.info())));
  const from = Date.now();
  const [seconds = 0, micros = 0] = (await (masters[0] as Redis).time()).map(Number);
  const to = Date.now();
  const limited = infos.filter(({ maxmemory }) => Number(maxmemory) > 0);
  return {
    version: infos[0]?.['redis_version'] ?? '',
    cluster: client instanceof Cluster,
    masters: masters.length,
    evictionPolicies: [...new Set(infos.map((info) => info['maxmemory_policy'] ?? ''))],
    appendOnly: infos.every((info) => info['aof_enabled'] === '1'),
    fullness: limited.length
      ? Math.max(...limited.map((info) => Number(info['used_memory']) / Number(info['maxmemory'])))
      : null,
    clock: { theirs: seconds * 1000 + micros / 1000, from, to },
    refused: await refusedOf(client),
  };
}

/** Each kind of command that the counters need, as one that changes nothing. */
async function refusedOf(client: Redis | Cluster): Promise<string[]> {
  const meta = metaKey(0);
  const attempts: [string, () => Promise<unknown>][] = [
    ['read', () => client.hgetall(meta)],
    // To delete a key that no one writes is a write that does nothing.
    ['write', () => client.hdel(meta, 'never-written')],
    ['script', () => client.eval("return redis.call('HGET', KEYS[1], 'current')", 1, meta)],
    ['publish', () => client.call('PUBSUB', ['NUMSUB', TOUCHED_CHANNEL])],
  ];
  const refused: string[] = [];
  for (const [kind, attempt] of attempts) {
    try {
      await attempt();
    } catch (error) {
      refused.push(`${kind}: ${(error as Error).message}`);
    }
  }
  return refused;
}

const fieldsOf = (info: string): Record<string, string> =>
  Object.fromEntries(
    [...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
