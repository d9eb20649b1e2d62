/**
 * Change events: CloudEvents 1.0 envelopes around a record's full state.
 *
 * `checkEvent` is the one check that every event passes, at the HTTP edge and again in each
 * consumer (writers straight to Kafka are not ours).
 */
import { hash } from 'node:crypto';
import { isEntityName, type EntityName, type RecordOf } from './entities';
import { instantMs, isText, isUriReference, subMillisecond } from './formats';
import { checkRecord, type Problem } from './schema';

/** A change event as it travels: the CloudEvents JSON object. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  tenantid?: string;
  sequence?: string;
  datacontenttype?: 'application/json';
  data?: unknown;
  [extension: string]: unknown;
}

interface ChangeBase {
  tenant: string;
  /** The record's id. */
  id: string;
  /** Total order of a record's states: 32 hex digits, 16 of the version and 16 of the tie-breaking hash. */
  version: string;
  /** `type`'s last part: the CRM's own word for what happened. */
  verb: string;
  /** When the change happened, epoch milliseconds. */
  time: number;
  source: string;
  /** The checked envelope, as received. */
  event: CloudEvent;
}

/** The new state of a record of a known entity. */
export type Upsert = {
  [E in EntityName]: ChangeBase & { kind: 'upsert'; entity: E; data: RecordOf<E> };
}[EntityName];
/** The record of a known entity is gone. */
export type Deletion = ChangeBase & { kind: 'deletion'; entity: EntityName };
/** A record of an entity this release does not know: kept as a fact, counted nowhere. */
export type UnknownChange = ChangeBase & { kind: 'unknown'; entity: string };

/** A checked change event. */
export type Change = Upsert | Deletion | UnknownChange;

export type CheckedEvent = { ok: true; change: Change } | { ok: false; problems: Problem[] };

const KEBAB = '[a-z0-9]+(?:-[a-z0-9]+)*';
const TYPE = new RegExp(`^crm\\.(${KEBAB})\\.(${KEBAB})$`);
const TENANT = /^[a-z0-9_-]{1,64}$/;
const SEQUENCE = /^\d{1,18}$/;
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

/** What an event must be to belong here: the tenant of the caller, or null where any tenant may write. */
export interface CheckContext {
  /** The tenant an event without `tenantid` belongs to; null: the attribute is required. */
  tenant: string | null;
  /** Whether a tenant exists here. Only asked where `tenant` is null. */
  knowsTenant?: (tenant: string) => boolean;
  /** The clock, epoch milliseconds. */
  now: number;
}

/** Whether a string may name a tenant. */
export const isTenantId = (value: string): boolean => TENANT.test(value);

/** The log's key of a record: all its versions share it. */
export const recordKey = (tenant: string, entity: string, id: string): string => `${tenant}/${entity}/${id}`;

/**
 * Version of a record's state: 32 hex digits that order as strings. The first 16 are the sequence,
 * or the event's time in microseconds; the last 16 settle ties by a fixed hash of source and id
 * (the first 64 bits of SHA-256 over `source NUL id`).
 */
export function versionOf(sequence: string | undefined, time: string, source: string, id: string): string {
  const tie = hash('sha256', `${source}\0${id}`, 'hex').slice(0, 16);
  if (sequence !== undefined) return BigInt(sequence).toString(16).padStart(16, '0') + tie;
  const ms = instantMs(time) ?? 0;
  // A change dated before 1970 has no positive version; it is the oldest there can be.
  const micros = ms < 0 ? 0n : BigInt(ms) * 1000n + BigInt(subMillisecond(time));
  return micros.toString(16).padStart(16, '0') + tie;
}

/** The sequence that a version (see {@link versionOf}) stands for. */
export const sequenceOf = (version: string): bigint => BigInt(`0x${version.slice(0, 16)}`);

/** Checks one event, parsed from JSON. All problems are found, not only the first. */
export function checkEvent(value: unknown, context: CheckContext): CheckedEvent {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, problems: [{ pointer: '', detail: 'must be a CloudEvents JSON object' }] };
  }
  const event = value as CloudEvent;
  const problems: Problem[] = [];
  const type = typeof event.type === 'string' ? typeOf(event.type) : null;
  const time = checkEnvelope(event, context, problems);
  if (!type) {
    const detail = event.type === undefined ? 'is missing' : 'must be crm.<entity>.<verb> in kebab-case';
    problems.push({ pointer: '/type', detail });
    return { ok: false, problems };
  }
  const { entity, verb } = type;
  const deleted = verb === 'deleted';
  const known = isEntityName(entity);
  if (!deleted) checkData(event, known ? entity : null, problems);
  if (problems.length > 0) return { ok: false, problems };
  // Written out: V8 reads the properties of an object made by spreading many times slower.
  const tenant = event.tenantid ?? (context.tenant as string);
  const { subject: id, source } = event;
  const version = versionOf(event.sequence, event.time, source, event.id);
  const at = time as number;
  if (!known) {
    return {
      ok: true,
      change: { tenant, id, version, verb, time: at, source, event, kind: 'unknown', entity },
    };
  }
  if (deleted) {
    return {
      ok: true,
      change: { tenant, id, version, verb, time: at, source, event, kind: 'deletion', entity },
    };
  }
  const { data } = event;
  const upsert = { tenant, id, version, verb, time: at, source, event, kind: 'upsert', entity, data };
  return { ok: true, change: upsert as Upsert };
}

interface EventType {
  entity: string;
  verb: string;
}

/** There are few types and many events. */
const MAX_TYPES = 1_000;
const types = new Map<string, EventType>();

function typeOf(text: string): EventType | null {
  const known = types.get(text);
  if (known) return known;
  const match = TYPE.exec(text);
  if (!match) return null;
  const type = { entity: match[1] as string, verb: match[2] as string };
  if (types.size < MAX_TYPES && text.length <= 128) types.set(text, type);
  return type;
}

/** What is wrong with the envelope goes to `problems`; returns the event's time, null when it has none. */
function checkEnvelope(event: CloudEvent, context: CheckContext, problems: Problem[]): number | null {
  const attribute = (name: string, right: boolean, detail: string): void => {
    if (right) return;
    problems.push({ pointer: `/${name}`, detail: event[name] === undefined ? 'is missing' : detail });
  };
  attribute('specversion', event.specversion === '1.0', 'must be "1.0"');
  attribute('id', isShortText(event.id, 128), 'must be a string of 1 to 128 characters');
  attribute(
    'source',
    typeof event.source === 'string' && isSource(event.source),
    'must be a URI reference of at most 2,048 characters',
  );
  attribute('subject', isShortText(event.subject, 64), 'must be a string of 1 to 64 characters');
  const time = typeof event.time === 'string' ? instantMs(event.time) : null;
  attribute('time', time !== null, 'must be an RFC 3339 instant with zone between 1900 and 2299');
  if (time !== null && time > context.now + MAX_AHEAD_MS) {
    problems.push({ pointer: '/time', detail: 'lies more than 24 hours ahead' });
  }
  checkTenant(event.tenantid, context, problems);
  if (
    event.sequence !== undefined &&
    !(typeof event.sequence === 'string' && SEQUENCE.test(event.sequence))
  ) {
    problems.push({ pointer: '/sequence', detail: 'must be a string of 1 to 18 decimal digits' });
  }
  const content: unknown = event.datacontenttype;
  if (content !== undefined && content !== 'application/json' && !isJsonType(content)) {
    problems.push({ pointer: '/datacontenttype', detail: 'must be "application/json"' });
  }
  if (event['data_base64'] !== undefined) {
    problems.push({ pointer: '/data_base64', detail: 'is not accepted: send the state as JSON in data' });
  }
  return time;
}

const isJsonType = (value: unknown): boolean =>
  typeof value === 'string' && /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(value);

let lastSource = '';

/** One sender's events come one after another. */
function isSource(source: string): boolean {
  if (source === lastSource) return true;
  if (source.length > 2048 || !isUriReference(source)) return false;
  lastSource = source;
  return true;
}

function checkTenant(tenant: unknown, context: CheckContext, problems: Problem[]): void {
  const problem = (detail: string): number => problems.push({ pointer: '/tenantid', detail });
  if (tenant === undefined) {
    if (context.tenant === null) problem('is missing');
  } else if (typeof tenant !== 'string' || !TENANT.test(tenant)) {
    problem('must be 1 to 64 characters of a-z 0-9 - _');
  } else if (context.tenant !== null && tenant !== context.tenant) {
    problem('is another tenant than the one of the key');
  } else if (context.tenant === null && context.knowsTenant && !context.knowsTenant(tenant)) {
    problem('is not a tenant of this installation');
  }
}

function checkData(event: CloudEvent, entity: EntityName | null, problems: Problem[]): void {
  const data = event.data;
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    problems.push({ pointer: '/data', detail: data === undefined ? 'is missing' : 'must be an object' });
    return;
  }
  const wrong = entity === null ? null : checkRecord(entity, data);
  if (wrong) problems.push(...wrong);
  const id = (data as { id?: unknown }).id;
  if (
    typeof event.subject === 'string' &&
    id !== event.subject &&
    !wrong?.some((p) => p.pointer === '/data/id')
  ) {
    problems.push({ pointer: '/data/id', detail: id === undefined ? 'is missing' : 'must equal subject' });
  }
}

function isShortText(value: unknown, limit: number): value is string {
  if (typeof value !== 'string' || value === '' || !isText(value)) return false;
  // Lengths count code points; only a string with surrogates can have fewer than UTF-16 units.
  return value.length <= limit || (value.length <= 2 * limit && [...value].length <= limit);
}
