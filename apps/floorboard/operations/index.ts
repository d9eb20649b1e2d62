/** All operations by name. */
import type { Operation } from './operation';
import { verifyCounters } from './verify';

export const OPERATIONS = {
  verify: verifyCounters,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
