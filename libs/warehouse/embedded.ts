/**
 * chDB: the ClickHouse engine inside this process, through the same client as a server.
 *
 * Every statement gets a connection of its own (about 1 ms). Connections run in parallel while one
 * connection runs one statement after another; settings and parameters stick to a connection; and
 * what a failed statement had already produced would come before the next one's rows. The client's
 * own `query_params` are not used here because the binding queues all such queries of the process.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { quoteName, type Access, type Bound, type Call, type Engine } from './engine';
import { queryError, WarehouseTimeout, WarehouseUnavailable } from './errors';
import { quoteText, setStatement } from './parameters';
import { Slots } from './slots';

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

interface ChdbModule {
  createChdbConnection(options: { path: string }): ChdbConnection;
}

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
  private readonly slots = { read: new Slots(PARALLEL.read), write: new Slots(PARALLEL.write) };
  /** The engine lives as long as any connection to its folder does. */
  private readonly anchor: ChdbConnection;

  private constructor(
    private readonly chdb: ChdbModule,
    private readonly path: string,
    private readonly spool: string,
    private readonly database: string,
  ) {
    this.anchor = this.connect();
    this.clearSpool();
  }

  /** Opens (and creates) the folder `warehouse` in `dataDir`. One process at a time can hold it. */
  static open(dataDir: string, database: string): EmbeddedEngine {
    const path = join(dataDir, 'warehouse');
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

  async run<T>(
    access: Access,
    call: Call,
    work: (client: ClickHouseClient, bound: Bound) => Promise<T>,
  ): Promise<T> {
    return this.connected(access, call, (connection) => work(createClient({ connection }), {}));
  }

  /** From a file the engine reads the bytes as they are, about three times as fast as inside a statement. */
  async insert(table: string, columns: readonly string[], rows: Buffer, call: Call): Promise<void> {
    const file = join(this.spool, `${randomUUID()}.tsv`);
    try {
      await writeFile(file, rows);
      const query = `INSERT INTO ${table} (${columns.map(quoteName).join(', ')}) FROM INFILE ${quoteText(file)} FORMAT TabSeparated`;
      await this.run('write', call, (client) => client.command({ query }));
    } finally {
      await rm(file, { force: true });
    }
  }

  async administer(statement: string): Promise<void> {
    await this.anchor.chdb.queryAsync(statement);
  }

  async *stream<T>(sql: string, call: Call): AsyncIterable<T[]> {
    const release = await this.slots.read.take(call.timeoutMs, tooBusy);
    let connection: ChdbConnection | undefined;
    try {
      connection = this.connect();
      await this.prepare(connection, call);
      const chunks = connection.chdb.queryStream(sql, { format: 'JSONEachRow' });
      for await (const chunk of chunks) yield parseRows<T>(chunk.text());
    } finally {
      await connection?.close();
      release();
    }
  }

  async close(): Promise<void> {
    await this.anchor.close();
  }

  private async connected<T>(
    access: Access,
    call: Call,
    work: (connection: ChdbConnection) => Promise<T>,
  ): Promise<T> {
    const release = await this.slots[access].take(call.timeoutMs, tooBusy);
    try {
      const connection = this.connect();
      try {
        await this.prepare(connection, call);
        return await work(connection);
      } finally {
        await connection.close();
      }
    } finally {
      release();
    }
  }

  private async prepare(connection: ChdbConnection, call: Call): Promise<void> {
    if (this.database !== 'default') await connection.chdb.queryAsync(`USE \`${this.database}\``);
    await connection.chdb.queryAsync(setStatement(call.settings, call.parameters));
  }

  private connect(): ChdbConnection {
    try {
      return this.chdb.createChdbConnection({ path: this.path });
    } catch (error) {
      const cause = queryError(error);
      const message = cause.message.includes('already running')
        ? `The embedded warehouse in ${this.path} is in use by another process`
        : `The embedded warehouse in ${this.path} cannot be opened: ${cause.message}`;
      throw new WarehouseUnavailable(message, cause.code, { cause: error });
    }
  }
}

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
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- optional and 550 MB: only loaded when used
    return require('chdb/connection') as ChdbModule;
  } catch (cause) {
    throw new WarehouseUnavailable(
      'The embedded warehouse needs the optional dependency "chdb" (Linux with glibc, or macOS): run "npm install chdb", or set CLICKHOUSE_URL to a ClickHouse server',
      null,
      { cause },
    );
  }
}
