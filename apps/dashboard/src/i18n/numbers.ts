/** Numbers, dates and ages as each language writes them. Decimal strings never become binary numbers. */

export type Locale = 'zh-CN' | 'en';

/** What stands for a value that is not defined (a rate without a base). */
export const NONE = '--';

const formats = new Map<string, Intl.NumberFormat>();

function format(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
}

type Given = string | number | null | undefined;

const written = (value: Given, locale: Locale, options: Intl.NumberFormatOptions): string =>
  value === null || value === undefined || value === ''
    ? NONE
    : format(locale, options).format(value as Intl.StringNumericLiteral);

export const count = (value: Given, locale: Locale): string =>
  written(value, locale, { maximumFractionDigits: 0 });

/** All digits: tables, files, drill-downs. */
export const money = (value: Given, locale: Locale): string =>
  written(value, locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 1,234.50 as 1234.5: quantities need no zeros. */
export const quantity = (value: Given, locale: Locale): string =>
  written(value, locale, { maximumFractionDigits: 2 });

/** 万 and 亿, or K and M: cards, axes, walls. Small amounts stand as they are. */
export const compact = (value: Given, locale: Locale): string =>
  written(value, locale, { notation: 'compact', maximumFractionDigits: 2, minimumFractionDigits: 0 });

/** A number of percent, 66.67, as 66.67%. */
export const percent = (value: Given, locale: Locale, digits = 2): string =>
  value === null || value === undefined
    ? NONE
    : `${format(locale, { maximumFractionDigits: digits }).format(Number(value))}%`;

/** A decimal string as a number for lengths and positions, never for text. */
export const size = (value: unknown): number => {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
};

/** The unit of an age that reads best, and how many of it. */
export function ageParts(ms: number): { unit: 'seconds' | 'minutes' | 'hours' | 'days'; n: number } {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return { unit: 'seconds', n: seconds };
  if (seconds < 90 * 60) return { unit: 'minutes', n: Math.round(seconds / 60) };
  if (seconds < 36 * 3600) return { unit: 'hours', n: Math.round(seconds / 3600) };
  return { unit: 'days', n: Math.round(seconds / 86_400) };
}

/** A bucket on an axis: `2026-05` and `2026-05-20` in few characters. */
export function bucketLabel(bucket: string, locale: Locale): string {
  const [year = '', month = '', day] = bucket.split('-');
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  const options: Intl.DateTimeFormatOptions = day
    ? { month: 'numeric', day: 'numeric', timeZone: 'UTC' }
    : { month: 'short', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale, options).format(date);
}

/** The difference of two decimal strings with up to two places, exact. */
export const difference = (a: string | number, b: string | number): string => fromMinor(minor(a) - minor(b));

/** Hundredths of a decimal string with at most two places. */
export function minor(value: string | number): bigint {
  const [whole = '0', fraction = ''] = String(value).split('.');
  const digits = BigInt(whole.replace('-', '') + fraction.padEnd(2, '0').slice(0, 2));
  return whole.startsWith('-') ? -digits : digits;
}

/** A decimal string of hundredths. */
export const fromMinor = (cents: bigint): string => {
  const text = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
};
