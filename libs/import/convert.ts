/** From what an expression gives to what a field of a record holds. */
import { instantMs, isDate, isDecimal, type Field } from '#crm';
import { dayOf, isoOf, type Zone } from '#calendar';
import { Refusal, textOf, type Value } from './scope';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Clocks are put forward or back in the small hours: after that, time is counted from the day's end. */
const SETTLED_MINUTES = 4 * 60;

export interface DateSettings {
  zone: Zone;
  /** Minutes after midnight at which a date becomes an instant. */
  timeOfDay: number;
  /** Every date is moved by so many days (0: none). */
  moveDays: number;
}

/**
 * A value as a field of this kind holds it.
 * @throws Refusal without a column when it is none.
 */
export function convert(value: Value, field: Field, dates: DateSettings): Value {
  if (value === null) return null;
  switch (field.kind) {
    case 'date':
      return movedDate(textOf(value), dates);
    case 'instant':
      return new Date(instantOf(textOf(value), dates)).toISOString();
    case 'money':
    case 'quantity':
      if (isDecimal(textOf(value))) return textOf(value);
      throw refused(value, 'is no decimal number with at most 2 fraction digits');
    case 'integer':
      if (/^-?\d+$/.test(textOf(value))) return Number(value);
      throw refused(value, 'is no whole number');
    case 'boolean':
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw refused(value, 'is neither true nor false');
    case 'list':
      return convertList(value, field, dates);
    default:
      return textOf(value);
  }
}

/** Epoch milliseconds of a date (at the time of day) or of an instant, moved. */
export function instantOf(text: string, dates: DateSettings): number {
  const ms = isDate(text) ? localInstant(text, dates) : instantMs(text);
  if (ms === null) throw refused(text, 'is neither a date YYYY-MM-DD nor an RFC 3339 instant');
  return isDate(text) ? ms : ms + dates.moveDays * DAY_MS;
}

function localInstant(date: string, { zone, timeOfDay, moveDays }: DateSettings): number {
  const day = dayOf(date) + moveDays;
  if (timeOfDay < SETTLED_MINUTES) return zone.startOf(day) + timeOfDay * MINUTE_MS;
  return zone.startOf(day + 1) - DAY_MS + timeOfDay * MINUTE_MS;
}

function movedDate(text: string, { moveDays }: DateSettings): string {
  if (!isDate(text)) throw refused(text, 'is no date YYYY-MM-DD');
  return isoOf(dayOf(text) + moveDays);
}

function convertList(value: Value, field: Field, dates: DateSettings): Value {
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (!field.items || item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    const converted = Object.entries(item).map(([name, part]) => {
      const declared = field.items?.[name];
      return [name, declared ? convert(part, declared, dates) : part];
    });
    return Object.fromEntries(converted) as Value;
  });
}

const refused = (value: Value, what: string): Refusal =>
  new Refusal(null, `${JSON.stringify(value)} ${what}`);
