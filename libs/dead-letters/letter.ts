/** One dead letter as it lies in its topic. */
import type { StoredRecord } from '#change-log';
import type { Problem } from '#crm';

export interface DeadLetter {
  /** Its offset in the topic, as text. */
  id: string;
  /** Whose it is; null when nothing in it says so. */
  tenant: string | null;
  /** When it was first seen here, as an instant. */
  receivedAt: string;
  reason: string;
  errors: Problem[];
  /** The event, or the text that should have been one. */
  event: unknown;
  /** The CRM instance that the event names; null when it names none. */
  source: string | null;
}

/** Where the record stood that a consumer set aside; null for what was refused before the log. */
export function originOf({ headers }: StoredRecord): string | null {
  const topic = headers['original-topic'];
  return topic === undefined
    ? null
    : `${topic}/${headers['original-partition']}/${headers['original-offset']}`;
}

/**
 * The tenant of a dead letter: as the intake says, which knows the caller, else as the event says, else
 * as the log's key says.
 */
export function tenantOf(record: StoredRecord, isTenant: (id: string) => boolean): string | null {
  const { headers, key } = record;
  if (headers['tenant'] !== undefined) return headers['tenant'];
  const named = (eventOf(record) as { tenantid?: unknown } | null)?.tenantid;
  const candidates = [named, key.split('/', 1)[0]];
  const found = candidates.find((name) => typeof name === 'string' && isTenant(name));
  return typeof found === 'string' ? found : null;
}

export function letterOf(record: StoredRecord, isTenant: (id: string) => boolean): DeadLetter {
  const { offset, timestamp, headers } = record;
  const event = eventOf(record) ?? record.value.toString('utf8');
  const source = (event as { source?: unknown }).source;
  return {
    id: String(offset),
    tenant: tenantOf(record, isTenant),
    receivedAt: headers['received-at'] ?? new Date(timestamp).toISOString(),
    reason: headers['reason'] ?? 'unknown',
    errors: problemsOf(headers['problems']),
    event,
    source: typeof source === 'string' ? source : (headers['event-source'] ?? null),
  };
}

/** Null when the bytes are no JSON. */
function eventOf({ value }: StoredRecord): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function problemsOf(text: string | undefined): Problem[] {
  try {
    const parsed = JSON.parse(text ?? '[]') as unknown;
    return Array.isArray(parsed) ? (parsed as Problem[]) : [];
  } catch {
    return [];
  }
}
