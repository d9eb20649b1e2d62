/** Reads the newest event of every record back as changes, for rebuilding what is computed from them. */
import { checkEvent, type Change, type CloudEvent } from '#crm';
import type { Warehouse } from './client';
import type { Parameters } from './parameters';

export interface HistoryFilter {
  /** Default: every tenant. */
  tenant?: string;
  entities: readonly string[];
  /** Continue after this record (the last one of a batch handled before). */
  after?: RecordPosition;
  /** Versions read for one page, so at most as many records (default 20,000). */
  pageSize?: number;
}

export interface RecordPosition {
  tenant: string;
  entity: string;
  id: string;
}

export interface HistoryProgress {
  /** Records handed over so far. */
  records: number;
  /** Records whose newest event this release would not accept (written by another one), left out. */
  skipped: number;
  last: RecordPosition;
}

interface EventRow {
  entity: string;
  id: string;
  verb: string;
  event_id: string;
  source: string;
  time: string;
  data: string;
  extensions: string;
}

const AFTER = 'tenant = {tenant:String} AND entity = {entity:String} AND id > {id:String}';

/**
 * The page's last id is found first, from the key alone: a limit on the newest versions would read
 * far beyond the page.
 */
const PAGE = `
  SELECT entity, id, verb, event_id, source, time, data, extensions FROM change_events
  WHERE ${AFTER} AND id <= (
    SELECT max(id) FROM (
      SELECT id FROM change_events WHERE ${AFTER} ORDER BY tenant, entity, id LIMIT {limit:UInt32}
    )
  )
  ORDER BY id, version DESC
  LIMIT 1 BY id`;

const TAG = { report: 'history', tenant: '' };
const PAGE_TIMEOUT_MS = 120_000;

/**
 * Hands over the newest version of every record, deleted ones too, page by page in the order of
 * tenant, entity and id; waits for `onBatch` before the next page is read. Events that arrive
 * meanwhile may or may not be among them. Resolves with the totals.
 */
export async function latestEvents(
  warehouse: Warehouse,
  filter: HistoryFilter,
  onBatch: (changes: Change[], progress: HistoryProgress) => Promise<void>,
): Promise<{ records: number; skipped: number }> {
  let records = 0;
  let skipped = 0;
  for (const { tenant, entity } of await groups(warehouse, filter)) {
    for await (const rows of pages(warehouse, tenant, entity, filter)) {
      const changes = rows.flatMap((row) => changeOf(tenant, row) ?? []);
      records += changes.length;
      skipped += rows.length - changes.length;
      const last = { tenant, entity, id: (rows.at(-1) as EventRow).id };
      await onBatch(changes, { records, skipped, last });
    }
  }
  return { records, skipped };
}

/** How many records of these entities the tenants have, deleted ones too. */
export async function countRecords(
  warehouse: Warehouse,
  { tenants, entities }: { tenants: readonly string[]; entities: readonly string[] },
): Promise<number> {
  const [row] = await warehouse.query<{ records: number }>(
    `SELECT uniqCombined(20)(tenant, entity, id) AS records FROM change_events
     WHERE tenant IN {tenants:Array(String)} AND entity IN {entities:Array(String)}`,
    { tenants, entities },
    { tag: TAG, timeoutMs: PAGE_TIMEOUT_MS },
  );
  return row?.records ?? 0;
}

/** One version of a record, as its event came. */
export interface KeptEvent extends RecordPosition {
  event: CloudEvent;
}

/** Tenants that have records. */
export async function tenantsIn(warehouse: Warehouse): Promise<string[]> {
  const rows = await warehouse.query<{ tenant: string }>(
    'SELECT DISTINCT tenant FROM change_events ORDER BY tenant',
    {},
    { tag: TAG, timeoutMs: PAGE_TIMEOUT_MS },
  );
  return rows.map(({ tenant }) => tenant);
}

/** How many events there are, all versions; some of them may be there twice until they are merged. */
export async function countEvents(warehouse: Warehouse): Promise<number> {
  const [row] = await warehouse.query<{ events: number }>(
    'SELECT toFloat64(count()) AS events FROM change_events',
    {},
    { tag: TAG, timeoutMs: PAGE_TIMEOUT_MS },
  );
  return row?.events ?? 0;
}

const ALL_VERSIONS = `
  SELECT entity, id, toString(version) AS version_text, verb, event_id, source, time, data, extensions
  FROM change_events
  WHERE tenant = {tenant:String} AND entity = {entity:String} AND (id, version) > ({id:String}, {version:UInt128})
  ORDER BY id, version
  LIMIT {limit:UInt32}`;

/** Every version of every record that is kept, in pages: of unknown entities and deletions too, oldest first. */
export async function* allEvents(warehouse: Warehouse, pageSize: number): AsyncIterable<KeptEvent[]> {
  const places = await warehouse.query<{ tenant: string; entity: string }>(
    'SELECT DISTINCT tenant, entity FROM change_events ORDER BY tenant, entity',
    {},
    { tag: TAG, timeoutMs: PAGE_TIMEOUT_MS },
  );
  for (const { tenant, entity } of places) {
    for (let id = '', version = '0'; ;) {
      const rows = await warehouse.query<EventRow & { version_text: string }>(
        ALL_VERSIONS,
        { tenant, entity, id, version, limit: pageSize },
        { tag: { ...TAG, tenant }, timeoutMs: PAGE_TIMEOUT_MS },
      );
      const last = rows.at(-1);
      if (!last) break;
      yield rows.map((row) => ({ tenant, entity, id: row.id, event: eventOf(tenant, row) }));
      ({ id, version_text: version } = last);
    }
  }
}

/** Tenants with their entities, in order, from where reading is to go on. */
async function groups(
  warehouse: Warehouse,
  { tenant, entities, after }: HistoryFilter,
): Promise<{ tenant: string; entity: string }[]> {
  const parameters: Parameters = {
    entities,
    ...(tenant === undefined ? {} : { tenant }),
    ...(after ? { afterTenant: after.tenant, afterEntity: after.entity } : {}),
  };
  return warehouse.query(
    `SELECT tenant, entity FROM change_events
     WHERE entity IN {entities:Array(String)}
       ${tenant === undefined ? '' : 'AND tenant = {tenant:String}'}
       ${after ? 'AND (tenant, entity) >= ({afterTenant:String}, {afterEntity:String})' : ''}
     GROUP BY tenant, entity ORDER BY tenant, entity`,
    parameters,
    { tag: TAG, timeoutMs: PAGE_TIMEOUT_MS },
  );
}

async function* pages(
  warehouse: Warehouse,
  tenant: string,
  entity: string,
  { after, pageSize = 20_000 }: HistoryFilter,
): AsyncIterable<EventRow[]> {
  const resumed = after?.tenant === tenant && after.entity === entity;
  let id = resumed ? after.id : '';
  for (;;) {
    const rows = await warehouse.query<EventRow>(
      PAGE,
      { tenant, entity, id, limit: pageSize },
      { tag: { ...TAG, tenant }, timeoutMs: PAGE_TIMEOUT_MS },
    );
    if (rows.length === 0) return;
    yield rows;
    id = (rows.at(-1) as EventRow).id;
  }
}

function eventOf(tenant: string, row: EventRow): CloudEvent {
  const event: CloudEvent = {
    ...(JSON.parse(row.extensions) as Record<string, unknown>),
    specversion: '1.0',
    id: row.event_id,
    source: row.source,
    type: `crm.${row.entity}.${row.verb}`,
    subject: row.id,
    time: `${row.time.replace(' ', 'T')}Z`,
    tenantid: tenant,
  };
  if (row.data !== '') event.data = JSON.parse(row.data) as unknown;
  return event;
}

/** The change as it was checked when it came; null when it would be refused now. */
function changeOf(tenant: string, row: EventRow): Change | null {
  const checked = checkEvent(eventOf(tenant, row), { tenant: null, now: Number.MAX_SAFE_INTEGER });
  return checked.ok ? checked.change : null;
}
