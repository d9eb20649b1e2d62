import type { Command } from 'commander';
import { EXIT_INCOMPLETE } from '#platform';
import { counted, examine, type Finding, type Outcome } from '../doctor';
import { jsonLine } from '../output';

const MARKS: Record<Outcome, string> = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' };

/** `floorboard doctor`: what is wrong with an installation, and what to do about it. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check settings, machine, engines, topics, tables, clocks and permissions; changes nothing')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', `\nExit code ${EXIT_INCOMPLETE}: there is a problem. Warnings alone end with 0.`)
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(process.env, (found) => {
        if (!json) process.stdout.write(found.map(lines).join(''));
      });
      const count = (outcome: Outcome): number =>
        findings.filter((finding) => finding.outcome === outcome).length;
      const [problems, warnings] = [count('problem'), count('warning')];
      if (json) process.stdout.write(jsonLine({ ok: problems === 0, problems, warnings, findings }));
      else process.stdout.write(`${counted(problems, 'problem')}, ${counted(warnings, 'warning')}\n`);
      if (problems > 0) process.exitCode = EXIT_INCOMPLETE;
    });
}

function lines({ area, outcome, found, todo }: Finding): string {
  const start = `${area.padEnd(10)} ${MARKS[outcome]}  `;
  return `${start}${found}\n${todo === undefined ? '' : `${' '.repeat(start.length)}-> ${todo}\n`}`;
}
