/**
 * The way from the command line to a running server: the same HTTP application on a socket in the
 * data folder. It also is the lock: one process per folder.
 */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { mkdirSync, rmSync, chmodSync } from 'node:fs';
import { join } from 'node:path';

/** A unix socket's path is short (some 100 bytes); a deep data folder falls back on nothing. */
export const socketPath = (dataDir: string): string => join(dataDir, 'floorboard.sock');

/** Whether a server answers on the folder's socket. */
export function serverRuns(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath(dataDir));
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/**
 * Serves requests on the folder's socket.
 * @throws when another server holds the folder.
 */
export async function serveSocket(
  dataDir: string,
  route: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  mkdirSync(dataDir, { recursive: true });
  if (await serverRuns(dataDir)) throw new FolderInUse(dataDir);
  rmSync(socketPath(dataDir), { force: true });
  const server = createServer(route);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath(dataDir), resolve);
  });
  chmodSync(socketPath(dataDir), 0o600);
  return server;
}

export class FolderInUse extends Error {
  constructor(dataDir: string) {
    super(`another floorboard runs on ${dataDir}; stop it, or set another DATA_DIR`);
  }
}

export interface SocketAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** One request to the running server. */
export function askServer(
  dataDir: string,
  method: string,
  path: string,
  body?: { type: string; content: string | Buffer },
  extra: Record<string, string> = {},
): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const about = body && {
      'content-type': body.type,
      'content-length': Buffer.byteLength(body.content),
    };
    const headers = { host: 'localhost', ...about, ...extra };
    const outgoing = request({ socketPath: socketPath(dataDir), method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body?.content);
  });
}
