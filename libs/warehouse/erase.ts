/** Takes every version of a record out of the warehouse, for good. */
import { isEntityName, tableName } from '#crm';
import type { Warehouse } from './client';
import { ownRows } from './cluster';
import { deleteRows } from './delete';

export interface ErasedRecord {
  tenant: string;
  entity: string;
  id: string;
}

const DAY_MS = 86_400_000;
const TAG = { report: 'erase', tenant: '' };
const OF_RECORD = 'tenant = {tenant:String} AND entity = {entity:String} AND id = {id:String}';

/** The record's newest version (32 hex digits) and how many there are; null when there is none. */
export async function versionsOf(
  warehouse: Warehouse,
  { tenant, entity, id }: ErasedRecord,
): Promise<{ newest: string; count: number } | null> {
  const [row] = await warehouse.query<{ newest: string; count: number }>(
    `SELECT lower(hex(max(version))) AS newest, count() AS count FROM change_events WHERE ${OF_RECORD}`,
    { tenant, entity, id },
    { tag: TAG },
  );
  return row && row.count > 0 ? { newest: row.newest.padStart(32, '0'), count: row.count } : null;
}

/**
 * Resolves when no part in use holds the record any more; the engine drops the files of the parts that
 * did some minutes later. May be repeated.
 */
export async function eraseRecord(warehouse: Warehouse, { tenant, entity, id }: ErasedRecord): Promise<void> {
  await deleteRows(warehouse, 'change_events', OF_RECORD, { tenant, entity, id });
  if (!isEntityName(entity)) return;
  await deleteRows(warehouse, tableName(entity), 'tenant = {tenant:String} AND id = {id:String}', {
    tenant,
    id,
  });
}

/**
 * Drops events older than a number of days, except each record's newest: every number stays what it
 * is, the history before is gone.
 */
export async function dropHistory(warehouse: Warehouse, days: number): Promise<void> {
  const before = Date.now() - days * DAY_MS;
  await deleteRows(
    warehouse,
    'change_events',
    `toUnixTimestamp64Milli(appended_at) < {before:Int64}
       AND (tenant, entity, id, version) NOT IN (
         SELECT tenant, entity, id, max(version) FROM ${ownRows('change_events', warehouse.place)}
         GROUP BY tenant, entity, id
       )`,
    { before },
  );
}
