/**
 * A running Floorboard for end-to-end tests: real processes, on either set of engines.
 *
 * `embedded` is one process on a folder; `servers` is the four apps on a Kafka, a Redis and a
 * ClickHouse of their own, so that no other test writes to the same topic.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#crm';
import { startChild, type Child } from './children';
import { residentBytes, runCommand, type Ended } from './processes';

export type EngineSet = 'embedded' | 'servers';
export const ENGINE_SETS: readonly EngineSet[] = ['embedded', 'servers'];

/** One row, bucket or item of an answer. */
export type Row = Record<string, string | number | null>;

/** An answer of a report or board; a test knows which parts it has. */
export interface Report {
  report: string;
  source?: 'live' | 'warehouse';
  period: Row;
  series: Row[];
  rows: Row[];
  around?: Row[] | null;
  totals: Row;
  headline: Record<string, unknown>;
  freshness: { asOf: string | null; lagMs: number | null };
}

export interface Answer<T> {
  status: number;
  type: string;
  headers: Headers;
  body: T;
}

interface Status {
  consumers: { name: string; lagEvents: number; lagMs: number | null }[];
}

const BATCH = 2_000;

export class Floor {
  private children: Child[] = [];
  private urls: { ingest: string; query: string } = { ingest: '', query: '' };
  /** Shown with every request; null: none is. */
  key: string | null = null;

  private constructor(
    readonly set: EngineSet,
    readonly env: Record<string, string>,
    readonly dataDir: string,
    private readonly engines: Child | null,
    private readonly appEnv: Record<string, Record<string, string>>,
  ) {}

  /**
   * @param env for all processes; servers that it names are used instead of new ones.
   * @param appEnv more for single apps, by their folder.
   */
  static async start(
    set: EngineSet,
    env: Record<string, string> = {},
    appEnv: Record<string, Record<string, string>> = {},
  ): Promise<Floor> {
    const dataDir = mkdtempSync(join(tmpdir(), 'floor-'));
    const owns = set === 'servers' && env['KAFKA_BROKERS'] === undefined;
    const engines = owns ? startEngines() : null;
    const servers = engines ? await readEngineSettings(engines) : {};
    const floor = new Floor(
      set,
      { LOG_LEVEL: 'info', PORT: '0', DATA_DIR: dataDir, ...servers, ...env },
      dataDir,
      engines,
      appEnv,
    );
    await floor.startApps();
    return floor;
  }

  /** Servers of its own without any app. */
  static async startEngines(): Promise<Floor> {
    const engines = startEngines();
    return new Floor(
      'servers',
      await readEngineSettings(engines),
      mkdtempSync(join(tmpdir(), 'floor-')),
      engines,
      {},
    );
  }

  get ingestUrl(): string {
    return this.urls.ingest;
  }

  get queryUrl(): string {
    return this.urls.query;
  }

  /** Memory that the processes hold, bytes. */
  memory(): number {
    return this.children.reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  }

  /** Where the processes serve their metrics; they do so when METRICS_PORT is set. */
  metricsUrls(): string[] {
    return this.children.flatMap((child) =>
      [...child.output().matchAll(/^\{.*"url":"([^"]+)","msg":"metrics"/gm)].map(([, url]) => url as string),
    );
  }

  /** What the processes printed, for the message of a failing test. */
  output(): string {
    return this.children.map((child) => child.output()).join('\n');
  }

  async startApps(): Promise<void> {
    if (this.set === 'embedded') {
      const all = this.run('apps/floorboard', ['start']);
      const url = await listening(all);
      this.urls = { ingest: url, query: url };
      return;
    }
    // The consumer that owns the warehouse's tables comes first, as a deployment's migration would.
    const facts = this.run('apps/facts');
    await listening(facts);
    const [ingest, query] = await Promise.all(
      ['apps/ingest', 'apps/query', 'apps/leaderboards'].map((app) => listening(this.run(app))),
    );
    this.urls = { ingest: ingest ?? '', query: query ?? '' };
  }

  async stopApps(signal: NodeJS.Signals = 'SIGTERM'): Promise<(number | null)[]> {
    const codes = await Promise.all(this.children.map((child) => child.stop(signal)));
    this.children = [];
    return codes;
  }

  async stop(): Promise<void> {
    await this.stopApps();
    await this.engines?.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Runs a command of `floorboard` to its end; resolves with what it printed. */
  command(args: string[]): Promise<Ended> {
    return runCommand(args, this.env);
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const base = path.startsWith('/v1/events') ? this.urls.ingest : this.urls.query;
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      type,
      headers: response.headers,
      body: (type.includes('json') && text !== '' ? JSON.parse(text) : text) as T,
    };
  }

  /** The body of a GET that is answered 200. */
  async get<T = Report>(path: string): Promise<T> {
    const answer = await this.request<T>('GET', path);
    if (answer.status !== 200)
      throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Publishes events, all of which must be accepted. */
  async publish(events: CloudEvent[]): Promise<void> {
    for (let at = 0; at < events.length; at += BATCH) {
      const batch = events.slice(at, at + BATCH);
      const answer = await this.request<{ accepted: number }>('POST', '/v1/events', batch, {
        'content-type': 'application/cloudevents-batch+json',
      });
      if (answer.status !== 202 || answer.body.accepted !== batch.length) {
        throw new Error(`POST /v1/events: ${answer.status} ${JSON.stringify(answer.body).slice(0, 2_000)}`);
      }
    }
  }

  /** Waits until everything accepted so far is in the counters and in the warehouse. */
  async settle(timeoutMs = 60_000): Promise<void> {
    const since = Date.now();
    let last: Status | undefined;
    while (Date.now() - since < timeoutMs) {
      const answered = Date.now();
      last = await this.get<Status>('/v1/status');
      const settled = last.consumers.every(
        ({ lagEvents, lagMs }) => lagEvents === 0 && lagMs !== null && answered - lagMs > since,
      );
      if (settled) return;
      await sleep(50);
    }
    throw new Error(
      `not settled in ${timeoutMs} ms: ${JSON.stringify(last)}\n${this.output().slice(-4_000)}`,
    );
  }

  private run(app: string, args: string[] = []): Child {
    const child = startChild('node', [`dist/${app}/main.js`, ...args], { ...this.env, ...this.appEnv[app] });
    this.children.push(child);
    return child;
  }
}

/** The address in the log line that says where a process listens. */
function listening(child: Child): Promise<string> {
  return child.line((line) => {
    if (!line.includes('"msg":"listening"')) return undefined;
    return (JSON.parse(line) as { url: string }).url;
  });
}

const startEngines = (): Child =>
  startChild('node', ['deploy/local/engines.mjs', 'up'], { KAFKA_SHORT_LIVED: '1' });

async function readEngineSettings(engines: Child): Promise<Record<string, string>> {
  const names = ['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL'];
  const values = await Promise.all(
    names.map((name) =>
      engines.line(
        (line) => new RegExp(`^(?:export )?${name}=["']?([^"']+)["']?$`).exec(line.trim())?.[1],
        120_000,
      ),
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
