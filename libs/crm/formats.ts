/**
 * The string formats of the event contract. Each check is total: any string gives true or false.
 */

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DECIMAL = /^-?\d{1,13}(?:\.\d{1,2})?$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const ZERO = 48;
const NINE = 57;

/** The number that two digits spell; NaN when they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  if (tens < ZERO || tens > NINE || ones < ZERO || ones > NINE) return NaN;
  return (tens - ZERO) * 10 + ones - ZERO;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function isDay(year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1)) return false;
  const last = month === 2 && isLeap(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return day <= last;
}

/** A string that every engine stores unchanged: no NUL, no lone surrogate. */
export function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

/** A calendar date `YYYY-MM-DD` that exists, 1900-2299. */
export function isDate(value: string): boolean {
  if (value.length !== 10 || value[4] !== '-' || value[7] !== '-') return false;
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2);
  return year >= 1900 && year <= 2299 && isDay(year, twoDigits(value, 5), twoDigits(value, 8));
}

export const isDecimal = (value: string): boolean => DECIMAL.test(value);

const FIRST_INSTANT = Date.UTC(1900, 0, 1);
const LAST_INSTANT = Date.UTC(2300, 0, 1) - 1;

/**
 * Epoch milliseconds of an RFC 3339 instant (sub-millisecond digits cut off), or null when it is
 * none or lies outside 1900-2299. A leap second counts as the first second of the next minute.
 */
export function instantMs(value: string): number | null {
  return usualInstant(value) ?? anyInstant(value);
}

/** `YYYY-MM-DDThh:mm:ss.fffZ` with or without the fraction, as nearly every sender writes it; null: look closer. */
function usualInstant(value: string): number | null {
  const { length } = value;
  if ((length !== 24 && length !== 20) || value[length - 1] !== 'Z' || value[10] !== 'T') return null;
  if (value[13] !== ':' || value[16] !== ':' || !isDate(value.slice(0, 10))) return null;
  const [hour, minute, second] = [twoDigits(value, 11), twoDigits(value, 14), twoDigits(value, 17)];
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return null;
  let fraction = 0;
  if (length === 24) {
    // A digit and two more; NaN when one of them is none.
    fraction = value[19] === '.' ? twoDigits(value, 20) * 10 + (twoDigits(value, 21) % 10) : NaN;
    if (Number.isNaN(fraction)) return null;
  }
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2);
  return Date.UTC(year, twoDigits(value, 5) - 1, twoDigits(value, 8), hour, minute, second, fraction);
}

function anyInstant(value: string): number | null {
  const m = INSTANT.exec(value);
  if (!m) return null;
  const year = Number(m[1]);
  const month = Number(m[2]);
  const day = Number(m[3]);
  const hour = Number(m[4]);
  const minute = Number(m[5]);
  const second = Number(m[6]);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 60) return null;
  let offset = 0;
  if (m[8] !== undefined) {
    const hours = Number(m[9]);
    const minutes = Number(m[10]);
    if (hours > 23 || minutes > 59) return null;
    offset = (m[8] === '-' ? -1 : 1) * (hours * 60 + minutes);
  }
  const fraction = m[7] === undefined ? 0 : Number(m[7].slice(0, 3).padEnd(3, '0'));
  // Date.UTC reads the years 0-99 as 1900-1999; such years are out of range in any case.
  if (year < 1899 || year > 2300) return null;
  const ms = Date.UTC(year, month - 1, day, hour, minute - offset, second, fraction);
  return ms >= FIRST_INSTANT && ms <= LAST_INSTANT ? ms : null;
}

export const isInstant = (value: string): boolean => instantMs(value) !== null;

/** The microseconds 0-999 below the millisecond of an instant that {@link isInstant} accepts. */
export function subMillisecond(value: string): number {
  const dot = value.indexOf('.', 19);
  if (dot < 0) return 0;
  let micros = 0;
  // Where the fraction ends an offset may follow, whose digits are no part of it.
  for (let place = 1; place <= 6; place++) {
    const digit = value.charCodeAt(dot + place) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    if (place > 3) micros += digit * 10 ** (6 - place);
  }
  return micros;
}

const URI_REFERENCE = /^[^\s<>"{}|\\^`]+$/;

/** A URI reference (RFC 3986): loosely, a non-empty string without the characters no URI may hold. */
export const isUriReference = (value: string): boolean => URI_REFERENCE.test(value) && isText(value);

/** An absolute https address. */
export function isHttpsUrl(value: string): boolean {
  return value.startsWith('https://') && URI_REFERENCE.test(value) && URL.canParse(value);
}
