// Child processes of the local engines: ports, folders, start, readiness, stop.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const HOST = '127.0.0.1';
// Below Linux's range for outgoing connections, so that no client's own port takes the one just found.
const PORTS = { from: 20_000, to: 32_000 };

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function isFree(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => done(true)));
  });
}

/** A loopback TCP port that nothing listens on at the moment. */
export async function freePort() {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${PORTS.from} and ${PORTS.to} on ${HOST}`);
}

const MEMORY = '/dev/shm';
/** Room that the engines' data of a whole test run finds there with ease, bytes. */
const MEMORY_ENOUGH = 6 * 1024 ** 3;

/**
 * Where data goes that nobody reads again: into memory where there is enough, since engines make and remove files
 * all the time, which a disk may be slow at; else, or where TMPDIR names another, the system's temporary folder.
 */
export function temporaryRoot() {
  if (process.env.TMPDIR !== undefined || !existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= MEMORY_ENOUGH ? MEMORY : tmpdir();
}

/** The given folder (kept afterwards), or a new one under {@link temporaryRoot} (removed by `dispose`). */
export function dataFolder(given, name) {
  if (given) {
    const path = resolve(given);
    mkdirSync(path, { recursive: true });
    return { path, dispose: () => {} };
  }
  const path = mkdtempSync(join(temporaryRoot(), `floorboard-${name}-`));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

function tail(file, lines = 15) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Starts an engine and waits until `ready()` resolves to true.
 *
 * @param {{name: string, command: string, args: string[], env?: Record<string, string>, logFile: string,
 *   ready: () => Promise<boolean>, timeoutMs?: number}} engine `logFile` receives stdout and stderr.
 * @returns {Promise<{pid: number, exited: Promise<void>, stop: (signal?: string) => Promise<void>}>} `stop`
 *   ends the process by its id (SIGTERM unless told otherwise, SIGKILL when it does not end within 20 s).
 * @throws {Error} with the end of the log when the engine ends early or is not ready in time.
 */
export async function startProcess({ name, command, args, env, logFile, ready, timeoutMs = 60_000 }) {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  closeSync(log);
  // An engine must not outlive a caller that ends without stopping it.
  const killOrphan = () => child.kill('SIGKILL');
  process.once('exit', killOrphan);
  let ended = false;
  let failure;
  const exited = new Promise((done) => {
    const finish = (error) => {
      ended = true;
      failure = error;
      process.removeListener('exit', killOrphan);
      done();
    };
    child.once('error', finish);
    child.once('exit', () => finish());
  });
  const stop = async (signal = 'SIGTERM') => {
    if (ended) return;
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await exited;
    clearTimeout(force);
  };
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (ended || Date.now() > deadline) {
      const why = ended ? (failure?.message ?? 'it ended') : `not ready after ${timeoutMs / 1000} s`;
      await stop('SIGKILL');
      throw new Error(`${name} did not start: ${why}\n${tail(logFile)}`);
    }
    await sleep(50);
  }
  return { pid: child.pid, exited, stop };
}

/** Stops what `stop` functions belong to, all of them, even when one fails; then throws the first failure. */
export async function stopAll(stops) {
  const results = await Promise.allSettled(stops.map((stop) => stop()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
