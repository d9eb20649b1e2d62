import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ConfigurationError, loadSettings } from '#platform';
import { openCounterStore } from '#engines';
import { askServer, serverRuns } from '../local-socket';

interface Progress {
  state: string;
  records: number;
  startedAt: number;
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
          start: () => counters.publishStatus('rebuild-request', { id: Date.now() }),
          progress: async () => (await counters.statuses('rebuild')).get('rebuild') as Progress | undefined,
          close: () => counters.close(),
        };
      }
    });
}

interface Ask {
  start(): Promise<void>;
  progress(): Promise<Progress | undefined>;
  close(): Promise<void>;
}

/** Prints how far the rebuild is until it has ended. @throws Error when it failed. */
async function follow(ask: Ask): Promise<void> {
  const startedAt = Date.now();
  await ask.start();
  for (;;) {
    await sleep(POLL_MS);
    const progress = await ask.progress();
    if (!progress || progress.startedAt < startedAt - 60_000) continue;
    process.stdout.write(`${progress.state}: ${progress.records.toLocaleString('en')} records\n`);
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
      await askServer(dataDir, 'POST', '/v1/rebuild', { type: 'application/json', content: '{}' });
    },
    progress: async () =>
      JSON.parse((await askServer(dataDir, 'GET', '/v1/rebuild')).body) as Progress | undefined,
    close: async () => undefined,
  };
}
