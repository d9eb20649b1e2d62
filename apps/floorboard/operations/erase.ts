/**
 * Erases a record: every version of it, from everywhere that is ours to change. What stays is a keyed
 * hash of its name with its newest version, so that no replay revives it.
 *
 * The hash comes first. Once every process knows it, and both consumers have passed what they took
 * before that, nothing writes the record any more; then it is taken out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { operatorCaller } from '#access';
import { TOPICS, type StoredRecord } from '#change-log';
import { auditEntry, newErasureKey, type Actor, type RecordName } from '#control';
import { recordKey } from '#crm';
import { DeadLetterStore } from '#dead-letters';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import { eraseRecord, versionsOf } from '#warehouse';
import { catchUp } from '../catch-up';
import { OperationRefused, type OperationContext, type Tell } from './operation';

export type EraseArguments = RecordName;

export interface Erased {
  /** The hash that stands for the record from now on. */
  hash: string;
  /** Versions that were in the warehouse. */
  versions: number;
  deadLetters: number;
  /** Records taken out of the log; null where its copy ends with the log's retention only. */
  logRecords: number | null;
  retentionDays: number;
}

/** Control data is in force in every process within a second. */
const KNOWN_MS = 1_500;
const REBUILD_MS = 600_000;
const PAGE = 500;

export async function erase(context: OperationContext, args: unknown, tell: Tell): Promise<Erased> {
  const { tenants, control, settings, engines } = context;
  const { tenant: name, entity, id } = args as EraseArguments;
  const tenant = tenants.get(name);
  if (!tenant) throw new OperationRefused(`there is no tenant ${name}`);
  const record: RecordName = { tenant: name, entity, id };
  const consumersPass = (): Promise<void> => catchUp(engines.log, [FACTS_GROUP, LEADERBOARDS_GROUP]);
  tell({ doing: 'waiting for the consumers' });
  await consumersPass();
  const held = await versionsOf(engines.warehouse, record);
  // Begun before and cut short: it goes on.
  const before = control.erasures.versionOf(record);
  const version = [held?.newest ?? '', before ?? ''].sort().at(-1);
  if (!version) throw new OperationRefused(`there is no ${entity} ${id} of ${name}`);
  if (!control.erasures.hasKey) await control.write(newErasureKey());
  const hash = control.erasures.hashOf(record);
  const actor: Actor = { caller: operatorCaller(name), requestId: null };
  await control.write(
    { kind: 'erasure', id: hash, tenant: name, createdAt: Date.now(), version },
    auditEntry(actor, 'record.erased', `${entity}/${hash}`),
  );
  await sleep(KNOWN_MS);
  await consumersPass();
  tell({ doing: 'erasing' });
  await eraseRecord(engines.warehouse, record);
  await forgetInCounters(context, record, tenant.zone.dayAt(Date.now()));
  const deadLetters = await eraseDeadLetters(context, actor, record);
  const key = recordKey(name, entity, id);
  const logRecords = await engines.log.remove?.(TOPICS.events, (stored) => stored.key === key);
  return {
    hash,
    versions: held?.count ?? 0,
    deadLetters,
    logRecords: logRecords ?? null,
    retentionDays: settings.LOG_RETENTION_DAYS,
  };
}

/** Between two rebuilds: one under way may have read the record before it was gone. */
async function forgetInCounters(
  { engines: { counters } }: OperationContext,
  record: RecordName,
  today: number,
): Promise<void> {
  for (const until = Date.now() + REBUILD_MS; ; await sleep(KNOWN_MS)) {
    const { building } = await counters.rebuildState();
    await counters.forget(record, today);
    if (building === null && (await counters.rebuildState()).building === null) return;
    if (Date.now() > until)
      throw new Error('the counters are being rebuilt for too long; erase it once more');
  }
}

/** How many there were. Where the log cannot let go of them they are closed, and end with their topic. */
async function eraseDeadLetters(
  { engines: { log }, control, tenants }: OperationContext,
  actor: Actor,
  record: RecordName,
): Promise<number> {
  const store = new DeadLetterStore(log, control, tenants);
  const found: string[] = [];
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await store.list(record.tenant, { offset, limit: PAGE });
    total = page.total;
    found.push(...page.rows.filter(({ event }) => isOf(event, record)).map(({ id }) => id));
  }
  for (const id of found) await store.delete(actor, record.tenant, id);
  await log.remove?.(TOPICS.deadLetters, (stored) => isOf(parsed(stored), record));
  return found.length;
}

function isOf(event: unknown, { tenant, entity, id }: RecordName): boolean {
  if (event === null || typeof event !== 'object') return false;
  const { type, subject, tenantid = tenant } = event as Record<string, unknown>;
  return (
    subject === id && tenantid === tenant && typeof type === 'string' && type.startsWith(`crm.${entity}.`)
  );
}

function parsed({ value }: StoredRecord): unknown {
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
