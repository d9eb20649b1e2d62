/** A process kept running as a service manager would: whatever ends it, it is started again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, startChild, type Child } from '../support/children';

const PRELOAD = pathToFileURL(join(ROOT, 'test', 'faults', 'preload.mjs')).href;
const RESTART_MS = 200;

/** What `preload.mjs` reads. */
export type Order = DeadlyOrder | { clockMs: number } | Record<string, never>;
export type DeadlyOrder = { point: string; skip?: number; delayMs?: number } | { throw: true };

export interface ProcessSpec {
  name: string;
  /** Folder of `dist` whose `main.js` runs. */
  app: string;
  args?: string[];
  port: number;
  env: Record<string, string>;
  /** Folder for the orders to the process. */
  orders: string;
}

export class Supervised {
  readonly url: string;
  /** How often it ended without having been told to. */
  ownEnds = 0;
  private child: Child | null = null;
  private wanted = false;
  private told = false;
  private readonly orderFile: string;
  private readonly past: string[] = [];

  constructor(readonly spec: ProcessSpec) {
    this.url = `http://127.0.0.1:${spec.port}`;
    this.orderFile = join(spec.orders, `${spec.name}.json`);
  }

  get name(): string {
    return this.spec.name;
  }

  get pid(): number {
    if (!this.child) throw new Error(`${this.name} is not running`);
    return this.child.pid;
  }

  /** What it and those before it printed last. */
  output(): string {
    return [...this.past, this.child?.output() ?? ''].join('\n').slice(-6_000);
  }

  async start(timeoutMs = 90_000): Promise<void> {
    this.wanted = true;
    if (!this.child) this.launch();
    await this.ready(timeoutMs);
  }

  /** Resolves when it answers, after however many restarts. */
  async ready(timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      if (await this.answers()) return;
      await sleep(50);
    }
    throw new Error(`${this.name} did not answer in ${timeoutMs} ms:\n${this.output()}`);
  }

  /** Ends it, without a restart; resolves with its exit code (null: by the signal). */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.wanted = false;
    return this.end(signal);
  }

  /** Ends it as {@link stop} does and leaves the restart to the supervision. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (!child) return null;
    this.told = true;
    return child.stop(signal);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Tells the process's preload what to do from now on. */
  order(order: Order): void {
    writeFileSync(this.orderFile, JSON.stringify(order));
    this.signal('SIGUSR2');
  }

  /** Orders what ends it and waits for that; false when it did not come to pass in time. */
  async diesAt(order: DeadlyOrder, waitMs: number): Promise<boolean> {
    const child = this.child;
    if (!child) throw new Error(`${this.name} is not running`);
    this.told = true;
    this.order(order);
    const died = await Promise.race([child.exited.then(() => true), sleep(waitMs, false, { ref: false })]);
    if (!died) {
      this.told = false;
      this.order({});
    }
    return died;
  }

  private async answers(): Promise<boolean> {
    if (!this.child) return false;
    try {
      const response = await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  private launch(): void {
    const { app, args = [], env, port } = this.spec;
    const child = startChild('node', ['--import', PRELOAD, `dist/${app}/main.js`, ...args], {
      ...env,
      PORT: String(port),
      FAULT_FILE: this.orderFile,
    });
    this.child = child;
    void child.exited.then(() => this.ended(child));
  }

  private ended(child: Child): void {
    if (!this.told) this.ownEnds += 1;
    this.told = false;
    this.child = null;
    this.past.push(child.output().slice(-3_000));
    if (this.past.length > 3) this.past.shift();
    setTimeout(() => {
      if (this.wanted && !this.child) this.launch();
    }, RESTART_MS);
  }
}
