import type { CloudEvent, EntityName, RecordOf } from '#crm';

const SOURCE = 'demo';

/** A change event of the demo's CRM; `at` is epoch milliseconds. */
export function demoEvent<E extends EntityName>(
  entity: E,
  verb: string,
  data: RecordOf<E> & { id: string },
  at: number,
): CloudEvent {
  const time = new Date(at).toISOString();
  const { id } = data;
  return {
    specversion: '1.0',
    id: `${entity}/${id}@${time}`,
    source: SOURCE,
    type: `crm.${entity}.${verb}`,
    subject: id,
    time,
    datacontenttype: 'application/json',
    data,
  };
}
