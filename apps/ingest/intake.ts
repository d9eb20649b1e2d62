/**
 * What a request to publish becomes: records for the log, and what cannot be taken with the reason.
 *
 * Nothing here does I/O. A request that is no CloudEvents message at all throws a problem; a bad
 * event among good ones is set aside and the others are taken.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { LogRecord } from '#change-log';
import { checkEvent, recordKey, type Problem } from '#crm';
import { badRequest, ProblemError, sampledParent } from '#platform';
import { attributesOf, isBinaryMode } from './binary-mode';
import { itemSlices, valueSlice } from './json-slices';

/** What one request may hold. */
export interface IntakeLimits {
  /** Events in a batch. */
  events: number;
  /** Bytes of one event. */
  eventBytes: number;
  /** Levels of nesting: nothing a CRM sends needs more, and every reader would have to recurse. */
  depth: number;
}

/** The event contract's limits; settings may lower them. */
export const LIMITS: IntakeLimits = { events: 5_000, eventBytes: 512 * 1024, depth: 64 };
/** Problems named per event; a list with thousands of wrong items would only repeat itself. */
const MAX_PROBLEMS = 20;

export const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const JSON_TYPE = 'application/json';
const ACCEPTED = `${STRUCTURED}, ${BATCH}, or ${JSON_TYPE} with the event's attributes in ce- headers`;

/** A request's message, as it arrived. */
export interface Message {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface IntakeContext {
  /** The caller's tenant: events belong to it. */
  tenant: string;
  /** The clock, epoch milliseconds. */
  now: number;
  limits: IntakeLimits;
}

/** One event that cannot be taken, as the answer names it. Pointers start at the event. */
export interface Rejection {
  /** Its place in the batch. */
  index: number;
  /** The event's id, null when it has none that can be read. */
  id: string | null;
  errors: Problem[];
}

export interface Intake {
  /** One record per event taken, in the order sent. */
  records: LogRecord[];
  rejected: Rejection[];
  /** One dead letter per rejection. */
  deadLetters: LogRecord[];
}

type Mode = 'structured' | 'batch' | 'binary';

/**
 * Reads and checks a message in structured, batch or binary mode.
 * @throws ProblemError 400, 413 or 415 when the message as a whole cannot be taken.
 */
export function takeIn(message: Message, context: IntakeContext): Intake {
  return TAKE[modeOf(message.headers)](message, context);
}

const TAKE: Record<Mode, (message: Message, context: IntakeContext) => Intake> = {
  batch: takeBatch,
  structured: takeSingle,
  binary: takeBinary,
};

/**
 * In which mode a message comes, as its headers say.
 * @throws ProblemError 415 when it is none; the detail names what is accepted.
 */
export function modeOf(headers: IncomingHttpHeaders): Mode {
  const type = mediaType(headers);
  if (type === BATCH) return 'batch';
  if (type === STRUCTURED) return 'structured';
  if (type === JSON_TYPE && isBinaryMode(headers)) return 'binary';
  throw unsupported(`${type === '' ? 'no content type' : type} is not accepted here; send ${ACCEPTED}`);
}

function mediaType(headers: IncomingHttpHeaders): string {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupported(`content-encoding ${encoding} is not accepted here; send the body uncompressed`);
  }
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    const charset = value.trim().replaceAll('"', '').toLowerCase();
    if (name.trim().toLowerCase() === 'charset' && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
      throw unsupported(`charset ${charset} is not accepted here; send UTF-8`);
    }
  }
  return type.trim().toLowerCase();
}

function takeBatch({ body }: Message, context: IntakeContext): Intake {
  const events = parseJson(body);
  if (!Array.isArray(events)) {
    throw badRequest('the batch must be a JSON array of events', [
      { pointer: '', detail: 'must be an array' },
    ]);
  }
  const { limits } = context;
  if (events.length > limits.events) {
    throw tooLarge(`the batch holds ${events.length} events; at most ${limits.events} are taken at once`);
  }
  const intake = emptyIntake();
  const slices = itemSlices(body);
  for (let index = 0; index < events.length; index++) {
    const { start, end, depth } = slices[index]!;
    take({ index, event: events[index] as unknown, text: body.subarray(start, end), depth }, context, intake);
  }
  return intake;
}

function takeSingle({ body }: Message, context: IntakeContext): Intake {
  if (body.length > context.limits.eventBytes) throw tooLarge(tooLargeEvent(context.limits));
  const event = parseJson(body);
  const { start, end, depth } = valueSlice(body);
  const intake = emptyIntake();
  take({ index: 0, event, text: body.subarray(start, end), depth }, context, intake);
  return intake;
}

function takeBinary({ headers, body }: Message, context: IntakeContext): Intake {
  const { attributes, problems } = attributesOf(headers);
  const envelope = JSON.stringify({ ...attributes, datacontenttype: JSON_TYPE });
  // A deletion may come without any data.
  const empty = body.length === 0;
  if (!empty) parseJson(body);
  const text = empty
    ? Buffer.from(envelope)
    : Buffer.concat([Buffer.from(`${envelope.slice(0, -1)},"data":`), body, Buffer.from('}')]);
  if (text.length > context.limits.eventBytes) throw tooLarge(tooLargeEvent(context.limits));
  const intake = emptyIntake();
  const event = JSON.parse(text.toString()) as unknown;
  take({ index: 0, event, text, depth: valueSlice(text).depth, problems }, context, intake);
  return intake;
}

const emptyIntake = (): Intake => ({ records: [], rejected: [], deadLetters: [] });

interface Candidate {
  index: number;
  /** The parsed event. */
  event: unknown;
  /** The event as it was sent. */
  text: Buffer;
  depth: number;
  /** What was found wrong before. */
  problems?: Problem[];
}

function take(candidate: Candidate, context: IntakeContext, intake: Intake): void {
  const { event, text } = candidate;
  let problems = boundProblems(candidate, context.limits);
  if (problems.length === 0) {
    const checked = checkEvent(event, context);
    if (checked.ok) {
      const { change } = checked;
      intake.records.push({
        key: recordKey(context.tenant, change.entity, change.id),
        value: change.event.tenantid === undefined ? withTenant(text, context.tenant) : text,
        headers: headersOf(event),
      });
      return;
    }
    problems = checked.problems;
  }
  const rejection = { index: candidate.index, id: textOf(event, 'id'), errors: firstOf(problems) };
  intake.rejected.push(rejection);
  intake.deadLetters.push(deadLetter(candidate, rejection, context));
}

/** A trace that the event itself carries goes on with the record. */
function headersOf(event: unknown): Record<string, string> {
  const { traceparent } = event as { traceparent?: string };
  return sampledParent(traceparent) && traceparent !== undefined
    ? { 'content-type': STRUCTURED, traceparent }
    : { 'content-type': STRUCTURED };
}

const tooLargeEvent = ({ eventBytes }: IntakeLimits): string =>
  `one event may have at most ${Math.floor(eventBytes / 1024)} KiB`;

function boundProblems({ text, depth, problems = [] }: Candidate, limits: IntakeLimits): Problem[] {
  if (text.length > limits.eventBytes) return [{ pointer: '', detail: tooLargeEvent(limits) }];
  if (depth > limits.depth) {
    return [{ pointer: '', detail: `is nested ${depth} levels deep; at most ${limits.depth} are taken` }];
  }
  return problems;
}

/** The event's own text with `tenantid` put first; the text is a non-empty object here. */
function withTenant(text: Buffer, tenant: string): Buffer {
  const start = Buffer.from(`{"tenantid":"${tenant}",`);
  const value = Buffer.allocUnsafe(start.length + text.length - 1);
  start.copy(value);
  text.copy(value, start.length, 1);
  return value;
}

/** A rejected event as it was sent; keyed by tenant, so that a tenant's letters stay in order. */
function deadLetter({ event, text }: Candidate, { errors }: Rejection, context: IntakeContext): LogRecord {
  // A log need not take records of any size: what is too large to be an event is kept in part.
  const { eventBytes } = context.limits;
  const cut = text.length > eventBytes;
  const headers: Record<string, string> = {
    reason: cut ? 'too-large' : 'invalid',
    problems: JSON.stringify(errors),
    tenant: context.tenant,
    'received-at': new Date(context.now).toISOString(),
  };
  if (cut) headers['original-bytes'] = String(text.length);
  const id = textOf(event, 'id');
  const source = textOf(event, 'source');
  if (id !== null) headers['event-id'] = id;
  if (source !== null) headers['event-source'] = source;
  return { key: context.tenant, value: cut ? text.subarray(0, eventBytes) : text, headers };
}

/** A string attribute of what may be an event; null when it is none or too long to be quoted. */
function textOf(event: unknown, name: 'id' | 'source'): string | null {
  if (event === null || typeof event !== 'object') return null;
  const value = (event as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' && value.length <= 512 && value.isWellFormed()
    ? value
    : null;
}

function firstOf(problems: Problem[]): Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more = problems.length - MAX_PROBLEMS;
  return [...problems.slice(0, MAX_PROBLEMS), { pointer: '', detail: `has ${more} more problems` }];
}

function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw badRequest('the body is not UTF-8', [{ pointer: '', detail: 'is not UTF-8' }]);
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = `is malformed JSON${position(text, (error as Error).message)}`;
    throw badRequest(`the body ${detail}`, [{ pointer: '', detail }]);
  }
}

/** Line and column of a parse error, as far as the parser says where it is. */
function position(text: string, message: string): string {
  const at = /at position (\d+)/.exec(message)?.[1];
  if (at === undefined) return /Unexpected end/.test(message) ? ': it ends too early' : '';
  const before = text.slice(0, Number(at)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

const tooLarge = (detail: string): ProblemError => new ProblemError(413, 'Content too large', detail);

const unsupported = (detail: string): ProblemError => new ProblemError(415, 'Unsupported media type', detail);
