/** Values of reports as the current language writes them. */
import type { ColumnType } from '../api/types';
import { preferences, tenantZone } from '../app/preferences';
import { t, type Key } from './index';
import * as numbers from './numbers';

type Given = string | number | null | undefined;

/** A value of a column, all digits. */
export function show(value: unknown, type: ColumnType): string {
  const { locale } = preferences;
  if (type === 'boolean') return t(value === true || value === 1 ? 'common.yes' : 'common.no');
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return numbers.NONE;
  switch (type) {
    case 'money':
      return numbers.money(value, locale);
    case 'quantity':
    case 'days':
      return numbers.quantity(value, locale);
    case 'count':
    case 'rank':
      return numbers.count(value, locale);
    case 'percent':
      return numbers.percent(value, locale);
    case 'bucket':
      return numbers.bucketLabel(String(value), locale);
    case 'instant':
      return instant(String(value));
    default:
      return String(value);
  }
}

/** The same in few characters: money and large counts shortened. */
export function showShort(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return numbers.NONE;
  return type === 'money' || type === 'quantity' || type === 'count'
    ? numbers.compact(value as Given, preferences.locale)
    : show(value, type);
}

export const percent = (value: Given, digits?: number): string =>
  numbers.percent(value, preferences.locale, digits);
export const money = (value: Given): string => numbers.money(value, preferences.locale);
export const count = (value: Given): string => numbers.count(value, preferences.locale);
export const compact = (value: Given): string => numbers.compact(value, preferences.locale);

export function instant(iso: string): string {
  return new Intl.DateTimeFormat(preferences.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: tenantZone.value,
  }).format(new Date(iso));
}

export const clock = (iso: string): string =>
  new Intl.DateTimeFormat(preferences.locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: tenantZone.value,
  }).format(new Date(iso));

export function age(ms: number): string {
  const { unit, n } = numbers.ageParts(ms);
  return t(`age.${unit}` satisfies Key, { n });
}

/** The name of a person or thing that may be unknown to the CRM. */
export const nameOr = (name: string | null | undefined, id: string | null | undefined): string =>
  name ?? t('board.unknown', { id: id ?? '?' });
