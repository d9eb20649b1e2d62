/** The oracle's world: the newest version of every record of one tenant, and nothing else. */
import { createHash } from 'node:crypto';
import type { CloudEvent, EntityName, RecordOf } from '#crm';

/** A record's state, as a list of records holds it. */
export type PlainRecord = { [E in EntityName]: { entity: E; data: RecordOf<E> } }[EntityName];

/** A version of a record: its state, or null when it is deleted. */
export interface RecordChange {
  entity: string;
  id: string;
  /** Greater wins; compared as numbers first, then the tie. */
  version: bigint;
  tie?: string;
  data: unknown;
}

const ENTITIES: readonly EntityName[] = [
  'employee',
  'department',
  'customer',
  'contact',
  'pipeline',
  'opportunity',
  'contract',
  'receivable',
  'receivable-plan',
  'invoice',
  'product',
  'product-category',
  'activity',
  'pool-move',
  'return-visit',
  'business-trip',
  'goal',
  'settings',
];

const isKnown = (entity: string): entity is EntityName => (ENTITIES as readonly string[]).includes(entity);

type Tables = { [E in EntityName]: Map<string, RecordOf<E>> };

export class World {
  private readonly tables = Object.fromEntries(ENTITIES.map((entity) => [entity, new Map()])) as Tables;
  /** What is held of each record, deleted ones too, so that no stale version revives them. */
  private readonly versions = new Map<string, { version: bigint; tie: string }>();

  /** A world that holds exactly these records. */
  static of(records: readonly PlainRecord[]): World {
    const world = new World();
    for (const { entity, data } of records) world.apply({ entity, id: data.id, version: 0n, data });
    return world;
  }

  /** A world after these events, whatever their order and number. */
  static after(events: readonly CloudEvent[]): World {
    const world = new World();
    for (const event of events) world.applyEvent(event);
    return world;
  }

  /** Takes a version unless the one held is newer or the same; says whether it did. */
  apply({ entity, id, version, tie = '', data }: RecordChange): boolean {
    const key = `${entity}/${id}`;
    const held = this.versions.get(key);
    if (held && (held.version > version || (held.version === version && held.tie >= tie))) return false;
    this.versions.set(key, { version, tie });
    if (!isKnown(entity)) return true;
    const table = this.tables[entity] as Map<string, unknown>;
    if (data === null) table.delete(id);
    else table.set(id, data);
    return true;
  }

  /**
   * The same for a change event: version from `sequence`, else `time` in microseconds; between equal
   * ones the greater hash wins (the first 64 bits of SHA-256 over source, NUL and id).
   */
  applyEvent(event: CloudEvent): boolean {
    const [, entity = '', verb] = event.type.split('.');
    return this.apply({
      entity,
      id: event.subject,
      version: event.sequence === undefined ? microseconds(event.time) : BigInt(event.sequence),
      tie: createHash('sha256').update(`${event.source}\0${event.id}`).digest('hex').slice(0, 16),
      data: verb === 'deleted' ? null : event.data,
    });
  }

  /** The newest state of a record; undefined when it is unknown or deleted. */
  get<E extends EntityName>(entity: E, id: string | null | undefined): RecordOf<E> | undefined {
    return id === null || id === undefined ? undefined : this.tables[entity].get(id);
  }

  has = (entity: EntityName, id: string): boolean => this.tables[entity].has(id);

  all<E extends EntityName>(entity: E): RecordOf<E>[] {
    return [...this.tables[entity].values()];
  }

  /** Everything held, as a list of records. */
  records(): PlainRecord[] {
    return ENTITIES.flatMap((entity) => this.all(entity).map((data) => ({ entity, data }) as PlainRecord));
  }
}

function microseconds(time: string): bigint {
  const fraction = (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  return BigInt(Date.parse(time.replace(/\.\d+/, ''))) * 1000n + BigInt(fraction);
}
