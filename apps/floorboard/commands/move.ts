import type { Command } from 'commander';
import { progressOn } from '#import';
import { loadSettings } from '#platform';
import { moveToServers } from '../move';
import { jsonLine } from '../output';

/** `floorboard move`: from an embedded data folder to servers. */
export function registerMove(program: Command): void {
  program
    .command('move')
    .description(
      'publish everything that the embedded DATA_DIR holds to KAFKA_BROKERS; running it again changes nothing',
    )
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nStop the server on DATA_DIR first. The folder stays as it is. Interrupted, run it again.',
    )
    .action(async ({ json }: { json?: boolean }) => {
      const progress = progressOn(process.stderr, 'events');
      try {
        const moved = await moveToServers(loadSettings(process.env), progress);
        const { events, deadLetters, control } = moved;
        const told = `${events} events, ${deadLetters} dead letters and ${control} records of control data are in Kafka`;
        process.stdout.write(json ? jsonLine(moved) : `${told}\n`);
      } finally {
        progress.stop();
      }
    });
}
