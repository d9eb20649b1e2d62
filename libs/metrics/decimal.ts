/**
 * Exact decimals: money and quantities as whole minor units (hundredths), ratios rounded once.
 * Rounding is half away from zero everywhere (R7 of the metric catalogue).
 */

/**
 * Minor units of a decimal string with at most 2 fraction digits, as a number. Exact: the contract
 * allows 13 integer digits, so the result stays below 2^53.
 */
export function toMinor(decimal: string): number {
  const dot = decimal.indexOf('.');
  if (dot < 0) return Number(decimal) * 100 + 0;
  const fraction = decimal.slice(dot + 1);
  return Number(decimal.slice(0, dot) + (fraction.length === 1 ? `${fraction}0` : fraction)) + 0;
}

/** Minor units of a decimal string of any size. */
export function toMinorExact(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.slice(0, 2).padEnd(2, '0'));
}

/** Decimal string with two places of minor units: 1250 is `"12.50"`. */
export function fromMinor(minor: number | bigint): string {
  const negative = minor < 0;
  const digits = String(negative ? -minor : minor).padStart(3, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** numerator / denominator as a whole number, half away from zero. The denominator is not 0. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/** Percent with two places, e.g. 2 of 3 is 66.67; null when the denominator is 0 (R8). */
export function percent(numerator: bigint, denominator: bigint): number | null {
  if (denominator === 0n) return null;
  return Number(divideRounded(numerator * 10_000n, denominator)) / 100;
}

/** Growth in percent of `current` over `previous` (R9); null when `previous` is 0. */
export const growth = (current: bigint, previous: bigint): number | null =>
  percent(current - previous, previous);

/** Mean with one place of a sum over a count; null when the count is 0. */
export function mean(sum: bigint, count: bigint): number | null {
  if (count === 0n) return null;
  return Number(divideRounded(sum * 10n, count)) / 10;
}
