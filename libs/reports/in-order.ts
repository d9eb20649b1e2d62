/**
 * Objects whose keys have an order of their own. JavaScript puts those that look like whole numbers first, ascending,
 * whatever order they came in: answers to "how satisfied, 5 to 1" would stand from 1 to 5.
 */

const ORDER = Symbol('order of keys');

/** An object of these entries, whose order {@link keysInOrder} and {@link jsonInOrder} keep. */
export function inOrder<V>(entries: readonly (readonly [key: string, value: V])[]): Record<string, V> {
  const keys = [...new Map(entries).keys()];
  // Not enumerable, so that nothing else sees it.
  return Object.defineProperty(Object.fromEntries(entries), ORDER, { value: keys });
}

/** The keys of an object: in the order they were given to {@link inOrder}, else in JavaScript's. */
export const keysInOrder = (value: object): readonly string[] =>
  (value as { [ORDER]?: readonly string[] })[ORDER] ?? Object.keys(value);

/** JSON as `JSON.stringify` makes it of data, but for the order of keys. */
export function jsonInOrder(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonInOrder(item ?? null)).join()}]`;
  const members = keysInOrder(value).flatMap((key) => {
    const member = (value as Record<string, unknown>)[key];
    return member === undefined ? [] : [`${JSON.stringify(key)}:${jsonInOrder(member)}`];
  });
  return `{${members.join()}}`;
}
