/**
 * Records that say whose they are: every free text of every record carries its tenant, entity and id, so
 * that whatever an answer shows can be told apart mechanically. Ids are the same in all tenants, which is
 * what makes it hard not to mix them up.
 */
import type { CloudEvent } from '#crm';

/** A record that an answer showed. */
export interface Mention {
  tenant: string;
  /** `entity/id`. */
  record: string;
}

const MARK = /⟦([^/⟧]+)\/([^/⟧]+\/[^⟧]+)⟧/gu;
const SOURCE = /\bsource-of-([a-z]+)\b/gu;

export const mark = (tenant: string, entity: string, id: string): string => `⟦${tenant}/${entity}/${id}⟧`;

const TEXTS = ['name', 'number', 'phone', 'mobile', 'city', 'industry', 'level', 'source', 'method'];

/** The same events with marked texts, from a CRM of the tenant's own. */
export function marked(tenant: string, events: readonly CloudEvent[]): CloudEvent[] {
  return events.map((event) => {
    const [, entity = ''] = event.type.split('.');
    const own = mark(tenant, entity, event.subject);
    const source = `https://crm.example/source-of-${tenant}/${entity}`;
    const data = event.data as Record<string, unknown> | undefined;
    if (data === undefined) return { ...event, source };
    const texts = TEXTS.filter((name) => typeof data[name] === 'string' && data[name] !== '');
    const marks = Object.fromEntries(texts.map((name) => [name, `${String(data[name])}${own}`]));
    const stages = data['stages'] as { name: string }[] | undefined;
    const staged = stages ? { stages: stages.map((stage) => ({ ...stage, name: stage.name + own })) } : {};
    return { ...event, source, data: { ...data, ...marks, ...staged } };
  });
}

/** Every record, and every tenant's CRM, that a text names by its mark. */
export function mentionsIn(text: string): Mention[] {
  return [
    ...[...text.matchAll(MARK)].map(([, tenant = '', record = '']) => ({ tenant, record })),
    ...[...text.matchAll(SOURCE)].map(([, tenant = '']) => ({ tenant, record: 'source' })),
  ];
}

/** Strings of a JSON value, without what only repeats the question. */
export function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* stringsIn(item);
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) if (key !== 'cell') yield* stringsIn(item);
  }
}
