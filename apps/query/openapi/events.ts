/** Publishing: the events of the contract, one schema per entity. */
import { ENTITY_NAMES, recordSchema, type EntityName } from '#crm';
import { COUNT, INSTANT, list, object, ref, TEXT, type Operation, type Schema } from './model';

/** Name of the schema of an entity's record. */
export const recordName = (entity: EntityName): string => `record.${entity}`;

/** The state of each entity as it is published. */
export const recordSchemas = (): Record<string, Schema> =>
  Object.fromEntries(
    ENTITY_NAMES.map((entity) => {
      const { $schema: _, ...schema } = recordSchema(entity);
      return [recordName(entity), schema];
    }),
  );

/** Attributes of the event around a record. */
export const ENVELOPE: Readonly<Record<string, Schema>> = {
  specversion: { const: '1.0' },
  id: { type: 'string', minLength: 1, maxLength: 128, description: 'Unique within its source.' },
  source: { type: 'string', format: 'uri-reference', maxLength: 2048 },
  type: {
    type: 'string',
    pattern: '^crm\\.[a-z0-9]+(-[a-z0-9]+)*\\.[a-z0-9]+(-[a-z0-9]+)*$',
    description: '`crm.<entity>.<verb>`; the verb `deleted` removes the record and has no data.',
  },
  subject: { type: 'string', minLength: 1, maxLength: 64, description: "The record's id." },
  time: { ...INSTANT, description: 'When it changed; at most 24 hours ahead.' },
  tenantid: { type: 'string', pattern: '^[a-z0-9_-]{1,64}$', description: "Default: the key's tenant." },
  sequence: {
    type: 'string',
    pattern: '^\\d{1,18}$',
    description: "Version of the record's state; default: its time.",
  },
  datacontenttype: TEXT,
};

export const eventSchemas = (): Record<string, Schema> => ({
  Event: {
    description:
      "A change of a record as a CloudEvent 1.0: `data` is the record's whole new state, by the entity of `type`.",
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time'],
    properties: {
      ...ENVELOPE,
      data: { description: 'One of the `record.<entity>` schemas, as `type` says.' },
    },
    allOf: ENTITY_NAMES.map((entity) => ({
      if: {
        properties: { type: { pattern: `^crm\\.${entity}\\.(?!deleted$)` } },
        required: ['type'],
      },
      then: { required: ['data'], properties: { data: ref(recordName(entity)) } },
    })),
  },
  Rejection: object(
    {
      index: { type: 'integer', description: 'Place in the batch, from 0.' },
      id: { type: ['string', 'null'], description: "The event's id, where it has one." },
      errors: list(ref('InputError')),
    },
    ['id'],
  ),
  Published: object({
    accepted: { ...COUNT, description: 'Events that are durable now.' },
    rejected: list(ref('Rejection')),
  }),
});

export const PUBLISHING: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/events',
    id: 'publishEvents',
    tag: 'Publishing',
    summary: 'Publish change events',
    description:
      'Answers when the accepted events are durable. Publishing is idempotent: after 429 or 503 the same batch is sent again. A rejected event is kept as a dead letter with its reason. CloudEvents of the binary mode (attributes in `ce-…` headers) are taken too.',
    access: ['publish'],
    body: {
      description: 'One event, or a batch.',
      content: {
        'application/cloudevents-batch+json': { schema: list(ref('Event')) },
        'application/cloudevents+json': { schema: ref('Event') },
        'application/json': { schema: { description: "The record's state, in the binary mode." } },
      },
    },
    answers: { 202: json202('Accepted; some may be rejected.') },
    problems: [400, 413, 415],
  },
];

function json202(description: string): Operation['answers'][string] {
  return { description, content: { 'application/json': { schema: ref('Published') } } };
}
