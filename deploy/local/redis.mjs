// Real Redis servers on the loopback interface: one, or a cluster of masters.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ensureRedis } from './install.mjs';
import { dataFolder, freePort, sleep, startProcess, stopAll } from './process.mjs';

async function withClient(port, use, access = {}) {
  const client = new Redis({
    ...access,
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } catch {
    return undefined;
  } finally {
    client.disconnect();
  }
}

/** TLS and no other way in, and the users of an ACL. */
function secureOptions(folder, port, { ca, cert, key, acl }) {
  const aclFile = join(folder, 'users.acl');
  writeFileSync(aclFile, `${acl.join('\n')}\n`);
  return [
    ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', '--aclfile', aclFile],
    ...['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key],
  ];
}

/** Starts redis-server; `extra` are more of its options. Loading an AOF answers LOADING, so PONG means loaded. */
async function startServer({ port, dataDir, extra = [], secure }) {
  ensureRedis();
  const folder = dataFolder(dataDir, 'redis');
  try {
    const listen = port ?? (await freePort());
    const listeners = secure ? secureOptions(folder.path, listen, secure) : ['--port', String(listen)];
    const access = secure && {
      username: secure.user,
      password: secure.password,
      tls: { ca: readFileSync(secure.ca) },
    };
    const server = await startProcess({
      name: 'Redis',
      command: 'redis-server',
      args: [
        ...[...listeners, '--bind', '127.0.0.1', '--dir', folder.path, '--daemonize', 'no'],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
        ...['--maxmemory-policy', 'noeviction', ...extra],
      ],
      logFile: join(folder.path, 'redis.log'),
      ready: async () => (await withClient(listen, (client) => client.ping(), access)) === 'PONG',
    });
    const stop = async (signal) => {
      await server.stop(signal);
      folder.dispose();
    };
    return { port: listen, pid: server.pid, exited: server.exited, stop };
  } catch (error) {
    folder.dispose();
    throw error;
  }
}

/**
 * Starts Redis with an append-only file and without eviction, as production needs it.
 *
 * @param {{port?: number, dataDir?: string, secure?: {ca: string, cert: string, key: string, acl: string[], user: string,
 *   password: string}}} [options] a free port and a temporary folder unless given; `secure`: by TLS alone, with
 *   the users of `acl`.
 * @returns {Promise<{url: string, port: number, pid: number, exited: Promise<void>, stop: (signal?: string) => Promise<void>}>}
 *   `url` as for REDIS_URL; `stop` removes the folder when it was a temporary one.
 * @throws {Error} when redis-server is missing and cannot be installed, or does not start.
 */
export async function startRedis({ port, dataDir, secure } = {}) {
  const server = await startServer({ port, dataDir, secure });
  return { url: `redis://127.0.0.1:${server.port}`, ...server };
}

async function joinCluster(nodes) {
  const create = ['--cluster', 'create', ...nodes, '--cluster-replicas', '0', '--cluster-yes'];
  const { status, stdout, stderr } = spawnSync('redis-cli', create, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`redis-cli could not create the cluster:\n${stdout}${stderr}`);
  const deadline = Date.now() + 30_000;
  for (;;) {
    const states = await Promise.all(
      nodes.map((node) => withClient(Number(node.split(':')[1]), (client) => client.cluster('INFO'))),
    );
    if (states.every((state) => state?.includes('cluster_state:ok'))) return;
    if (Date.now() > deadline) throw new Error('the Redis cluster was not complete after 30 s');
    await sleep(100);
  }
}

/**
 * Starts a Redis Cluster of masters without replicas; its data is temporary.
 *
 * @param {number} [size] number of masters, at least 3.
 * @returns {Promise<{nodes: string[], pids: number[], stop: () => Promise<void>}>} `nodes` as `host:port`.
 */
export async function startRedisCluster(size = 3) {
  const servers = [];
  const stop = () => stopAll(servers.map((server) => () => server.stop()));
  try {
    for (let i = 0; i < size; i++) {
      // The bus port is named because the default, port + 10,000, may be taken.
      const extra = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())];
      servers.push(await startServer({ extra }));
    }
    const nodes = servers.map((server) => `127.0.0.1:${server.port}`);
    await joinCluster(nodes);
    return { nodes, pids: servers.map((server) => server.pid), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
