/** What a benchmark runs on: a folder for the embedded engines, or servers of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, type ChangeLog } from '#change-log';
import type { CloudEvent } from '#crm';
import { openLog } from '#engines';
import { loadSettings, type Settings } from '#platform';
import { Engine, settingsOf, type EngineName } from '../faults/engines';
import { freePort } from '../support/ports';
import { logRecord, TIME_ZONE } from './mix';

/** Events of one append while a log is filled. */
const APPEND = 5_000;

/** Four times the weight of another process, about. */
const REDIS_NICE = -6;

export class Ground {
  private readonly engines: Engine[] = [];

  private constructor(
    readonly folder: string,
    readonly env: Record<string, string>,
  ) {}

  /** A folder, and the servers named; what is not named is embedded. */
  static async of(servers: readonly EngineName[], env: Record<string, string> = {}): Promise<Ground> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const ground = new Ground(folder, {
      ...{ DATA_DIR: folder, TIME_ZONE, PORT: '0', LOG_LEVEL: 'error', RECONCILIATION_SECONDS: '0' },
      ...env,
    });
    for (const server of servers) {
      ground.engines.push(new Engine(server, await freePort(), join(folder, server)));
    }
    Object.assign(ground.env, settingsOf(ground.engines));
    await Promise.all(ground.engines.map((engine) => engine.start()));
    ground.letRedisGoFirst();
    return ground;
  }

  /** As `cpu_shares` in docker-compose.yml does: it runs all commands in one thread, for which everything live waits. */
  private letRedisGoFirst(): void {
    for (const engine of this.engines) {
      if (engine.name === 'redis' && process.getuid?.() === 0) engine.setPriority(REDIS_NICE);
    }
  }

  get settings(): Settings {
    return loadSettings(this.env);
  }

  /** Another set of settings on the same engines. */
  with(env: Record<string, string>): Record<string, string> {
    return { ...this.env, ...env };
  }

  engine(name: EngineName): Engine {
    const engine = this.engines.find((candidate) => candidate.name === name);
    if (!engine) throw new Error(`no ${name} here`);
    return engine;
  }

  /** Appends events to the log, which no process may hold if it is the embedded one. */
  async fill(events: Iterable<CloudEvent>): Promise<void> {
    const log = await openLog(this.settings);
    try {
      await appendAll(log, events);
    } finally {
      await log.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop()));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function appendAll(log: ChangeLog, events: Iterable<CloudEvent>): Promise<void> {
  let batch: CloudEvent[] = [];
  const write = async (): Promise<void> => {
    await log.append(TOPICS.events, batch.map(logRecord));
    batch = [];
  };
  for (const event of events) {
    batch.push(event);
    if (batch.length === APPEND) await write();
  }
  await write();
}

/** Processor time that a process has used, microseconds. */
export function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields behind the name, which may hold anything: 14 and 15 are user and system time in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Bytes that a folder takes on the disk. */
export function bytesOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
