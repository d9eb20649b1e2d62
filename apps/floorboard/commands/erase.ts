import type { Command } from 'commander';
import { operate, tenantsAsked } from '../operations/ask';
import type { Erased } from '../operations/erase';
import { jsonLine } from '../output';

/** `floorboard erase <entity> <id>`: every version of a record, a person's data say, is gone. */
export function registerErase(program: Command): void {
  program
    .command('erase')
    .description('remove every version of a record for good; numbers are as if it had been deleted')
    .argument('<entity>', 'as in the events: customer, contact, employee, …')
    .argument('<id>')
    .option('--tenant <id>', 'whose it is (default: `default`, else the first)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nInterrupted, it may have erased a part; run it again and it goes on.')
    .action(async (entity: string, id: string, { tenant, json }: { tenant?: string; json?: boolean }) => {
      const all = tenantsAsked(tenant);
      const whose = all.includes('default') ? 'default' : (all[0] ?? 'default');
      const tell = (progress: object): void =>
        void process.stderr.write(`${(progress as { doing: string }).doing}\n`);
      const erased = await operate<Erased>('erase', { tenant: whose, entity, id }, tell);
      process.stdout.write(json ? jsonLine({ entity, ...erased }) : describe(entity, erased));
    });
}

function describe(
  entity: string,
  { hash, versions, deadLetters, logRecords, retentionDays }: Erased,
): string {
  const lines = [
    `erased: ${versions} versions in the warehouse, ${deadLetters} dead letters, and the record in the counters`,
    logRecords === null
      ? `Kafka keeps its copy until the topic's retention ends: ${retentionDays} days after it was written, unless the topic says otherwise; dead letters after 90 days`
      : `${logRecords} records are out of the change log`,
    'Backups made before keep what they hold.',
    `What stays is a keyed hash, so that no replay revives it: ${entity}/${hash}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
