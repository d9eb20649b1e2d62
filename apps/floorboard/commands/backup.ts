import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadSettings } from '#platform';
import { operate } from '../operations/ask';
import type { BackupManifest } from '../operations/backup';
import { jsonLine } from '../output';
import { restoreFolder } from '../restore';

/** `floorboard backup|restore`: a copy of an embedded data folder, made while it is in use. */
export function registerBackup(program: Command): void {
  program
    .command('backup')
    .description('copy the embedded data folder to another one, while it is in use')
    .argument('<dir>', 'folder of the backup; must not exist, or be empty')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nInterrupted, it leaves no backup under that name; run it again.')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const tell = (progress: object): void => say((progress as { copying: string }).copying);
      const { folder, ...manifest } = await operate<BackupManifest & { folder: string }>(
        'backup',
        { folder: resolve(dir) },
        tell,
      );
      process.stdout.write(
        json ? jsonLine({ folder, ...manifest }) : `${folder} holds everything up to ${manifest.at}\n`,
      );
    });
  program
    .command('restore')
    .description('fill an empty DATA_DIR from a backup')
    .argument('<dir>', 'folder of the backup')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nInterrupted, it leaves DATA_DIR empty; run it again.')
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const settings = loadSettings(process.env);
      const manifest = await restoreFolder(settings, resolve(dir), say);
      process.stdout.write(
        json
          ? jsonLine({ folder: settings.dataDir, ...manifest })
          : `${settings.dataDir} holds the backup of ${manifest.at}; start the server\n`,
      );
    });
}

const say = (what: string): void => void process.stderr.write(`copying ${what}\n`);
