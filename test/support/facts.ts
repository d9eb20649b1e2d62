/** Facts for tests, checked like any event. */
import { checkEvent, type Change, type CloudEvent, type EntityName, type RecordOf } from '#crm';
import type { Fact } from '#warehouse';

let events = 0;

/** An event of the record; `sequence` is its version. */
export function eventOf(
  entity: string,
  data: Record<string, unknown> & { id: string },
  sequence: number,
  more: Partial<CloudEvent> = {},
): CloudEvent {
  return {
    specversion: '1.0',
    id: `e${++events}`,
    source: 'https://crm.example/a',
    type: `crm.${entity}.updated`,
    subject: data.id,
    time: '2026-05-20T10:00:00.123456+08:00',
    tenantid: 'acme',
    sequence: String(sequence),
    data,
    ...more,
  };
}

/** The event as a checked change; throws when it is wrong. */
export function changeOf(event: CloudEvent): Change {
  const checked = checkEvent(event, { tenant: null, now: Date.parse('2030-01-01') });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.change;
}

/** A fact as a consumer has it from the log. */
export const factOf = (event: CloudEvent): Fact => ({
  change: changeOf(event),
  appendedAt: Date.parse('2026-05-20T02:00:01.500Z'),
  partition: 3,
  offset: events,
});

export const upsert = <E extends EntityName>(
  entity: E,
  data: RecordOf<E>,
  sequence: number,
  more: Partial<CloudEvent> = {},
): Fact => factOf(eventOf(entity, data as Record<string, unknown> & { id: string }, sequence, more));

/** The record's deletion. */
export const deletion = (entity: EntityName, id: string, sequence: number): Fact =>
  factOf(eventOf(entity, { id }, sequence, { type: `crm.${entity}.deleted`, data: undefined }));

export const contract = (id: string, more: Partial<RecordOf<'contract'>> = {}): RecordOf<'contract'> => ({
  id,
  number: `N-${id}`,
  name: 'Contract',
  ownerId: 'ann',
  orderDate: '2026-05-20',
  amount: '100.00',
  status: 'approved',
  lines: [{ productId: 'p1', quantity: '1', subtotal: '100.00' }],
  ...more,
});
