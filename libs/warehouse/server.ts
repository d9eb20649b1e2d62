/** A ClickHouse server over HTTP. */
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { quoteName, type Call, type Engine } from './engine';

/** ClickHouse closes an idle connection after 10 s by default; ours must be given up before that. */
const IDLE_SOCKET_TTL_MS = 2_500;
/** The engine's own limit comes first; this one catches a server that no longer answers. */
const GRACE_MS = 2_000;

/** Who signed the server's certificate; and our own with its key, where the server asks for one. */
export interface ServerTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

export class ServerEngine implements Engine {
  readonly name = 'clickhouse';
  private readonly client: ClickHouseClient;

  constructor(
    private readonly url: string,
    database: string,
    private readonly tls: ServerTls,
  ) {
    this.client = connect(url, database, tls);
  }

  async query<T>(sql: string, call: Call): Promise<T[]> {
    const result = await this.client.query({ query: sql, format: 'JSONEachRow', ...bind(call) });
    return result.json<T>();
  }

  async command(sql: string, call: Call): Promise<void> {
    await this.client.command({ query: sql, ...bind(call) });
  }

  async insert(table: string, columns: readonly string[], rows: Buffer, call: Call): Promise<void> {
    await this.client.insert({
      table,
      columns: columns.map(quoteName) as [string, ...string[]],
      format: 'TabSeparated',
      values: Readable.from([rows], { objectMode: false }),
      ...bind(call),
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
    const result = await this.client.query({ query: sql, format: 'JSONEachRow', ...bind(call) });
    try {
      for await (const rows of result.stream<T>()) yield rows.map((row) => row.json());
    } finally {
      result.close();
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

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
    max_open_connections: 16,
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

function bind(call: Call): Bound {
  return {
    clickhouse_settings: { ...call.settings },
    query_params: { ...call.parameters },
    abort_signal: AbortSignal.timeout(call.timeoutMs + GRACE_MS),
  };
}
