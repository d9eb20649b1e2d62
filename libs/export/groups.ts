/** Rows in groups as they are read. */

export interface Peeked<T> {
  first: T | undefined;
  /** All of the groups, the first one included. */
  groups: AsyncIterable<readonly T[]>;
}

/** Reads the first group, so that it can be looked at and an early failure shows before anything is sent. */
export async function peeked<T>(groups: AsyncIterable<readonly T[]>): Promise<Peeked<T>> {
  const iterator = groups[Symbol.asyncIterator]();
  const beginning = await iterator.next();
  async function* all(): AsyncGenerator<readonly T[]> {
    if (beginning.done !== true) yield beginning.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { first: beginning.done === true ? undefined : beginning.value[0], groups: all() };
}

/** Rows turned into cells at a time, so that a page read at once is not also held as cells and text. */
const ROWS_AT_ONCE = 500;

/** Groups cut into small ones. */
export async function* sliced<T>(
  groups: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  for await (const group of groups) {
    for (let at = 0; at < group.length; at += ROWS_AT_ONCE) yield group.slice(at, at + ROWS_AT_ONCE);
  }
}
