/** A ClickHouse server over HTTP. */
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { insertInto, type Call, type Engine, type Rows } from './engine';
import { WarehouseTimeout } from './errors';
import { Pool, type Access } from './pool';
import { Slots } from './slots';
import { Writes } from './writes';

/** ClickHouse closes an idle connection after 10 s by default; ours must be given up before that. */
const IDLE_SOCKET_TTL_MS = 2_500;
/** The engine's own limit comes first; this one catches a server that no longer answers. */
const GRACE_MS = 2_000;
/** Of one process to the server. Statements wait for one here and not in the client, which does not say so. */
const CONNECTIONS = 16;

/** Who signed the server's certificate; and our own with its key, where the server asks for one. */
export interface ServerTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

export class ServerEngine implements Engine {
  readonly name = 'clickhouse';
  readonly pool: Pool;
  readonly writes = new Writes(false);
  private readonly client: ClickHouseClient;

  constructor(
    private readonly url: string,
    database: string,
    private readonly tls: ServerTls,
  ) {
    this.client = connect(url, database, tls);
    const slots = new Slots(CONNECTIONS);
    this.pool = new Pool({ read: slots, write: slots }, CONNECTIONS);
  }

  async query<T>(sql: string, call: Call): Promise<T[]> {
    return this.connected('read', call, async (bound) => {
      const result = await this.client.query({ query: sql, format: 'JSONEachRow', ...bound });
      return result.json<T>();
    });
  }

  async command(sql: string, call: Call): Promise<void> {
    await this.connected('write', call, (bound) => this.client.command({ query: sql, ...bound }));
  }

  /** The client's own `insert` knows texts alone. */
  async insert(
    table: string,
    columns: readonly string[],
    { format, bytes }: Rows,
    call: Call,
  ): Promise<void> {
    await this.connected('write', call, async (bound) => {
      const { stream } = await this.client.exec({
        query: `${insertInto(table, columns)} FORMAT ${format}`,
        values: Readable.from([bytes], { objectMode: false }),
        ...bound,
      });
      for await (const nothing of stream) void nothing;
    });
  }

  async administer(statement: string): Promise<void> {
    const client = connect(this.url, 'default', this.tls);
    try {
      await client.command({ query: statement });
    } finally {
      await client.close();
    }
  }

  async *stream<T>(sql: string, call: Call): AsyncIterable<T[]> {
    const bound = bind(call);
    const release = await this.pool.take('read', call.timeoutMs, tooBusy);
    try {
      const result = await this.client.query({ query: sql, format: 'JSONEachRow', ...bound });
      try {
        for await (const rows of result.stream<T>()) yield rows.map((row) => row.json());
      } finally {
        result.close();
      }
    } finally {
      release();
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async connected<T>(access: Access, call: Call, work: (bound: Bound) => Promise<T>): Promise<T> {
    const bound = bind(call);
    const release = await this.pool.take(access, call.timeoutMs, tooBusy);
    try {
      return await work(bound);
    } finally {
      release();
    }
  }
}

const tooBusy = (): Error =>
  new WarehouseTimeout('All connections to the ClickHouse server were in use until the time limit', null);

/** Clients send statements for hours over few connections; a URL's path and `database` name the database. */
function connect(url: string, database: string, { ca, cert, key }: ServerTls): ClickHouseClient {
  const address = new URL(url);
  address.pathname = '/';
  address.searchParams.delete('database');
  return createClient({
    url: address.toString(),
    database,
    ...(ca ? { tls: cert && key ? { ca_cert: ca, cert, key } : { ca_cert: ca } } : {}),
    application: 'floorboard',
    max_open_connections: CONNECTIONS,
    // Every call has a limit of its own; a socket may be silent for as long.
    request_timeout: 24 * 60 * 60 * 1000,
    // Errors are thrown; the client would print them as well.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: false, response: false },
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_TTL_MS },
    // A long list of employees does not fit a URL.
    use_multipart_params_auto: true,
  });
}

/** What goes into the client's call besides the statement. */
interface Bound {
  clickhouse_settings: Record<string, string | number>;
  query_params: Record<string, unknown>;
  abort_signal: AbortSignal;
}

/** The time that the caller has begins here, whether or not a connection is free. */
function bind(call: Call): Bound {
  return {
    clickhouse_settings: { ...call.settings },
    query_params: { ...call.parameters },
    abort_signal: AbortSignal.timeout(call.timeoutMs + GRACE_MS),
  };
}
