/** The audit log: who managed what, when, by which request. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '#access';
import type { AuditRecord } from './records';

/** Who acts, and by which request. */
export interface Actor {
  caller: Caller;
  /** Null for the command line. */
  requestId: string | null;
}

/**
 * The entry of an action. It is written together with the change, or before it where the change goes
 * elsewhere: nothing is ever done without its entry.
 */
export function auditEntry({ caller, requestId }: Actor, action: string, target: string | null): AuditRecord {
  const { kind = 'operator', id = kind, name = kind } = caller.identity ?? {};
  return {
    kind: 'audit',
    id: randomUUID(),
    tenant: caller.tenant,
    createdAt: Date.now(),
    actor: { kind, id, name },
    action,
    target,
    requestId,
  };
}
