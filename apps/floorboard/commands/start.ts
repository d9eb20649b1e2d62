import type { Command } from 'commander';
import { startAll } from '../run';

/** `floorboard start`: everything in one process, on whatever engines are configured. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run everything in one process, on whatever engines are configured')
    .action(async () => {
      const { lifecycle, url, settings, open } = await startAll();
      lifecycle.handleSignals();
      const { log, counters, warehouse } = settings.engines;
      process.stdout.write(
        `Floorboard is ready at ${url} (log: ${log}, counters: ${counters}, warehouse: ${warehouse})\n`,
      );
      if (open) {
        process.stdout.write(
          'Open: there is no API key yet, so everybody on this machine may do everything. ' +
            'The first one closes it: floorboard keys create --name admin\n',
        );
      }
    });
}
