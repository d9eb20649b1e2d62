/** All operations by name. */
import { backupFolder } from './backup';
import { handleDeadLetters } from './dead-letters';
import { erase } from './erase';
import type { Operation } from './operation';
import { rebuildCounters } from './rebuild';
import { verifyCounters } from './verify';

export const OPERATIONS = {
  backup: backupFolder,
  'dead-letters': handleDeadLetters,
  erase,
  rebuild: rebuildCounters,
  verify: verifyCounters,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
