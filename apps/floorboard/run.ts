/** All of Floorboard in one process, on whatever engines are configured. */
import { connectFacts } from '../facts/connect';
import { FactsModule } from '../facts/facts.module';
import { IngestModule } from '../ingest/ingest.module';
import { connectLeaderboards } from '../leaderboards/connect';
import { LeaderboardsModule } from '../leaderboards/leaderboards.module';
import { connectQuery, translateQueryError } from '../query/connect';
import { QueryModule } from '../query/query.module';
import { startProcess, type RunningProcess } from '#engines';
import { loadSettings, type Settings } from '#platform';
import { FolderGate } from './gate';

/** Whether any engine keeps its data in DATA_DIR. */
export const usesFolder = (settings: Settings): boolean =>
  Object.values(settings.engines).includes('embedded');

/**
 * Starts everything; resolves when it is ready.
 * @throws ConfigurationError, FolderInUse, or what kept an engine from opening.
 */
export async function startAll(env: NodeJS.ProcessEnv = process.env): Promise<RunningProcess> {
  const settings = loadSettings(env);
  const gate = usesFolder(settings) ? await FolderGate.take(settings.dataDir) : null;
  try {
    const running = await startProcess(
      {
        app: 'floorboard',
        parts: [
          { module: FactsModule, connect: connectFacts },
          { module: LeaderboardsModule, connect: connectLeaderboards },
          { module: IngestModule },
          { module: QueryModule, connect: connectQuery },
        ],
        split: false,
        migrate: true,
        translate: translateQueryError,
      },
      env,
    );
    gate?.open(running);
    running.lifecycle.add('close', 'data folder', async () => gate?.release());
    return running;
  } catch (error) {
    await gate?.release();
    throw error;
  }
}
