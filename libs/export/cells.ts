/** From values of answers to typed cells. */
import type { Zone } from '#calendar';
import type { Column, Language } from '#reports';
import { text, type Cell, type Header } from './table';
import { readable, word } from './words';

/** What the cells of a file depend on beside their values. */
export interface Circumstances {
  language: Language;
  zone: Zone;
}

const TYPES: Readonly<Record<Column['type'], Header['type']>> = {
  money: 'decimal',
  quantity: 'decimal',
  count: 'integer',
  rank: 'integer',
  percent: 'percent',
  days: 'days',
  id: 'text',
  text: 'text',
  boolean: 'text',
  date: 'date',
  instant: 'time',
  bucket: 'text',
  counts: 'integer',
};

export const headerOf = ({ label, type }: Column, language: Language): Header => ({
  label: label[language],
  type: TYPES[type],
});

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The cell of a column's value. A leaderboard by number has counts where others have money. */
export function cellOf(
  { key, type }: Pick<Column, 'key' | 'type'>,
  value: unknown,
  { language, zone }: Circumstances,
): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') {
    const numeric = TYPES[type];
    return { type: numeric === 'percent' || numeric === 'days' ? numeric : 'integer', value };
  }
  if (typeof value === 'boolean') return text(word(value ? 'yes' : 'no', language));
  if (typeof value !== 'string') throw new Error(`column ${key}: ${typeof value} is no value of a cell`);
  switch (type) {
    case 'money':
    case 'quantity':
      return { type: 'decimal', value };
    case 'date':
      return { type: 'date', value };
    case 'bucket':
      return DATE.test(value) ? { type: 'date', value } : text(value);
    case 'instant':
      return { type: 'time', value: localTime(value, zone) };
    default:
      return text(readable(key, value, language));
  }
}

/** `2026-05-20T02:00:01.500Z` as `2026-05-20 10:00:01` of the zone. */
export function localTime(instant: string, zone: Zone): string {
  const ms = Date.parse(instant);
  return new Date(ms + zone.offsetAt(ms)).toISOString().slice(0, 19).replace('T', ' ');
}
