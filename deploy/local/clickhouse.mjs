// The ClickHouse engine over HTTP as a separate process: see clickhouse-http.mjs for what it is and is not.
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { ensureChdb } from './install.mjs';
import { dataFolder, freePort, startProcess } from './process.mjs';

const PROGRAM = join(import.meta.dirname, 'clickhouse-http.mjs');

/** Whether `/ping` is answered; whose certificate it is does not matter yet. */
function pings(url) {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((done) => {
    const request = get(`${url}/ping`, { rejectUnauthorized: false, timeout: 2_000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
  });
}

/**
 * Starts the front; with the same `dataDir` it comes back with what it held.
 *
 * @param {{port?: number, dataDir?: string, secure?: {cert: string, key: string, users: object}}} [options] a free
 *   port and a temporary folder unless given; `secure`: HTTPS with these users alone (clickhouse-http.mjs).
 * @returns {Promise<{url: string, port: number, pid: number, exited: Promise<void>, stop: (signal?: string) => Promise<void>}>}
 *   `url` as for CLICKHOUSE_URL; `stop` removes the folder when it was a temporary one.
 * @throws {Error} when chDB is not installed or does not start.
 */
export async function startClickHouse({ port, dataDir, secure } = {}) {
  await ensureChdb();
  const folder = dataFolder(dataDir, 'clickhouse');
  try {
    const listen = port ?? (await freePort());
    const url = `${secure ? 'https' : 'http'}://127.0.0.1:${listen}`;
    const args = [PROGRAM, '--port', String(listen), '--path', join(folder.path, 'data')];
    if (secure) {
      const file = join(folder.path, 'secure.json');
      writeFileSync(file, JSON.stringify(secure), { mode: 0o600 });
      args.push('--secure', file);
    }
    const server = await startProcess({
      name: 'clickhouse-http',
      command: process.execPath,
      args,
      // Queries run on libuv's threads; the default of 4 would let long ones hold up reading and writing files.
      env: { UV_THREADPOOL_SIZE: '12' },
      logFile: join(folder.path, 'clickhouse.log'),
      ready: () => pings(url),
    });
    const stop = async (signal) => {
      await server.stop(signal);
      folder.dispose();
    };
    return { url, port: listen, pid: server.pid, exited: server.exited, stop };
  } catch (error) {
    folder.dispose();
    throw error;
  }
}
