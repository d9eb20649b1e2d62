#!/usr/bin/env node
/** The command line. */
import 'reflect-metadata';
import { Command } from 'commander';
import { ConfigurationError } from '#platform';
import { registerBackup } from './commands/backup';
import { registerDeadLetters } from './commands/dead-letters';
import { registerDemo } from './commands/demo';
import { registerErase } from './commands/erase';
import { registerImport } from './commands/import';
import { registerKeys } from './commands/keys';
import { registerMigrate } from './commands/migrate';
import { registerRebuild } from './commands/rebuild';
import { registerStart } from './commands/start';
import { registerVerify } from './commands/verify';
import { openImportTarget } from './import-target';
import { FolderInUse } from './local-socket';

/** Exit code of a wrong setting or call (EX_CONFIG of sysexits). */
const EXIT_CONFIGURATION = 78;

const program = new Command('floorboard')
  .description('Live leaderboards and exact sales reports from CRM change events.')
  .showHelpAfterError('(run floorboard --help for the commands)');
registerStart(program);
registerDemo(program);
registerImport(program, { openTarget: openImportTarget });
registerMigrate(program);
registerRebuild(program);
registerVerify(program);
registerDeadLetters(program);
registerBackup(program);
registerErase(program);
registerKeys(program);

program.parseAsync().catch((error: unknown) => {
  const clear = error instanceof ConfigurationError || error instanceof FolderInUse;
  process.stderr.write(`floorboard: ${clear ? error.message : String((error as Error).stack)}\n`);
  process.exit(clear ? EXIT_CONFIGURATION : 1);
});
