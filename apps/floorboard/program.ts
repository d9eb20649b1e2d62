/** The commands. */
import { Command } from 'commander';
import { EXIT_CODES } from '#platform';
import { registerBackup } from './commands/backup';
import { registerCompletion } from './commands/completion';
import { registerDeadLetters } from './commands/dead-letters';
import { registerDemo } from './commands/demo';
import { registerDoctor } from './commands/doctor';
import { registerErase } from './commands/erase';
import { registerImport } from './commands/import';
import { registerKeys } from './commands/keys';
import { registerMigrate } from './commands/migrate';
import { registerMove } from './commands/move';
import { registerRebuild } from './commands/rebuild';
import { registerStart } from './commands/start';
import { registerVerify } from './commands/verify';
import { openImportTarget } from './import-target';
import { packageInfo } from './package-info';

/** The whole command line; nothing runs before it is told to parse. */
export function createProgram(): Command {
  const program = new Command('floorboard')
    .description('Live leaderboards and exact sales reports from CRM change events.')
    .version(packageInfo().version)
    .helpCommand(false)
    .showHelpAfterError('(run floorboard --help for the commands)')
    .addHelpText(
      'after',
      `\nSettings come from the environment; floorboard doctor checks them.\n\n${exitCodes()}`,
    );
  program.commandsGroup('Run:');
  registerStart(program);
  registerDemo(program);
  program.commandsGroup('Fill:');
  registerImport(program, { openTarget: openImportTarget });
  registerKeys(program);
  program.commandsGroup('Keep it right:');
  registerDoctor(program);
  registerVerify(program);
  registerRebuild(program);
  registerDeadLetters(program);
  registerErase(program);
  program.commandsGroup('Keep it safe:');
  registerMigrate(program);
  registerBackup(program);
  registerMove(program);
  program.commandsGroup('Other:');
  registerCompletion(program);
  return program;
}

function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}
