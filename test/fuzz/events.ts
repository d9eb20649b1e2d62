/** One odd message to publish: structured, batch or binary. */
import type { CloudEvent } from '#crm';
import type { Random } from '../model';
import { bytesOf, mutated, oddString } from './values';

export interface EventRequest {
  method: 'POST';
  path: '/v1/events';
  headers: Record<string, string>;
  body: Buffer | undefined;
  /** Events in it; null where its bytes may be broken. */
  events: number | null;
}

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

export function eventRequest(random: Random, events: readonly CloudEvent[], key: string): EventRequest {
  const mode = random.pick(['structured', 'batch', 'batch', 'binary'] as const);
  const authorization = `Bearer ${key}`;
  const odd = (): unknown =>
    random.chance(0.5) ? random.pick(events) : mutated(random, random.pick(events));
  if (mode === 'binary') return { ...binary(random, random.pick(events), authorization), events: null };
  const value = mode === 'structured' ? odd() : random.list(random.int(0, 30), odd);
  const body = bytesOf(random, value);
  const type = random.chance(0.96)
    ? mode === 'structured'
      ? STRUCTURED
      : BATCH
    : random.pick([STRUCTURED, BATCH, 'application/json', 'x']);
  const whole = body.equals(Buffer.from(safeText(value)));
  return {
    method: 'POST',
    path: '/v1/events',
    headers: { authorization, 'content-type': type },
    body,
    events: whole && Array.isArray(value) && type === BATCH ? value.length : null,
  };
}

function safeText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** The attributes as headers, some of them odd, the data as the body. */
function binary(random: Random, event: CloudEvent, authorization: string): Omit<EventRequest, 'events'> {
  const { data, ...attributes } = event;
  const headers: Record<string, string> = { authorization, 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'datacontenttype' || random.chance(0.05)) continue;
    const text = random.chance(0.1) ? oddString(random) : String(value);
    headers[`ce-${name}`] = random.chance(0.9)
      ? encodeURIComponent(text.toWellFormed())
      : text.replace(/[^\x20-\x7e]/g, '%');
  }
  if (random.chance(0.1)) headers[`ce-${random.pick(['x', 'data', 'id2', '__proto__'])}`] = 'odd';
  const body =
    data === undefined ? undefined : bytesOf(random, random.chance(0.6) ? data : mutated(random, data));
  return { method: 'POST', path: '/v1/events', headers, body };
}
