/** Other processes of a benchmark: programs of this folder, asked and answered over a channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../support/children';

type Question = { question: string; argument?: unknown };
type Answer = { value: unknown } | { error: string };
type Handlers = Record<string, (argument: never) => unknown>;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Where `--profile DIR` wants processor profiles of the workers. */
const profileArgs = (): string[] => {
  const folder = process.env['BENCH_PROFILE'];
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
};

export class Worker {
  private waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | null = null;
  private readonly exited: Promise<number | null>;
  private said = '';

  private constructor(
    readonly program: string,
    private readonly child: ChildProcess,
    onLine?: (line: string) => void,
  ) {
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-4_000)));
    }
    if (onLine && child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
    child.on('message', (answer: Answer) => this.settle(answer));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        running.delete(child);
        this.settle({ error: `it ended with ${code ?? signal}:\n${this.said}` });
        resolve(code);
      });
    });
  }

  /** Starts a program; only the given variables, PATH and HOME are in its environment. `onLine`: told what it prints to stderr. */
  static start(
    program: string,
    args: string[],
    env: Record<string, string | undefined> = {},
    onLine?: (line: string) => void,
  ): Worker {
    const child = fork(join(ROOT, 'test', 'bench', 'run.mjs'), [program, ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], UV_THREADPOOL_SIZE: '8', ...env },
      execArgv: profileArgs(),
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new Worker(program, child, onLine);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** One question at a time; rejects when the program fails or ends. */
  ask<T>(question: string, argument?: unknown): Promise<T> {
    if (this.waiting) throw new Error(`${this.program}: still answering`);
    if (this.child.exitCode !== null) throw new Error(`${this.program} ended:\n${this.said}`);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve: resolve as (value: unknown) => void, reject };
      this.child.send({ question, argument } satisfies Question);
    });
  }

  /** Resolves when it has ended in order. @throws when it does not. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      await this.ask('stop');
      this.child.disconnect();
    }
    const code = await this.exited;
    if (code !== 0) throw new Error(`${this.program} ended with ${String(code)}:\n${this.said}`);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private settle(answer: Answer): void {
    const { waiting } = this;
    this.waiting = null;
    if (!waiting) return;
    if ('error' in answer) waiting.reject(new Error(`${this.program}: ${answer.error}`));
    else waiting.resolve(answer.value);
  }
}

/** The other side: answers questions until it is told to stop, then runs `stop` and lets the process end. */
export function serve(handlers: Handlers, stop: () => Promise<void> | void = () => undefined): void {
  const all: Handlers = { ...handlers, stop };
  process.on('message', ({ question, argument }: Question) => {
    void answerTo(all[question], argument).then((answer) => process.send?.(answer));
  });
  process.once('disconnect', () => process.exit());
}

async function answerTo(
  handler: ((argument: never) => unknown) | undefined,
  argument: unknown,
): Promise<Answer> {
  try {
    if (!handler) throw new Error('no such question');
    return { value: await handler(argument as never) };
  } catch (error) {
    return { error: String((error as Error).stack) };
  }
}
