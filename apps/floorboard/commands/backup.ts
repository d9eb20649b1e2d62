import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadSettings } from '#platform';
import { operate } from '../operations/ask';
import type { BackupManifest } from '../operations/backup';
import { restoreFolder } from '../restore';

/** `floorboard backup|restore`: a copy of an embedded data folder, made while it is in use. */
export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('copy the embedded data folder to another one, while it is in use')
    .argument('<dir>', 'folder of the backup; must not exist, or be empty')
    .action(async (dir: string) => {
      const tell = (progress: object): void => say((progress as { copying: string }).copying);
      const { folder, at } = await operate<BackupManifest & { folder: string }>(
        'backup',
        { folder: resolve(dir) },
        tell,
      );
      process.stdout.write(`${folder} holds everything up to ${at}\n`);
    });
  program
    .command('restore')
    .description('fill an empty DATA_DIR from a backup')
    .argument('<dir>', 'folder of the backup')
    .action(async (dir: string) => {
      const settings = loadSettings(process.env);
      const { at } = await restoreFolder(settings, resolve(dir), say);
      process.stdout.write(`${settings.dataDir} holds the backup of ${at}; start the server\n`);
    });
}

const say = (what: string): void => void process.stderr.write(`copying ${what}\n`);
