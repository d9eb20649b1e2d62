/** Runs an operation from the command line, wherever the engines are open or can be opened. */
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { ControlStore } from '#control';
import { closeEngines, openEngines } from '#engines';
import { ConfigurationError, createLogger, loadSettings, loadTenants, type Settings } from '#platform';
import { serverRuns, socketPath } from '../local-socket';
import { startAll, usesFolder } from '../run';
import { OPERATIONS, type OperationName } from './index';
import { contextOf, OperationRefused, type Tell } from './operation';
import { OPERATION_PATH, type AnswerLine } from './serve';

/**
 * By the running server where something of it lives in its folder; else in this process, which for
 * a folder starts everything that a server runs.
 *
 * @throws ConfigurationError for what the caller has to put right.
 */
export async function operate<T extends object>(
  name: OperationName,
  args: object,
  tell: Tell = () => undefined,
): Promise<T> {
  const settings = loadSettings(process.env);
  try {
    if (!usesFolder(settings)) return (await onServers(settings, name, args, tell)) as T;
    if (await serverRuns(settings.dataDir))
      return (await overSocket(settings.dataDir, name, args, tell)) as T;
    return (await inFolder(name, args, tell)) as T;
  } catch (error) {
    if (error instanceof OperationRefused) throw new ConfigurationError(error.message, { cause: error });
    throw error;
  }
}

/** The names of the tenants that a command is for: the one asked for, or all. @throws ConfigurationError */
export function tenantsAsked(asked: string | undefined): string[] {
  const tenants = loadTenants(loadSettings(process.env));
  if (asked === undefined) return tenants.all.map(({ id }) => id);
  if (!tenants.has(asked)) throw new ConfigurationError(`there is no tenant ${asked}`);
  return [asked];
}

async function onServers(settings: Settings, name: OperationName, args: object, tell: Tell): Promise<object> {
  const logger = createLogger(name, 'silent');
  const engines = await openEngines(settings, logger, { migrate: false });
  const control = new ControlStore(engines.log, logger);
  try {
    await control.start();
    const tenants = loadTenants(settings);
    return await OPERATIONS[name]({ engines, control, tenants, settings, logger }, args, tell);
  } finally {
    await control.stop();
    await closeEngines(engines);
  }
}

/** Consumers too: an operation may have to wait until they have come to the end of the log. */
async function inFolder(name: OperationName, args: object, tell: Tell): Promise<object> {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', METRICS_PORT: undefined };
  const running = await startAll(env);
  try {
    return await OPERATIONS[name](contextOf(running), args, tell);
  } finally {
    await running.lifecycle.stop();
  }
}

function overSocket(dataDir: string, name: OperationName, args: object, tell: Tell): Promise<object> {
  return new Promise((resolve, reject) => {
    const path = OPERATION_PATH + name;
    const outgoing = request({ socketPath: socketPath(dataDir), method: 'POST', path }, (response) => {
      let ended = false;
      const lines = createInterface({ input: response });
      lines.on('line', (text) => {
        const line = JSON.parse(text) as AnswerLine;
        if ('progress' in line) return tell(line.progress);
        ended = true;
        if ('result' in line) resolve(line.result);
        else reject(line.refused ? new OperationRefused(line.error) : new Error(line.error));
      });
      lines.on('close', () => {
        if (!ended) reject(new Error(`the server ended before it had answered (${response.statusCode})`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(args));
  });
}
