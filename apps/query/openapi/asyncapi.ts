/** The AsyncAPI 3.0 document of the event contract, as it holds for writers straight to Kafka. */
import { TOPICS } from '#change-log';
import { ENTITY_NAMES, type EntityName } from '#crm';
import { ENVELOPE, recordName, recordSchemas } from './events';
import { INSTANT, list, object, ref, TEXT, type Schema } from './model';

interface Message {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  headers?: Schema;
  payload: Schema;
  bindings: object;
  examples?: readonly { name: string; payload: object }[];
}

export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: object;
  defaultContentType: string;
  servers: Record<string, object>;
  channels: Record<string, object>;
  operations: Record<string, object>;
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
}

const CONTENT_TYPE = 'application/cloudevents+json';
const VERB = '[a-z0-9]+(-[a-z0-9]+)*';

const ABOUT = `Changes of a CRM's records, from which Floorboard computes boards and reports.

An event is a CloudEvent 1.0 that carries the record's whole state; the newest version of a record counts, so events
may come again and in any order. The record's key decides the partition. Publish a deletion for every dependent
record that is deleted too, and the new state of every record that a transfer moves along. What cannot be taken is
kept as a dead letter and holds up nothing.

By HTTP the same events go to \`POST /v1/events\`, where \`tenantid\` may be absent: see the OpenAPI document.`;

const EXAMPLE = {
  specversion: '1.0',
  id: '5f0c',
  source: '/crm',
  subject: 'k1',
  time: '2026-05-20T09:00:01.000Z',
  sequence: '7',
  tenantid: 'default',
  datacontenttype: 'application/json',
};

const CONTRACT = {
  ...{ id: 'k1', number: 'C-1', name: 'Desks', customerId: 'c1', ownerId: 'e1', orderDate: '2026-05-20' },
  ...{ amount: '1200.00', status: 'approved' },
  lines: [{ productId: 'x1', quantity: '2', subtotal: '1200.00' }],
};

/** An event with a further rule for its type, and for its data. */
const eventWith = (type: string, more: Schema = {}, required: readonly string[] = []): Schema => ({
  allOf: [
    ref('Event'),
    {
      type: 'object',
      required: [...required],
      properties: { type: { type: 'string', pattern: `^crm\\.${type}$` }, ...more },
    },
  ],
});

const message = (name: string, summary: string, payload: Schema): Message => ({
  name,
  title: name,
  summary,
  contentType: CONTENT_TYPE,
  headers: { type: 'object', properties: { 'content-type': { const: CONTENT_TYPE } } },
  payload,
  bindings: {
    kafka: {
      key: { type: 'string', description: '`<tenantid>/<entity>/<subject>`' },
      bindingVersion: '0.5.0',
    },
  },
});

function changedMessage(entity: EntityName): Message {
  const changed = message(
    entity,
    `The state of a record of \`${entity}\`, after it was made or changed.`,
    eventWith(`${entity}\\.(?!deleted$)${VERB}`, { data: ref(recordName(entity)) }, ['data']),
  );
  if (entity !== 'contract') return changed;
  const payload = { ...EXAMPLE, type: 'crm.contract.approved', data: CONTRACT };
  return { ...changed, examples: [{ name: 'approved', payload }] };
}

function messages(): Record<string, Message> {
  const deleted = message('deleted', 'A record is gone.', eventWith(`${VERB}\\.deleted`));
  const known = ENTITY_NAMES.join('|');
  const other = message(
    'other',
    'A record of an entity that this release does not know: kept as a fact, counted nowhere.',
    eventWith(`(?!(${known})\\.)${VERB}\\.(?!deleted$)${VERB}`, { data: { type: 'object' } }, ['data']),
  );
  return {
    ...Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, changedMessage(entity)])),
    deleted: {
      ...deleted,
      examples: [{ name: 'deleted', payload: { ...EXAMPLE, type: 'crm.contract.deleted' } }],
    },
    other,
    deadLetter: deadLetterMessage(),
  };
}

const deadLetterMessage = (): Message => ({
  name: 'dead-letter',
  title: 'dead-letter',
  summary: 'What could not be taken: the original bytes, and why.',
  contentType: 'application/octet-stream',
  headers: {
    type: 'object',
    required: ['reason', 'problems', 'received-at'],
    properties: {
      reason: { ...TEXT, description: '`invalid`, `malformed`, `too-large` or `refused-by-warehouse`.' },
      problems: { ...TEXT, description: 'JSON: a list of `Problem`.' },
      'received-at': INSTANT,
      tenant: { ...TEXT, description: 'Of the caller, when it came by HTTP.' },
      'event-id': TEXT,
      'event-source': TEXT,
      'original-bytes': { ...TEXT, description: 'How many there were, when the value was cut.' },
      'original-topic': { ...TEXT, description: 'Where it stood, when it came by the log.' },
      'original-partition': TEXT,
      'original-offset': TEXT,
    },
  },
  payload: { description: 'The original bytes.' },
  bindings: { kafka: { key: TEXT, bindingVersion: '0.5.0' } },
});

const eventSchema = (): Schema => ({
  description: "A change of a record as a CloudEvent 1.0: `data` is the record's whole new state.",
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'tenantid'],
  properties: {
    ...ENVELOPE,
    tenantid: { ...ENVELOPE['tenantid'], description: 'Whose record it is; required here.' },
  },
});

const ofChannel = (channel: string, names: readonly string[]): object[] =>
  names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));

const channel = (address: string, description: string, names: readonly string[]): object => ({
  address,
  description,
  servers: [{ $ref: '#/servers/kafka' }],
  messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  bindings: { kafka: { topic: address, bindingVersion: '0.5.0' } },
});

export function asyncApiDocument(): AsyncApiDocument {
  const all = messages();
  const changes = Object.keys(all).filter((name) => name !== 'deadLetter');
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Floorboard: change events of a CRM',
      version: '1',
      description: ABOUT,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: CONTENT_TYPE,
    servers: {
      kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'The brokers of `KAFKA_BROKERS`.' },
    },
    channels: {
      events: channel(TOPICS.events, 'Every change of every record.', changes),
      deadLetters: channel(TOPICS.deadLetters, 'What could not be taken.', ['deadLetter']),
    },
    operations: {
      takeChanges: {
        action: 'receive',
        channel: { $ref: '#/channels/events' },
        summary: 'Counts and stores every change.',
        messages: ofChannel('events', changes),
      },
      keepDeadLetters: {
        action: 'send',
        channel: { $ref: '#/channels/deadLetters' },
        summary: 'Keeps what cannot be taken, with the reason.',
        messages: ofChannel('deadLetters', ['deadLetter']),
      },
    },
    components: {
      messages: all,
      schemas: {
        Event: eventSchema(),
        Problem: object({ pointer: TEXT, detail: TEXT }),
        Problems: list(ref('Problem')),
        ...recordSchemas(),
      },
    },
  };
}
