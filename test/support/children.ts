/** Child processes of tests: started, listened to, always stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The project's root, where tests and benchmarks are started. */
export const ROOT = process.cwd();

const running = new Set<ChildProcess & { signal(signal: NodeJS.Signals): void }>();
process.once('exit', () => running.forEach((child) => child.signal('SIGKILL')));

export interface Child {
  readonly pid: number;
  /** Everything it printed so far, for the message of a failing test. */
  output(): string;
  /** Resolves with the first line (of either stream) that `match` maps to something. */
  line<T>(match: (line: string) => T | undefined, timeoutMs?: number): Promise<T>;
  /** Resolves with the exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts a command in the project's root. Only the given variables and PATH, HOME are in its environment.
 * Signals go to it alone; with `group` to all that it started too, as a terminal's Ctrl-C does: npm hands
 * no SIGINT on, for it takes that for granted.
 */
export function startChild(
  command: string,
  args: string[],
  env: Record<string, string | undefined>,
  { group = false }: { group?: boolean } = {},
): Child {
  const spawned = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: group,
  });
  const child = Object.assign(spawned, {
    signal(signal: NodeJS.Signals): void {
      if (group && spawned.pid) process.kill(-spawned.pid, signal);
      else spawned.kill(signal);
    },
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const heard of waiting) heard(line);
    });
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const output = (): string => lines.join('\n');
  return {
    pid: child.pid ?? 0,
    output,
    exited,
    line: (match, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const end = (act: () => void): void => {
          clearTimeout(timer);
          waiting.delete(heard);
          act();
        };
        const heard = (line: string): void => {
          const found = match(line);
          if (found !== undefined) end(() => resolve(found));
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`${args.join(' ')}: not heard in ${timeoutMs} ms:\n${output()}`))),
          timeoutMs,
        );
        void exited.then((code) =>
          end(() => reject(new Error(`${args.join(' ')} ended with ${String(code)}:\n${output()}`))),
        );
        waiting.add(heard);
        lines.forEach(heard);
      }),
    stop: async (signal = 'SIGTERM') => {
      if (running.has(child)) child.signal(signal);
      return exited;
    },
  };
}
