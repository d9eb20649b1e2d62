/** Where the command line publishes: a server by its address, the running one on DATA_DIR, or the log itself. */
import { LogSink, HttpSink } from '#import';
import { openLog } from '#engines';
import { loadSettings, loadTenants } from '#platform';
import type { ImportTarget, ImportTargetOptions } from './commands/import';
import { FolderGate } from './gate';
import { serverRuns, socketPath } from './local-socket';

/** @throws ConfigurationError, FolderInUse, or what kept the log from opening. */
export async function openImportTarget(
  { url, key }: ImportTargetOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ImportTarget> {
  const settings = loadSettings(env);
  const tenants = loadTenants(settings);
  // Without a key there is one tenant to publish for: `default`, or the first there is.
  const { id, zone } = tenants.get('default') ?? tenants.all[0]!;
  const overHttp = (sink: HttpSink): ImportTarget => ({ sink, zone, close: async () => sink.close() });
  if (url !== undefined) return overHttp(new HttpSink({ url, key }));
  const embedded = settings.engines.log === 'embedded';
  if (embedded && (await serverRuns(settings.dataDir))) {
    return overHttp(new HttpSink({ url: 'http://localhost', socketPath: socketPath(settings.dataDir), key }));
  }
  const gate = embedded ? await FolderGate.take(settings.dataDir) : null;
  try {
    const log = await openLog(settings);
    const close = async (): Promise<void> => {
      await log.close();
      await gate?.release();
    };
    return { sink: new LogSink(log, id), zone, close };
  } catch (error) {
    await gate?.release();
    throw error;
  }
}
