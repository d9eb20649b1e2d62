#!/usr/bin/env node
/** The command line. */
import 'reflect-metadata';
import { ConfigurationError, EXIT_CONFIGURATION, EXIT_FAILURE } from '#platform';
import { FolderInUse } from './local-socket';
import { createProgram } from './program';

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const clear = error instanceof ConfigurationError || error instanceof FolderInUse;
    process.stderr.write(`floorboard: ${clear ? error.message : String((error as Error).stack)}\n`);
    process.exit(clear ? EXIT_CONFIGURATION : EXIT_FAILURE);
  });
