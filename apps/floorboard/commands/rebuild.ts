import type { Command } from 'commander';
import { progressOn } from '#import';
import type { RebuildProgress } from '#pipeline';
import { operate, tenantsAsked } from '../operations/ask';
import { jsonLine } from '../output';

/** `floorboard rebuild`: counters anew from the warehouse, while boards keep answering. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('build the live counters anew from the warehouse, while boards keep answering')
    .option('--tenant <id>', 'only this tenant, and who shares its shard (default: all)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nInterrupted, it only stops telling: a server that runs goes on with it.')
    .action(async ({ tenant, json }: { tenant?: string; json?: boolean }) => {
      if (tenant !== undefined) tenantsAsked(tenant);
      const bar = progressOn(process.stderr, 'rebuild');
      let told: number | null = null;
      const tell = (progress: object): void => {
        const { records, total } = progress as RebuildProgress;
        if (total === null) return;
        if (told === null) bar.start(total);
        bar.advance(records - (told ?? 0));
        told = records;
      };
      const done = await operate<RebuildProgress>('rebuild', { tenant }, tell).finally(() => {
        if (told !== null) bar.stop();
      });
      process.stdout.write(json ? jsonLine(done) : outcome(done));
    });
}

const outcome = ({ records, startedAt, at }: RebuildProgress): string =>
  `${records.toLocaleString('en')} records counted anew in ${((at - startedAt) / 1000).toFixed(1)} s\n`;
