import type { Command } from 'commander';
import { migrateWarehouse, openWarehouseOf } from '#engines';
import { createLogger, loadSettings } from '#platform';
import { FolderGate } from '../gate';
import { jsonLine } from '../output';

/** `floorboard migrate`: brings the warehouse's tables up to this release. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description("bring the warehouse's tables up to this release")
    .option('--json', 'print the outcome as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = loadSettings(process.env);
      const gate = settings.CLICKHOUSE_URL ? null : await FolderGate.take(settings.dataDir);
      const warehouse = await openWarehouseOf(settings);
      try {
        const applied = await migrateWarehouse(warehouse);
        createLogger('migrate', settings.LOG_LEVEL).debug({ applied }, 'migrated');
        const what = applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`;
        const { warehouse: engine } = settings.engines;
        process.stdout.write(
          json ? jsonLine({ warehouse: engine, applied }) : `warehouse (${engine}): ${what}\n`,
        );
      } finally {
        await warehouse.close();
        await gate?.release();
      }
    });
}
