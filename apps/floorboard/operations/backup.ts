/**
 * A copy of an embedded data folder, made while it is in use.
 *
 * The three engines cannot be stopped at one moment, so the copy is made right by its order: first it
 * is noted up to where both consumers have come, then the counters and the warehouse are copied, and
 * the log last. It holds everything that is in the other two, and what they may miss lies behind the
 * noted positions: a restored folder takes that from the log again, which changes nothing that is there.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TOPICS } from '#change-log';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { dumpTables, readMigrations } from '#warehouse';
import { OperationRefused, type OperationContext, type Tell } from './operation';

export interface BackupArguments {
  /** Folder of the backup, absolute; it must not exist or be empty. */
  folder: string;
}

/** What stands in `manifest.json`. */
export interface BackupManifest {
  format: 1;
  /** When it was made, as an instant. */
  at: string;
  /** The newest migration of the warehouse. */
  migration: number;
  /** Consumer group to partition to the position that a restored folder goes on from. */
  positions: Record<string, Record<number, number>>;
}

export const MANIFEST = 'manifest.json';

/** Told: what is being copied. */
export async function backupFolder(
  { engines: { log, counters, warehouse } }: OperationContext,
  args: unknown,
  tell: Tell,
): Promise<BackupManifest & { folder: string }> {
  const folder = resolve((args as BackupArguments).folder);
  if (!log.backup || !counters.backup || warehouse.engine !== 'embedded') {
    throw new OperationRefused(
      'only a folder that holds all three engines is backed up; servers have their own way',
    );
  }
  await mustBeEmpty(folder);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const manifest: BackupManifest = {
    format: 1,
    at: new Date().toISOString(),
    migration: Math.max(...readMigrations().map(({ number }) => number)),
    positions: {},
  };
  for (const group of [FACTS_GROUP, LEADERBOARDS_GROUP]) {
    manifest.positions[group] = Object.fromEntries(await log.committed(TOPICS.events, group));
  }
  tell({ copying: 'counters' });
  await counters.backup(join(partial, 'counters'));
  await dumpTables(warehouse, join(partial, 'warehouse'), (table) => tell({ copying: table }));
  tell({ copying: 'change log' });
  await log.backup(join(partial, 'change-log'));
  await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  // Only a whole backup bears its name.
  await rename(partial, folder);
  return { folder, ...manifest };
}

async function mustBeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new OperationRefused(`${folder}: ${error.message}`);
  });
  if (entries.length > 0) throw new OperationRefused(`${folder} is not empty`);
}
