// The ClickHouse engine over HTTP as a separate process: see clickhouse-http.mjs for what it is and is not.
import { join } from 'node:path';
import { ensureChdb } from './install.mjs';
import { dataFolder, freePort, startProcess } from './process.mjs';

const PROGRAM = join(import.meta.dirname, 'clickhouse-http.mjs');

async function pings(url) {
  try {
    return (await fetch(`${url}/ping`)).ok;
  } catch {
    return false;
  }
}

/**
 * Starts the front; with the same `dataDir` it comes back with what it held.
 *
 * @param {{port?: number, dataDir?: string}} [options] a free port and a temporary folder unless given.
 * @returns {Promise<{url: string, pid: number, exited: Promise<void>, stop: (signal?: string) => Promise<void>}>}
 *   `url` as for CLICKHOUSE_URL; `stop` removes the folder when it was a temporary one.
 * @throws {Error} when chDB is not installed or does not start.
 */
export async function startClickHouse({ port, dataDir } = {}) {
  await ensureChdb();
  const folder = dataFolder(dataDir, 'clickhouse');
  try {
    const listen = port ?? (await freePort());
    const url = `http://127.0.0.1:${listen}`;
    const server = await startProcess({
      name: 'clickhouse-http',
      command: process.execPath,
      args: [PROGRAM, '--port', String(listen), '--path', join(folder.path, 'data')],
      // Queries run on libuv's threads; the default of 4 would let long ones hold up reading and writing files.
      env: { UV_THREADPOOL_SIZE: '12' },
      logFile: join(folder.path, 'clickhouse.log'),
      ready: () => pings(url),
    });
    const stop = async (signal) => {
      await server.stop(signal);
      folder.dispose();
    };
    return { url, pid: server.pid, exited: server.exited, stop };
  } catch (error) {
    folder.dispose();
    throw error;
  }
}
