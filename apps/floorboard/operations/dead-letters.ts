/** Dead letters across tenants. */
import { operatorCaller } from '#access';
import type { Actor } from '#control';
import { DeadLetterStore, type DeadLetter } from '#dead-letters';
import { ProblemError } from '#platform';
import { OperationRefused, type OperationContext, type Tell } from './operation';

export interface DeadLetterArguments {
  action: 'list' | 'show' | 'replay' | 'delete';
  /** Absent: of all tenants, and of none. */
  tenant?: string;
  /** Of list: how many at most. */
  limit?: number;
  /** Of the others; absent: all, the oldest first. */
  ids?: string[];
  /** Of replay: the corrected event. */
  event?: unknown;
}

export interface DeadLetterAnswer {
  letters: DeadLetter[];
  total: number;
  /** Those that were replayed or deleted. */
  done: string[];
  /** Those that could not be, with the reason. */
  failed: { id: string; reason: string }[];
}

const ALL = { offset: 0, limit: Number.MAX_SAFE_INTEGER };

/** Told: each letter's id when it is done. */
export async function handleDeadLetters(
  { engines, control, tenants }: OperationContext,
  args: unknown,
  tell: Tell,
): Promise<DeadLetterAnswer> {
  const { action, tenant, limit, ids, event } = args as DeadLetterArguments;
  const store = new DeadLetterStore(engines.log, control, tenants);
  const answer: DeadLetterAnswer = { letters: [], total: 0, done: [], failed: [] };
  if (action === 'list') {
    const { rows, total } = await store.list(tenant, { ...ALL, limit: limit ?? ALL.limit });
    return { ...answer, letters: rows, total };
  }
  const wanted = ids ?? (await store.list(tenant, ALL)).rows.map(({ id }) => id).reverse();
  const actor: Actor = { caller: operatorCaller(tenant ?? tenants.all[0]?.id ?? 'default'), requestId: null };
  for (const id of wanted) {
    try {
      if (action === 'show') answer.letters.push(await store.get(tenant, id));
      else if (action === 'delete') await store.delete(actor, tenant, id);
      else await store.replay(actor, tenant, id, event);
      answer.done.push(id);
      tell({ id });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      answer.failed.push({ id, reason: reasonOf(error) });
    }
  }
  if (action === 'show' && answer.failed[0]) throw new OperationRefused(answer.failed[0].reason);
  return answer;
}

function reasonOf({ message, extra }: ProblemError): string {
  const errors = (extra.errors ?? []).map(({ pointer, detail }) => `${pointer ?? ''} ${detail}`.trim());
  return [message, ...errors].join(' ');
}
