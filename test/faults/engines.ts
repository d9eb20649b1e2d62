/** The engines of a distributed floor, each stopped, killed, halted and brought back on its own. */
import { cpSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../support/children';

export type EngineName = 'kafka' | 'redis' | 'clickhouse';
export const ENGINE_NAMES: readonly EngineName[] = ['kafka', 'redis', 'clickhouse'];

/** The setting by which Floorboard finds an engine's server. */
const SETTINGS: Record<EngineName, { name: string; of: (port: number) => string }> = {
  kafka: { name: 'KAFKA_BROKERS', of: (port) => `127.0.0.1:${port}` },
  redis: { name: 'REDIS_URL', of: (port) => `redis://127.0.0.1:${port}` },
  clickhouse: { name: 'CLICKHOUSE_URL', of: (port) => `http://127.0.0.1:${port}/default` },
};

/** The settings of these servers. */
export const settingsOf = (engines: Iterable<Engine>): Record<string, string> =>
  Object.fromEntries([...engines].map(({ name, address }) => [SETTINGS[name].name, address]));

export class Engine {
  private child: Child | null = null;
  private enginePid = 0;

  constructor(
    readonly name: EngineName,
    readonly port: number,
    readonly folder: string,
  ) {}

  /** As its setting says it. */
  get address(): string {
    return SETTINGS[this.name].of(this.port);
  }

  async start(): Promise<void> {
    const child = startChild(
      'node',
      ['test/faults/engine.mjs', this.name, '--port', String(this.port), '--path', this.folder],
      {},
    );
    this.child = child;
    this.enginePid = await child.line((line) => {
      const pid = /^\{"enginePid":(\d+)\}$/.exec(line)?.[1];
      return pid === undefined ? undefined : Number(pid);
    }, 120_000);
  }

  /** Ends the engine itself, in order or at once. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (!child) return;
    this.child = null;
    if (signal === 'SIGKILL') process.kill(this.enginePid, 'SIGKILL');
    await (signal === 'SIGKILL' ? child.exited : child.stop());
  }

  /** Lets the engine go before what else wants a processor (nice, -20 to 19). @throws without the right to. */
  setPriority(nice: number): void {
    setPriority(this.enginePid, nice);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.enginePid, signal);
  }
}

/** Redis as it stood at some moment: its append-only files, whatever their last record is. */
export class RedisSnapshot {
  constructor(
    private readonly redis: Engine,
    private readonly kept: string,
  ) {}

  take(): void {
    rmSync(this.kept, { recursive: true, force: true });
    cpSync(join(this.redis.folder, 'appendonlydir'), this.kept, { recursive: true });
  }

  /** Kills Redis and starts it with what it held then. */
  async restore(): Promise<void> {
    await this.redis.stop('SIGKILL');
    const live = join(this.redis.folder, 'appendonlydir');
    rmSync(live, { recursive: true, force: true });
    cpSync(this.kept, live, { recursive: true });
    await this.redis.start();
  }
}
