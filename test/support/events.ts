/** Change events for tests: one growing sequence, short to write. */
import type { CloudEvent, EntityName, RecordOf } from '#crm';

let sequence = 1_000;

export const nextSequence = (): string => String((sequence += 1));

export interface EventOptions {
  verb?: string;
  sequence?: string;
  time?: string;
  tenantid?: string;
  id?: string;
}

/** The event that brings a record into a state. */
export function upsert<E extends EntityName>(
  entity: E,
  data: RecordOf<E>,
  options: EventOptions = {},
): CloudEvent {
  const { verb = 'changed', ...rest } = options;
  return { ...envelope(entity, idOf(data), verb, rest), data };
}

/** An approved contract of `e1` without lines, in a version of its own. */
export const contractEvent = (
  id: string,
  { amount, orderDate, sequence }: { amount: string; orderDate: string; sequence: string },
): CloudEvent =>
  upsert(
    'contract',
    { id, number: `N-${id}`, name: 'Desks', ownerId: 'e1', orderDate, amount, status: 'approved', lines: [] },
    { sequence, id: `${id}-${sequence}` },
  );

/** The event that removes a record. */
export const remove = (entity: EntityName, id: string, options: EventOptions = {}): CloudEvent =>
  envelope(entity, id, 'deleted', options);

function envelope(entity: string, subject: string, verb: string, options: EventOptions): CloudEvent {
  const sequence = options.sequence ?? nextSequence();
  return {
    specversion: '1.0',
    id: options.id ?? `e-${sequence}-${subject}`,
    source: 'https://crm.example/test',
    type: `crm.${entity}.${verb}`,
    subject,
    time: options.time ?? new Date().toISOString(),
    sequence,
    datacontenttype: 'application/json',
    ...(options.tenantid === undefined ? {} : { tenantid: options.tenantid }),
  };
}

const idOf = (record: object): string => (record as { id: string }).id;
