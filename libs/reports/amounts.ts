/** Exact sums in minor units, from the warehouse's decimals to the answer's strings. */
import { fromMinor, toMinorExact } from '#metrics';

/** Minor units of a decimal that the warehouse may not have found. */
export const minor = (decimal: string | null | undefined): bigint =>
  decimal === null || decimal === undefined ? 0n : toMinorExact(decimal);

/** Decimal string with two places. */
export const decimal = (amount: bigint): string => fromMinor(amount);

export const sumOf = <T>(items: Iterable<T>, amountOf: (item: T) => bigint): bigint => {
  let sum = 0n;
  for (const item of items) sum += amountOf(item);
  return sum;
};

export const total = <T>(items: Iterable<T>, countOf: (item: T) => number): number => {
  let sum = 0;
  for (const item of items) sum += countOf(item);
  return sum;
};

/** Rows of a grouped statement by their key. */
export const indexBy = <T, K>(rows: readonly T[], keyOf: (row: T) => K): Map<K, T> =>
  new Map(rows.map((row) => [keyOf(row), row]));
