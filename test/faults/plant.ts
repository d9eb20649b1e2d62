/**
 * A Floorboard whose every process and engine can be hurt on its own.
 *
 * `embedded` is one process on a folder of a small file system of its own (where this may be mounted);
 * `servers` is the four apps, with a second consumer of each kind when asked for, on a Kafka, a Redis
 * and a ClickHouse engine of their own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineSet } from '../support/floor';
import { freePort } from '../support/ports';
import { Engine, ENGINE_NAMES, settingsOf, type EngineName } from './engines';
import { Supervised } from './supervised';

export type AppName = 'all' | 'ingest' | 'leaderboards' | 'facts' | 'query';

const DISK = '768m';

const running = new Set<Plant>();

/** Leaves nothing behind when the run itself is told to end. */
export async function stopAllPlants(): Promise<void> {
  for (const plant of running) await plant.stop();
}

export class Plant {
  readonly apps = new Map<string, Supervised>();
  readonly engines = new Map<EngineName, Engine>();
  private constructor(
    readonly set: EngineSet,
    readonly folder: string,
    readonly timeZone: string,
    /** The embedded engines' folder lies on a file system of its own. */
    readonly smallDisk: boolean,
  ) {}

  static async start(set: EngineSet, timeZone: string): Promise<Plant> {
    const folder = mkdtempSync(join(tmpdir(), `faults-${set}-`));
    mkdirSync(join(folder, 'data'));
    const plant = new Plant(set, folder, timeZone, set === 'embedded' && mountDisk(join(folder, 'data')));
    running.add(plant);
    try {
      await plant.startAll();
    } catch (error) {
      await plant.stop();
      throw error;
    }
    return plant;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get ingestUrl(): string {
    return this.app(this.set === 'embedded' ? 'all' : 'ingest').url;
  }

  get queryUrl(): string {
    return this.app(this.set === 'embedded' ? 'all' : 'query').url;
  }

  get brokers(): string {
    return this.engine('kafka').address;
  }

  get redisUrl(): string {
    return this.engine('redis').address;
  }

  get clickhouseUrl(): string {
    return this.engine('clickhouse').address;
  }

  /** What every process is started with, and the command line is to be. */
  get env(): Record<string, string> {
    const servers =
      this.set === 'servers' ? { LOG_PARTITIONS: '4', ...settingsOf(this.engines.values()) } : {};
    return { LOG_LEVEL: 'warn', DATA_DIR: this.dataDir, TIME_ZONE: this.timeZone, ...servers };
  }

  app(name: string): Supervised {
    const app = this.apps.get(name);
    if (!app) throw new Error(`no process ${name}`);
    return app;
  }

  engine(name: EngineName): Engine {
    const engine = this.engines.get(name);
    if (!engine) throw new Error(`no engine ${name}`);
    return engine;
  }

  /** The process that does the work of an app: all of them are one on embedded engines. */
  holder(name: AppName): Supervised {
    return this.app(this.set === 'embedded' ? 'all' : name);
  }

  /** One more process of an app, started and joined. */
  async addTwin(name: 'facts' | 'leaderboards'): Promise<Supervised> {
    const twin = await this.define(`${name}-2`, `apps/${name}`);
    await twin.start();
    return twin;
  }

  async removeTwin(twin: Supervised): Promise<void> {
    this.apps.delete(twin.name);
    await twin.stop();
  }

  async stop(): Promise<void> {
    running.delete(this);
    // Whatever was halted has to hear the signal.
    for (const app of this.apps.values()) await app.stop('SIGKILL');
    for (const engine of this.engines.values()) await engine.stop('SIGKILL');
    if (this.smallDisk) spawnSync('umount', ['-l', this.dataDir]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startAll(): Promise<void> {
    if (this.set === 'embedded') {
      await (await this.define('all', 'apps/floorboard', ['start'])).start();
      return;
    }
    for (const name of ENGINE_NAMES) {
      this.engines.set(name, new Engine(name, await freePort(), join(this.folder, name)));
    }
    await Promise.all([...this.engines.values()].map((engine) => engine.start()));
    // The consumer that owns the warehouse's tables comes first, as a deployment's migration would.
    await (await this.define('facts', 'apps/facts')).start();
    for (const name of ['ingest', 'leaderboards', 'query'] as const) {
      await (await this.define(name, `apps/${name}`)).start();
    }
  }

  private async define(name: string, app: string, args: string[] = []): Promise<Supervised> {
    const { env } = this;
    const made = new Supervised({ name, app, args, env, port: await freePort(), orders: this.folder });
    this.apps.set(name, made);
    return made;
  }
}

/** A file system of limited size on a folder; false where nobody may mount one. */
function mountDisk(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder]).status === 0;
}
