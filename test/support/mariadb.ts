/** A MariaDB of its own for a test: on a free port, in a temporary folder, gone afterwards. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection, type Connection } from 'mysql2/promise';
import { startChild, type Child } from './children';
import { freePort } from './ports';

const run = promisify(execFile);
const DATABASE = 'crm';

export interface Database {
  /** Address with user and database. */
  url: string;
  connection: Connection;
  stop: () => Promise<void>;
}

/** @throws Error when MariaDB is not installed (Debian, Ubuntu: mariadb-server) or does not start. */
export async function startMariadb(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  const data = join(folder, 'data');
  const port = await freePort();
  await run('mariadb-install-db', [
    ...['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'],
  ]);
  const server = startChild(
    'mariadbd',
    [
      ...['--no-defaults', `--datadir=${data}`, `--socket=${join(folder, 'socket')}`, '--user=root'],
      ...['--bind-address=127.0.0.1', `--port=${port}`, '--innodb-buffer-pool-size=32M'],
    ],
    {},
  );
  const connection = await connect(server, port);
  await connection.query(`CREATE DATABASE ${DATABASE}`);
  await connection.changeUser({ database: DATABASE });
  const stop = async (): Promise<void> => {
    await connection.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `mysql://root@127.0.0.1:${port}/${DATABASE}`, connection, stop };
}

async function connect(server: Child, port: number): Promise<Connection> {
  for (const until = Date.now() + 30_000; ; await sleep(50)) {
    try {
      return await createConnection({ host: '127.0.0.1', port, user: 'root', multipleStatements: true });
    } catch (error) {
      if (Date.now() > until)
        throw new Error(`MariaDB does not answer: ${server.output()}`, { cause: error });
    }
  }
}
