import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { ConfigurationError, loadSettings } from '#platform';
import { openCounterStore } from '#engines';
import { REBUILD_REQUEST, REBUILD_STATUS } from '#pipeline';
import { askServer, serverRuns } from '../local-socket';

/** What is told of the newest rebuild; all but the state is absent while there was none. */
interface Progress {
  state: string;
  records?: number;
  startedAt?: number;
  /** Id of the request it answers, if any. */
  request?: string | number;
  error?: string;
}

const POLL_MS = 300;

/** `floorboard rebuild`: counters anew from the warehouse, while boards keep answering. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('build the live counters anew from the warehouse, while boards keep answering')
    .action(async () => {
      const settings = loadSettings(process.env);
      const ask = settings.REDIS_URL ? viaRedis() : await viaServer(settings.dataDir);
      try {
        await follow(ask);
      } finally {
        // An open connection would keep this process alive.
        await ask.close();
      }

      function viaRedis(): Ask {
        const counters = openCounterStore(settings);
        return {
          start: async () => {
            const id = randomUUID();
            await counters.publishStatus(REBUILD_REQUEST, { id });
            return id;
          },
          progress: async () =>
            (await counters.statuses(REBUILD_STATUS)).get(REBUILD_STATUS) as Progress | undefined,
          close: () => counters.close(),
        };
      }
    });
}

interface Ask {
  /** Resolves with the request's id. */
  start(): Promise<string>;
  progress(): Promise<Progress | undefined>;
  close(): Promise<void>;
}

/** Prints how far the rebuild is until it has ended. @throws Error when it failed. */
async function follow(ask: Ask): Promise<void> {
  const startedAt = Date.now();
  const id = await ask.start();
  for (;;) {
    await sleep(POLL_MS);
    const progress = await ask.progress();
    // What is told may still be of an earlier rebuild, or of none: the request is taken up within a second.
    if (!progress || (progress.request !== id && (progress.startedAt ?? 0) < startedAt)) continue;
    process.stdout.write(`${progress.state}: ${(progress.records ?? 0).toLocaleString('en')} records\n`);
    if (progress.state === 'failed') throw new Error(progress.error ?? 'the rebuild failed');
    if (progress.state === 'done') return;
  }
}

async function viaServer(dataDir: string): Promise<Ask> {
  if (!(await serverRuns(dataDir))) {
    throw new ConfigurationError(`no server runs on ${dataDir}: start it first, it rebuilds while it runs`);
  }
  return {
    start: async () => {
      const body = { type: 'application/json', content: '{}' };
      return (JSON.parse((await askServer(dataDir, 'POST', '/v1/rebuild', body)).body) as { id: string }).id;
    },
    progress: async () =>
      JSON.parse((await askServer(dataDir, 'GET', '/v1/rebuild')).body) as Progress | undefined,
    close: async () => undefined,
  };
}
