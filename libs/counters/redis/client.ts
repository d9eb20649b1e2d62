/** Connections to one Redis server or a Redis Cluster, and the scripts that run on them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;
type Script = (...args: (string | number | Buffer)[]) => Promise<unknown>;

const SCRIPTS = join(__dirname, 'scripts');
const COMMAND_TIMEOUT_MS = 10_000;
const MAX_RECONNECT_DELAY_MS = 2_000;

/** Certificates for TLS; what is absent is the system's own. */
export interface RedisTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** Where Redis is. */
export interface RedisTarget {
  nodes: { host: string; port: number }[];
  cluster: boolean;
  options: RedisOptions;
}

/**
 * Reads a URL as REDIS_URL holds it: `redis://[user:password@]host:port[/db]`, `rediss://` for TLS.
 * Several hosts separated by commas, or `?cluster=true`, mean a Redis Cluster.
 *
 * @throws Error that names what is wrong.
 */
export function parseRedisUrl(text: string, tls: RedisTls = {}): RedisTarget {
  const [first = '', ...more] = text.split(',').map((part) => part.trim());
  const url = URL.parse(first.includes('://') ? first : `redis://${first}`);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || !url.hostname) {
    throw new Error('the Redis URL must look like redis://host:port or redis://host1:port,host2:port');
  }
  const nodes = [
    nodeOf(url.host),
    ...more.map((part) => nodeOf(part.replace(/^rediss?:\/\//, '').split(/[/?]/)[0] ?? '')),
  ];
  const query = new URL(text.includes('?') ? `redis://x/?${text.split('?')[1]}` : 'redis://x/').searchParams;
  const cluster = nodes.length > 1 || query.get('cluster') === 'true';
  const db = url.pathname.length > 1 ? Number(url.pathname.slice(1)) : 0;
  if (!Number.isInteger(db) || (cluster && db !== 0))
    throw new Error(`Redis database ${url.pathname} cannot be used`);
  return {
    nodes,
    cluster,
    options: {
      db,
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
      ...(url.protocol === 'rediss:' ? { tls: { ...tls } } : {}),
    },
  };
}

function nodeOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?$/.exec(text);
  if (!match) throw new Error(`${text} is no Redis host and port`);
  return { host: match[1] ?? match[2] ?? '', port: Number(match[3] ?? 6379) };
}

/**
 * Opens a client with the scripts defined. It connects on its own and reconnects for ever; a
 * command fails after {@link COMMAND_TIMEOUT_MS} or when the connection broke twice under it.
 * A command sent twice after a broken connection does no harm: the scripts check before they write.
 */
export function connect(target: RedisTarget, onError: (error: Error) => void): RedisClient {
  const options: RedisOptions = {
    ...target.options,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 2,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), MAX_RECONNECT_DELAY_MS),
  };
  const [node] = target.nodes;
  const client = target.cluster
    ? new Cluster(target.nodes, {
        redisOptions: options,
        clusterRetryStrategy: (attempt) => Math.min(50 * attempt, MAX_RECONNECT_DELAY_MS),
      })
    : new Redis({ ...node, ...options });
  // An emitter of errors without a listener ends the process; the commands fail with the same error.
  client.on('error', onError);
  for (const file of readdirSync(SCRIPTS)) {
    if (!file.endsWith('.lua')) continue;
    client.defineCommand(scriptName(basename(file, '.lua')), {
      lua: readFileSync(join(SCRIPTS, file), 'utf8'),
    });
  }
  return client;
}

// A prefix of our own, so that no script takes the place of a Redis command.
const scriptName = (name: string): string => `counters_${name}`;

/** Runs `scripts/NAME.lua`; the answer's strings are strings. */
export function runScript(
  client: RedisClient,
  name: string,
  keys: string[],
  args: (string | number | Buffer)[],
): Promise<unknown> {
  return scriptOf(client, scriptName(name))(keys.length, ...keys, ...args);
}

/** As {@link runScript}; the answer's strings are buffers. */
export function runScriptBinary(
  client: RedisClient,
  name: string,
  keys: string[],
  args: (string | number | Buffer)[],
): Promise<unknown> {
  return scriptOf(client, `${scriptName(name)}Buffer`)(keys.length, ...keys, ...args);
}

function scriptOf(client: RedisClient, name: string): Script {
  const script = (client as unknown as Record<string, Script | undefined>)[name];
  if (!script) throw new Error(`no script ${name}`);
  return script.bind(client);
}
