/**
 * chDB: the ClickHouse engine inside this process, through the same client as a server.
 *
 * Every statement has a connection to itself while it runs: connections run in parallel, one connection runs one
 * statement after another. Settings and parameters stick to a connection, and what a failed statement had already
 * produced would come before the next one's rows. So a connection serves again only after a success, and only
 * where each of its settings and parameters is set anew: those of another SELECT with the same names of
 * parameters, or of another insert. A new one takes 0.4 ms of processor time. The client's own `query_params`
 * are not used here because the binding queues all such queries of the process.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { insertInto, type Call, type Engine, type Rows } from './engine';
import { queryError, WarehouseTimeout, WarehouseUnavailable } from './errors';
import { Idle } from './idle';
import { quoteText, setStatement, type Settings } from './parameters';
import { Pool, type Access } from './pool';
import { Slots } from './slots';
import { Writes } from './writes';

type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;

interface StreamChunk {
  text(): string;
}

interface ChdbConnection extends Connection {
  readonly chdb: {
    queryAsync(sql: string): Promise<unknown>;
    queryStream(sql: string, options: { format: string }): AsyncIterable<StreamChunk>;
  };
}

/** A connection with the client on it, and the settings it has; null: none of ours yet. */
interface Connected {
  connection: ChdbConnection;
  client: ClickHouseClient;
  settings: Settings | null;
}

/** A connection of chDB's own, which starts the engine with options that no statement can set later. */
interface Session {
  queryAsync(sql: string): Promise<unknown>;
  close(): void;
}

interface ChdbModule {
  Session: new (path: string, options: { connectionArgs: readonly string[] }) => Session;
  createChdbConnection(options: { path: string }): ChdbConnection;
}

/**
 * The engine looks 20 times a second how much memory the process has, a quarter of what an idle process takes of a
 * processor. It is one of few that have the machine to themselves: twice a second is enough to keep a limit.
 */
const ENGINE_OPTIONS = ['--memory_worker_period_ms=500'];

/**
 * Each running statement holds a thread of libuv's pool, which files and the embedded change log need
 * too: half of the pool reads, a quarter writes, a quarter stays free.
 */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const PARALLEL: Record<Access, number> = {
  read: Math.max(1, Math.floor(THREADS / 2)),
  write: Math.max(1, Math.floor(THREADS / 4)),
};

/** Names this process's folder of rows on their way in. */
const RUN = randomUUID();

export class EmbeddedEngine implements Engine {
  readonly name = 'embedded';
  private readonly idle = new Idle<Connected>();
  readonly pool = new Pool(
    { read: new Slots(PARALLEL.read), write: new Slots(PARALLEL.write) },
    PARALLEL.read + PARALLEL.write,
  );
  readonly writes: Writes;
  /** The engine lives as long as any connection to its folder does. */
  private readonly anchor: Session;

  private constructor(
    private readonly chdb: ChdbModule,
    private readonly path: string,
    private readonly spool: string,
    private readonly database: string,
  ) {
    this.writes = writesTo(path);
    this.anchor = this.opened(() => new chdb.Session(path, { connectionArgs: ENGINE_OPTIONS }));
    this.clearSpool();
  }

  /** Opens (and creates) the folder `warehouse` in `dataDir`. One process at a time can hold it. */
  static open(dataDir: string, database: string): EmbeddedEngine {
    const path = resolve(dataDir, 'warehouse');
    const chdb = loadChdb();
    mkdirSync(path, { recursive: true });
    return new EmbeddedEngine(chdb, path, join(dataDir, 'warehouse-inserts', RUN), database);
  }

  /** The folder is ours alone from here on: what a process that died has left goes. */
  private clearSpool(): void {
    mkdirSync(this.spool, { recursive: true, mode: 0o700 });
    const all = join(this.spool, '..');
    for (const run of readdirSync(all)) {
      if (run !== RUN) rmSync(join(all, run), { recursive: true, force: true });
    }
  }

  query<T>(sql: string, call: Call): Promise<T[]> {
    return this.connected('read', call, 'kept', async (client) => {
      const result = await client.query({ query: sql, format: 'JSONEachRow' });
      // One JSON.parse of all rows takes half the time of one per row.
      return parseRows<T>(await result.text());
    });
  }

  async command(sql: string, call: Call): Promise<void> {
    await this.connected('write', call, 'closed', (client) => client.command({ query: sql }));
  }

  /** From a file the engine reads the bytes as they are, about three times as fast as inside a statement. */
  async insert(
    table: string,
    columns: readonly string[],
    { format, bytes }: Rows,
    call: Call,
  ): Promise<void> {
    const file = join(this.spool, randomUUID());
    try {
      await writeFile(file, bytes);
      const query = `${insertInto(table, columns)} FROM INFILE ${quoteText(file)} FORMAT ${format}`;
      await this.connected('write', call, 'kept', (client) => client.command({ query }));
    } finally {
      await rm(file, { force: true });
    }
  }

  async administer(statement: string): Promise<void> {
    await this.anchor.queryAsync(statement);
  }

  async *stream<T>(sql: string, call: Call): AsyncIterable<T[]> {
    const release = await this.pool.take('read', call.timeoutMs, tooBusy);
    let connection: ChdbConnection | undefined;
    try {
      const on = this.newcomer();
      ({ connection } = on);
      await this.prepare(on, call);
      const chunks = connection.chdb.queryStream(sql, { format: 'JSONEachRow' });
      for await (const chunk of chunks) yield parseRows<T>(chunk.text());
    } finally {
      await connection?.close();
      release();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.clear().map(({ connection }) => connection.close()));
    this.anchor.close();
  }

  /** Runs `work` with a client whose statements have the call's settings and parameters. */
  private async connected<T>(
    access: Access,
    call: Call,
    after: 'kept' | 'closed',
    work: (client: ClickHouseClient) => Promise<T>,
  ): Promise<T> {
    const release = await this.pool.take(access, call.timeoutMs, tooBusy);
    const kind = namesIn(call);
    let spare: Connected[] = [];
    try {
      const on = (after === 'kept' && this.idle.take(kind)) || this.newcomer();
      spare = [on];
      await this.prepare(on, call);
      const result = await work(on.client);
      if (after === 'kept') spare = this.idle.keep(kind, on);
      return result;
    } finally {
      await Promise.all(spare.map(({ connection }) => connection.close())).finally(release);
    }
  }

  private newcomer(): Connected {
    const connection = this.connect();
    return { connection, client: createClient({ connection }), settings: null };
  }

  private async prepare(on: Connected, { settings, parameters }: Call): Promise<void> {
    const { chdb } = on.connection;
    if (on.settings === null && this.database !== 'default')
      await chdb.queryAsync(`USE \`${this.database}\``);
    const { settings: before } = on;
    const changed = Object.entries(settings).filter(([name, value]) => before?.[name] !== value);
    on.settings = settings;
    if (changed.length === 0 && Object.keys(parameters).length === 0) return;
    await chdb.queryAsync(setStatement(Object.fromEntries(changed), parameters));
  }

  private connect(): ChdbConnection {
    return this.opened(() => this.chdb.createChdbConnection({ path: this.path }));
  }

  private opened<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      const cause = queryError(error);
      const message = cause.message.includes('already running')
        ? `The embedded warehouse in ${this.path} is in use by another process`
        : `The embedded warehouse in ${this.path} cannot be opened: ${cause.message}`;
      throw new WarehouseUnavailable(message, cause.code, { cause: error });
    }
  }
}

const WRITES = new Map<string, Writes>();

/** Those of all that have opened a folder: one process at a time can, and it may do so several times. */
function writesTo(path: string): Writes {
  const writes = WRITES.get(path) ?? new Writes(true);
  WRITES.set(path, writes);
  return writes;
}

/** What is set for a call: a connection that has served one of the same names keeps nothing that another did not set. */
const namesIn = ({ settings, parameters }: Call): string =>
  `${Object.keys(settings).sort().join()} ${Object.keys(parameters).sort().join()}`;

const tooBusy = (): Error =>
  new WarehouseTimeout('The embedded warehouse had no free connection within the time limit', null);

const parseRows = <T>(text: string): T[] =>
  text === '' ? [] : (JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as T[]);

function loadChdb(): ChdbModule {
  if (process.platform === 'win32') {
    throw new WarehouseUnavailable(
      'The embedded warehouse (chDB) does not run on Windows: run Floorboard in Docker, or set CLICKHOUSE_URL to a ClickHouse server',
      null,
    );
  }
  try {
    /* eslint-disable @typescript-eslint/no-require-imports -- optional and 550 MB: only loaded when used */
    const { Session } = require('chdb') as Pick<ChdbModule, 'Session'>;
    const { createChdbConnection } = require('chdb/connection') as Pick<ChdbModule, 'createChdbConnection'>;
    /* eslint-enable @typescript-eslint/no-require-imports */
    return { Session, createChdbConnection };
  } catch (cause) {
    throw new WarehouseUnavailable(
      'The embedded warehouse needs the optional dependency "chdb" (Linux with glibc, or macOS): run "npm install chdb", or set CLICKHOUSE_URL to a ClickHouse server',
      null,
      { cause },
    );
  }
}
