/** This machine: the runtime, what the process may open, and the port. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Settings } from '#platform';
import { packageInfo } from '../package-info';
import { Findings, isAtLeast, type Finding } from './finding';

/** Files of the engines, beside one per connection. */
const OWN_FILES = 1_000;

export async function checkMachine(settings: Settings | null, serverRuns: boolean): Promise<Finding[]> {
  const findings = new Findings('machine');
  const [major = 0, minor = 0] = (packageInfo().engines.node.match(/\d+/g) ?? []).map(Number);
  if (isAtLeast(process.versions.node, [major, minor])) findings.ok(`Node ${process.versions.node}`);
  else findings.problem(`Node ${process.versions.node} is too old`, `install ${major}.${minor} or newer`);
  if (!settings) return findings.all;
  const files = openFilesLimit();
  const needed = settings.HTTP_MAX_CONNECTIONS + OWN_FILES;
  if (files !== null && files < needed) {
    findings.warning(
      `a process may open ${files} files, HTTP_MAX_CONNECTIONS asks for some ${needed}`,
      `raise the limit (ulimit -n ${needed}, LimitNOFILE= of a unit), or lower HTTP_MAX_CONNECTIONS`,
    );
  }
  if (!serverRuns) await checkPort(settings, findings);
  return findings.all;
}

/** The hard limit, which Node takes at its start; null where it is not told. */
function openFilesLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, hard = ''] = /^Max open files\s+\S+\s+(\d+)/m.exec(limits) ?? [];
    return hard === '' ? null : Number(hard);
  } catch {
    return null;
  }
}

async function checkPort({ HOST, PORT }: Settings, findings: Findings): Promise<void> {
  if (PORT === 0) return;
  const error = await listenError(HOST, PORT);
  if (error === null) findings.ok(`port ${PORT} of ${HOST} is free`);
  else if (error !== 'EADDRINUSE')
    findings.problem(`${HOST}:${PORT} cannot be listened on: ${error}`, 'set HOST and PORT');
  else if (await answersAsFloorboard(HOST, PORT)) findings.ok(`a Floorboard answers on port ${PORT}`);
  else
    findings.problem(
      `port ${PORT} of ${HOST} is taken by another program`,
      'set another PORT, or stop the program',
    );
}

function listenError(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function answersAsFloorboard(host: string, port: number): Promise<boolean> {
  try {
    const url = new URL('/health/live', `http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}
