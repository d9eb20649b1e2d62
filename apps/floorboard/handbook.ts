/** The command line as a document, from the commands themselves: docs/command-line.md. */
import type { Command } from 'commander';
import { EXIT_CODES } from '#platform';
import { createProgram } from './program';

const ABOUT = `# Command line

<!-- Written by \`npm run docs\` from the commands themselves. -->

\`npm run -s floorboard -- COMMAND\` in a checkout, \`floorboard COMMAND\` where it is installed or in an image. Settings
come from the environment, as for the server. A command goes to the running server where the engines are in its
folder; else it opens the engines itself.

- \`--json\` prints the outcome as JSON, one line each, on the standard output; progress and messages are on the
  standard error.
- Whatever is interrupted can be run again: what was done is not done twice.
`;

/** Path of each generated file from the project's root, and its content. */
export function commandLineDocuments(): Record<string, string> {
  const program = createProgram();
  const rows = Object.entries(EXIT_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const codes = ['## Exit codes', '', '| code | meaning |', '| --- | --- |', ...rows].join('\n');
  const sections = program.commands.flatMap((command) => section(command, 2));
  return { 'docs/command-line.md': `${[ABOUT, codes, '', ...sections].join('\n').trimEnd()}\n` };
}

function section(command: Command, level: number, path = ''): string[] {
  const name = `${path} ${command.name()}`.trim();
  const help: string[] = [];
  // With what is added after it, as a terminal shows it.
  command.configureOutput({ writeOut: (text) => void help.push(text), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return [
    `${'#'.repeat(level)} ${name}`,
    '',
    '```text',
    help.join('').trimEnd(),
    '```',
    '',
    ...command.commands.flatMap((each) => section(each, level + 1, name)),
  ];
}
