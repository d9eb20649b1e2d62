/** A data folder from a backup (see `operations/backup.ts`). */
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createEmbeddedChangeLog, TOPICS } from '#change-log';
import { ConfigurationError, type Settings } from '#platform';
import { loadTables, migrate, openWarehouse, readMigrations } from '#warehouse';
import { FolderGate } from './gate';
import { MANIFEST, type BackupManifest } from './operations/backup';
import { usesFolder } from './run';

const PARTS = ['change-log', 'counters', 'warehouse'] as const;

/**
 * Fills DATA_DIR; `told` hears what is being copied. The next start takes from the log what counters
 * and warehouse may miss.
 * @throws ConfigurationError when there is no backup, or the folder holds something already.
 */
export async function restoreFolder(
  settings: Settings,
  backup: string,
  told: (what: string) => void = () => undefined,
): Promise<BackupManifest> {
  const { dataDir } = settings;
  if (!usesFolder(settings) || Object.values(settings.engines).some((engine) => engine !== 'embedded')) {
    throw new ConfigurationError(
      'a backup is restored to embedded engines: unset KAFKA_BROKERS, REDIS_URL, CLICKHOUSE_URL',
    );
  }
  const manifest = await readManifest(backup);
  const gate = await FolderGate.take(dataDir);
  try {
    const present = (await readdir(dataDir)).filter((name) => (PARTS as readonly string[]).includes(name));
    if (present.length > 0) {
      throw new ConfigurationError(
        `${dataDir} holds ${present.join(', ')}: restore to another DATA_DIR, or move them away`,
      );
    }
    const partial = join(dataDir, 'restore.partial');
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o700 });
    for (const part of ['change-log', 'counters'] as const) {
      told(part);
      await cp(join(backup, part), join(partial, part), { recursive: true });
    }
    await fillWarehouse(partial, join(backup, 'warehouse'), told);
    await setPositions(join(partial, 'change-log'), manifest);
    for (const part of PARTS) await rename(join(partial, part), join(dataDir, part));
    await rm(partial, { recursive: true, force: true });
    return manifest;
  } finally {
    await gate.release();
  }
}

async function readManifest(backup: string): Promise<BackupManifest> {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(await readFile(join(backup, MANIFEST), 'utf8')) as BackupManifest;
  } catch (error) {
    throw new ConfigurationError(`${backup} is no backup: ${(error as Error).message}`, { cause: error });
  }
  const newest = Math.max(...readMigrations().map(({ number }) => number));
  if (manifest.format !== 1 || manifest.migration > newest) {
    throw new ConfigurationError(`${backup} was made by a newer release; restore it with that`);
  }
  return manifest;
}

async function fillWarehouse(dataDir: string, dump: string, told: (what: string) => void): Promise<void> {
  const warehouse = await openWarehouse({ dataDir });
  try {
    await migrate(warehouse);
    await loadTables(warehouse, dump, told);
  } finally {
    await warehouse.close();
  }
}

/** The log was copied last, with positions that the copies of the others may not have reached. */
async function setPositions(path: string, { positions }: BackupManifest): Promise<void> {
  const log = createEmbeddedChangeLog({ path });
  try {
    for (const [group, offsets] of Object.entries(positions)) {
      const starts = await log.offsets(TOPICS.events);
      const wanted = starts.map(({ partition, start }) => [partition, offsets[partition] ?? start] as const);
      await log.setCommitted(TOPICS.events, group, new Map(wanted));
    }
  } finally {
    await log.close();
  }
}
