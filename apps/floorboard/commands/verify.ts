import type { Command } from 'commander';
import { EXIT_INCOMPLETE } from '#platform';
import type { Difference, Verified } from '#reconciliation';
import { operate, tenantsAsked } from '../operations/ask';
import type { VerifyAnswer } from '../operations/verify';
import { jsonLine } from '../output';

/** `floorboard verify`: holds the live counters against the warehouse. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('compare every board, window and record of the live counters with the warehouse')
    .option('--tenant <id>', 'only this tenant (default: all)')
    .option('--no-repair', 'only say what differs')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\nExit code ${EXIT_INCOMPLETE}: something differed, even if it is mended now.`)
    .action(async ({ tenant, repair, json }: { tenant?: string; repair: boolean; json?: boolean }) => {
      const tell = (outcome: object): void => {
        if (!json) process.stdout.write(describe(outcome as Verified));
      };
      const answer = await operate<VerifyAnswer>('verify', { tenants: tenantsAsked(tenant), repair }, tell);
      const drift = answer.tenants.reduce((sum, outcome) => sum + outcome.drift, 0);
      if (json) process.stdout.write(jsonLine({ drift, ...answer }));
      if (drift > 0) process.exitCode = EXIT_INCOMPLETE;
    });
}

function describe(outcome: Verified): string {
  const { tenant, compared, records, drift, differences, wrongRecords, remaining } = outcome;
  const number = (value: number): string => value.toLocaleString('en');
  const lines = [
    `${tenant}: ${number(compared)} cells and ${number(records ?? 0)} records compared, ${number(drift)} differ`,
    ...differences.map(differenceLine),
    ...wrongRecords.map((record) => `  ${record} is not held as it is`),
  ];
  if (remaining === 0) lines.push('  mended');
  if (remaining) lines.push(`  ${number(remaining)} still differ after a rebuild`);
  return lines.map((line) => `${line}\n`).join('');
}

function differenceLine({ board, window, employee, counters, warehouse }: Difference): string {
  const shown = (state: Difference['counters']): string =>
    state ? `${state.value} of ${state.records}` : 'not listed';
  return `  ${board} ${window} ${employee}: counters ${shown(counters)}, warehouse ${shown(warehouse)}`;
}
