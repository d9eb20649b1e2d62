/**
 * The zone a generation of counters was counted in, kept in it as a reference record of each tenant:
 * windows are days of that zone, so another zone needs another generation.
 */
import type { RecordChange } from '#counters';
import type { Tenant } from '#platform';

export const CALENDAR_ENTITY = 'floorboard-calendar';
export const CALENDAR_ID = 'zone';

/** The note of a tenant's zone; the newest one written holds. */
export const zoneNote = (tenant: Tenant): RecordChange & { reference: string } => ({
  tenant: tenant.id,
  entity: CALENDAR_ENTITY,
  id: CALENDAR_ID,
  version: (BigInt(Date.now()) << 64n).toString(16).padStart(32, '0'),
  contributions: [],
  reference: JSON.stringify({ zone: tenant.zone.name }),
});
