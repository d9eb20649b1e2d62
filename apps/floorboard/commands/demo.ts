/** `floorboard demo`: everything embedded, a dataset, and a slow stream of changes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { LogSink, progressOn } from '#import';
import { loadSettings, loadTenants, type Tenant } from '#platform';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { catchUp } from '../catch-up';
import { runDemo } from '../demo/demo';
import { FolderInUse, serverRuns } from '../local-socket';
import { startAll } from '../run';

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('show it at work: everything embedded, a dataset, and a slow stream of new events')
    .action(async () => {
      const dataDir = join(loadSettings(process.env).dataDir, 'demo');
      if (await serverRuns(dataDir)) throw new FolderInUse(dataDir);
      // The dataset's dates move with the day it is shown on: yesterday's demo would stand beside today's.
      rmSync(dataDir, { recursive: true, force: true });
      const { engines, lifecycle, settings, url } = await startAll(embedded(dataDir));
      const tenant = loadTenants(settings).all[0] as Tenant;
      const stopped = new AbortController();
      lifecycle.add('intake', 'demo', async () => stopped.abort());
      lifecycle.handleSignals();
      process.stdout.write(`Floorboard runs at ${url}; the dataset is being loaded.\n`);
      const sink = new LogSink(engines.log, tenant.id);
      try {
        await runDemo({
          publish: (events) => sink.publish(events),
          zone: tenant.zone,
          signal: stopped.signal,
          progress: progressOn(process.stderr, 'load'),
          onLoaded: () => {
            void catchUp(engines.log, [LEADERBOARDS_GROUP, FACTS_GROUP]).then(() =>
              process.stdout.write(`Ready. Open ${url} and watch; Ctrl-C stops.\n`),
            );
          },
        });
      } catch (error) {
        await lifecycle.stop();
        throw error;
      }
    });
}

/** The environment of the demo: no server, its own folder, one tenant, quiet logs. */
function embedded(dataDir: string): NodeJS.ProcessEnv {
  const {
    KAFKA_BROKERS: _k,
    REDIS_URL: _r,
    CLICKHOUSE_URL: _c,
    TENANTS_FILE: _t,
    ADMIN_KEY: _a,
    ...rest
  } = process.env;
  return { ...rest, HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: rest['LOG_LEVEL'] ?? 'warn' };
}
