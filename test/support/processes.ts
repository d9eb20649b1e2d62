/** Programs of the product run to their end, and what a running process takes. */
import { readFileSync } from 'node:fs';
import { startChild } from './children';

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  /** Everything it printed. */
  output: string;
}

/** Runs a program of `dist/apps` to its end; only the given variables, PATH and HOME are in its environment. */
export async function runProgram(
  app: string,
  args: string[],
  env: Record<string, string | undefined>,
): Promise<Ended> {
  const child = startChild('node', [`dist/apps/${app}/main.js`, ...args], env);
  const code = await child.exited;
  return { code, output: child.output() };
}

/** Runs a command of `floorboard` to its end. */
export const runCommand = (args: string[], env: Record<string, string | undefined>): Promise<Ended> =>
  runProgram('floorboard', args, env);

/** Memory that a process holds, bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}
