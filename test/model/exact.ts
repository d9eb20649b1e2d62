/** Exact arithmetic of the oracle: hundredths as BigInt, one rounding at the very end (R7). */

/** Hundredths of a decimal string with at most two fraction digits. */
export function hundredths(decimal: string): bigint {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace(/^[-+]/, '').split('.');
  const value = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return negative ? -value : value;
}

/** A whole number of 10^-places as a decimal string with exactly that many places. */
export function decimal(value: bigint, places = 2): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const sign = value < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Integer quotient rounded half away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

/** `part / whole` in percent, two places; null when the whole is 0 (R8). */
export const percent = (part: bigint, whole: bigint): number | null =>
  whole === 0n ? null : Number(decimal(divideRounded(part * 10_000n, whole)));

/** Growth against a base in percent (R9). */
export const growth = (current: bigint, base: bigint): number | null => percent(current - base, base);

/** Mean of whole numbers, one place; null without any. */
export function mean(values: number[]): number | null {
  if (values.length === 0) return null;
  const sum = BigInt(values.reduce((total, value) => total + value, 0));
  return Number(decimal(divideRounded(sum * 10n, BigInt(values.length)), 1));
}

export const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** Σ of a decimal field over records, in hundredths. */
export const sumOf = <T>(records: T[], field: (record: T) => string): bigint =>
  sum(records.map((record) => hundredths(field(record))));

/** Order of text by code point; JavaScript's own order is by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export const compareNumbers = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
