/** Change events: CloudEvents 1.0 around the full state of one record. */
import type { EntityName, Records } from './records';

/** An event as it is published. Made once and sent as often as needed: its id and version stay. */
export interface ChangeEvent<E extends EntityName = EntityName> {
  specversion: '1.0';
  id: string;
  source: string;
  type: `crm.${E}.${string}`;
  /** The record's id. */
  subject: string;
  /** When the change happened: RFC 3339 with zone. */
  time: string;
  /** The record's version: the newest one counts, in whatever order events arrive. */
  sequence?: string;
  datacontenttype?: 'application/json';
  tenantid?: string;
  traceparent?: string;
  /** The record's full state; absent when it was deleted. */
  data?: Records[E];
}

/** What is known of a change beside the record's state. */
export interface About {
  /**
   * The record's version: digits, up to 18, growing with each of its changes (a row version, a position
   * of a log, `updated_at` in microseconds). Absent: the time is the version. A source sends it always
   * or never.
   */
  sequence?: string | number | bigint;
  /** When it happened (default: now). */
  time?: Date | string;
  /** The CRM's own word for what happened, kebab-case (default: `changed`). */
  verb?: string;
  /** Unique within the source (default: random). */
  id?: string;
  /** Only where the key's tenant is not meant by itself: straight to Kafka. */
  tenant?: string;
  /** W3C trace context that the change belongs to. */
  traceparent?: string;
}

export interface EventFactory {
  /** The event of a record that was made or changed: `record` is its full state now. */
  changed<E extends EntityName>(entity: E, record: Records[E], about?: About): ChangeEvent<E>;
  /** The event of a record that is gone. */
  deleted<E extends EntityName>(entity: E, id: string, about?: Omit<About, 'verb'>): ChangeEvent<E>;
}

/**
 * Makes events of one CRM instance.
 * @param source URI reference that names it, such as `/crm`.
 */
export function eventsOf(source: string): EventFactory {
  return {
    changed: (entity, record, about = {}) => ({
      ...envelope(source, entity, record.id, about.verb ?? 'changed', about),
      data: record,
    }),
    deleted: (entity, id, about = {}) => envelope(source, entity, id, 'deleted', about),
  };
}

function envelope<E extends EntityName>(
  source: string,
  entity: E,
  subject: string,
  verb: string,
  { sequence, time = new Date(), id = randomId(), tenant, traceparent }: About,
): ChangeEvent<E> {
  return {
    specversion: '1.0',
    id,
    source,
    type: `crm.${entity}.${verb}`,
    subject,
    time: typeof time === 'string' ? time : time.toISOString(),
    ...(sequence === undefined ? {} : { sequence: digits(sequence) }),
    datacontenttype: 'application/json',
    ...(tenant === undefined ? {} : { tenantid: tenant }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** @throws RangeError for what is no version, or a number too large to be one exactly. */
function digits(sequence: string | number | bigint): string {
  const text = String(sequence);
  const exact = typeof sequence !== 'number' || Number.isSafeInteger(sequence);
  if (!exact || !/^\d{1,18}$/.test(text)) {
    throw new RangeError(`sequence ${text} must be a whole number of 1 to 18 digits`);
  }
  return text;
}

/** 128 random bits. Not `randomUUID`, which pages that came by plain HTTP do not have. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
