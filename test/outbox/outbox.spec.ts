/**
 * The outbox of the guide on a real MariaDB: transactions of a CRM, a relay that is killed between
 * publishing and taking out, and boards that show what the database holds, to the cent.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, startChild, type Child } from '../support/children';
import { Floor } from '../support/floor';
import { startMariadb, type Database } from '../support/mariadb';

const EXAMPLE = join(ROOT, 'docs/guides/outbox');

/** What a CRM does in a while: contracts of five employees made, changed, deleted, some of it rolled back. */
const BUSINESS = `
import { deleteContract, inTransaction, openDatabase, saveContract } from './contracts.mjs';
const pool = openDatabase(process.env.DATABASE_URL);
let seed = Number(process.env.SEED);
const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
const statuses = ['draft', 'approved', 'approved', 'void', 'no-approval'];
async function change() {
  const id = 'k' + random(40);
  const amount = random(100000) + '.' + String(random(100)).padStart(2, '0');
  const [ownerId, status, kind] = ['e' + random(5), statuses[random(5)], random(10)];
  await inTransaction(pool, async (connection) => {
    if (kind === 0) await deleteContract(connection, id);
    else {
      const contract = { id, number: id, name: 'Desks', ownerId, orderDate: '2026-05-20', amount, status };
      await saveContract(connection, contract, status);
    }
    if (kind === 1) throw new Error('rolled back');
  }).catch((error) => {
    // Of two transactions that wait for each other the database ends one.
    if (error.message !== 'rolled back' && error.code !== 'ER_LOCK_DEADLOCK') throw error;
  });
}
for (let i = 0; i < 60; i++) await Promise.all([change(), change(), change(), change()]);
await pool.end();
`;

describe('the outbox', () => {
  let floor: Floor;
  let database: Database;
  let program: string;
  let gateway: Server;
  /** Called with each answer of the server before the relay sees it. */
  let answered: (status: number, body: string) => Promise<void> | void = () => undefined;
  const relays: Child[] = [];

  beforeAll(async () => {
    [floor, database] = await Promise.all([Floor.start('embedded'), startMariadb()]);
    await database.connection.query(readFileSync(join(EXAMPLE, 'schema.sql'), 'utf8'));
    program = mkdtempSync(join(tmpdir(), 'outbox-'));
    cpSync(EXAMPLE, program, { recursive: true });
    writeFileSync(join(program, 'business.mjs'), BUSINESS);
    const packages = join(program, 'node_modules');
    mkdirSync(packages);
    const packed = startChild('node', ['libs/client/package.mjs'], {});
    expect({ code: await packed.exited, output: packed.output() }).toEqual({ code: 0, output: '' });
    symlinkSync(join(ROOT, 'dist/client'), join(packages, 'floorboard-client'));
    symlinkSync(join(ROOT, 'node_modules/mysql2'), join(packages, 'mysql2'));
    gateway = await startGateway();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.stop('SIGKILL')));
    gateway?.closeAllConnections();
    gateway?.close();
    await database?.stop();
    await floor?.stop();
    rmSync(program, { recursive: true, force: true });
  });

  /** Between the relay and the server, to know when an answer is on its way. */
  async function startGateway(): Promise<Server> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const contentType = request.headers['content-type'] ?? '';
        void (async () => {
          const body = Buffer.concat(chunks).toString();
          const answer = await fetch(`${floor.ingestUrl}${request.url ?? ''}`, {
            ...{ method: 'POST', body, headers: { 'content-type': contentType } },
          });
          const text = await answer.text();
          await answered(answer.status, text);
          response.writeHead(answer.status).end(text);
        })();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  async function startRelay(): Promise<Child> {
    const relay = startChild('node', [join(program, 'relay.mjs')], {
      DATABASE_URL: database.url,
      FLOORBOARD_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    });
    relays.push(relay);
    await relay.line((line) => (line === 'relaying' ? true : undefined));
    return relay;
  }

  const business = async (seed: number): Promise<void> => {
    const child = startChild('node', [join(program, 'business.mjs')], {
      ...{ DATABASE_URL: database.url, SEED: String(seed) },
    });
    expect({ code: await child.exited, output: child.output() }).toEqual({ code: 0, output: '' });
  };
  const waiting = async (): Promise<number> => {
    const [rows] = await database.connection.query('SELECT COUNT(*) AS count FROM outbox');
    return (rows as { count: number }[])[0]?.count ?? NaN;
  };
  const untilEmpty = async (): Promise<void> => {
    for (const until = Date.now() + 60_000; (await waiting()) > 0; await sleep(50)) {
      if (Date.now() > until) throw new Error(relays.map((relay) => relay.output()).join('\n'));
    }
  };
  /** Amounts of what counts, by employee, best first. */
  const inDatabase = async (): Promise<unknown> => {
    const [rows] = await database.connection.query(
      `SELECT owner_id, CAST(SUM(amount) AS CHAR) AS amount FROM contract
       WHERE status IN ('approved', 'no-approval') GROUP BY owner_id ORDER BY SUM(amount) DESC, owner_id`,
    );
    return (rows as { owner_id: string; amount: string }[]).map(({ owner_id, amount }) => [owner_id, amount]);
  };
  const onBoard = async (): Promise<unknown> => {
    await floor.settle();
    const { rows } = await floor.get('/v1/leaderboards/rank-contract-amount?from=2026-05-20&to=2026-05-20');
    return rows.map(({ employeeId, value }) => [employeeId, value]);
  };

  it('publishes what was committed, and nothing of what was rolled back', async () => {
    const relay = await startRelay();
    await business(1);
    await untilEmpty();
    expect(await onBoard()).toEqual(await inDatabase());
    expect(await relay.stop('SIGTERM')).toBe(0);
    expect(relay.output()).toBe('relaying');
  }, 90_000);

  it('publishes again what it was killed over, and no number is wrong', async () => {
    await business(2);
    const before = await waiting();
    expect(before).toBeGreaterThan(100);
    let accepted = 0;
    const dead = new Promise<void>((resolve) => {
      answered = async (status, body) => {
        expect(status).toBe(202);
        accepted += (JSON.parse(body) as { accepted: number }).accepted;
        if (relays.length === 2) {
          await relays[1]?.stop('SIGKILL');
          resolve();
        }
      };
    });
    await startRelay();
    await dead;
    // Published, and nothing was taken out.
    expect(await waiting()).toBe(before);
    expect(accepted).toBe(before);
    await business(3);
    await startRelay();
    await untilEmpty();
    expect(accepted).toBeGreaterThan(2 * before);
    expect(await onBoard()).toEqual(await inDatabase());
    expect((await floor.get<{ deadLetters: number }>('/v1/status')).deadLetters).toBe(0);
  }, 120_000);
});
