/**
 * What questions read of small tables (the organisation, pipelines, products, goals, settings), built once and
 * kept as long as nothing of these tables has changed; and what statements answered of any tables until these do.
 *
 * That nothing has is not a matter of age: a question looks at the tables' active parts after it has begun, and
 * what it finds must say that the tables hold what they held before that which is kept was read (`parts.ts`). Where
 * the parts are not to be seen (tables of a cluster, a user without the right), everything is read every time. Where
 * this process is the only one that writes, it knows without a look that nothing has been written since the last one.
 *
 * Events are written to one table after the other, and reading between two of them is work for nothing. Where this
 * process is the only one that writes, a statement that is asked meanwhile is answered from what was kept before that
 * write: it has not ended, and what has ended is in the answer.
 *
 * What is built of small tables need not wait for that look: an answer may be made of it while the look is under
 * way, and counts only if the look confirms it ({@link answeredFrom}).
 */
import { WarehouseRefused, type Warehouse, type WriteCounts, type Writes } from '#warehouse';
import {
  areMutating,
  contentIn,
  contentsOf,
  hasOnlyGrown,
  readParts,
  tablesIn,
  type ContentTexts,
  type SmallTable,
  type Tag,
} from './parts';
import { Repeats } from './repeats';
import type { Sql } from './sql';

interface Kept {
  /** What the tables held that were read. */
  contents: string;
  value: Promise<unknown>;
  /** Rows it was made from; 0 while they are read. */
  rows: number;
}

/** So many rows are kept at most, about 50 MB; what was asked for least recently goes. */
const MOST_ROWS = 200_000;

/** What is kept of one warehouse, by statement and parameters, the least recently asked for first. */
class Shelf {
  private readonly held = new Map<string, Kept>();
  private rows = 0;

  constructor(private readonly mostRows: number) {}

  /** What is kept under a key, made from these contents; whatever it was made from where none are named. */
  get(key: string, contents?: string): Kept | undefined {
    const kept = this.held.get(key);
    if (!kept || (contents !== undefined && kept.contents !== contents)) return undefined;
    this.held.delete(key);
    this.held.set(key, kept);
    return kept;
  }

  put(key: string, kept: Kept): void {
    this.drop(key);
    this.held.set(key, kept);
  }

  /** What was read has so many rows; others go when it is too much. */
  weigh(key: string, kept: Kept, rows: number): void {
    if (this.held.get(key) !== kept) return;
    // What has no rows takes room as well.
    kept.rows = rows + 1;
    this.rows += kept.rows;
    for (const [oldest] of this.held) {
      if (this.rows <= this.mostRows) break;
      this.drop(oldest);
    }
  }

  forget(key: string, kept: Kept): void {
    if (this.held.get(key) === kept) this.drop(key);
  }

  private drop(key: string): void {
    this.rows -= this.held.get(key)?.rows ?? 0;
    this.held.delete(key);
  }
}

/** What is kept of one warehouse. */
interface Store {
  shelf: Shelf;
  repeats: Repeats;
  /** What the last look that has ended found. */
  seen: ContentTexts | null;
  whole: Whole | null;
}

/** What a look has found during which nothing was written. */
interface Whole {
  contents: ContentTexts;
  /** How many writes had ended by then. */
  ended: number;
  /** Whether it is so until the next write begins: no earlier statement is still changing rows. */
  lasting: boolean;
}

const stores = new WeakMap<object, Store>();

/** A warehouse that is asked, and tells of what this process writes to it where it is the one that does. */
export interface Asked extends Pick<Warehouse, 'query'> {
  readonly writes?: Pick<Writes, 'alone' | 'now' | 'over'>;
}

/** How long a question waits for facts that are being written; a write of few takes half of it. */
const MOST_WRITING_MS = 75;

export interface KeptOptions {
  /** Rows that are kept of a warehouse; for its first question. */
  mostRows?: number;
  /** Whether to take what is kept before the look at the parts has ended; default false. */
  believing?: boolean;
}

/** What one question takes of what is kept. */
export class KeptReadings {
  private readonly store: Store;
  private looking: Promise<ContentTexts | null> | undefined;
  private waiting: Promise<void> | undefined;
  private believing: boolean;
  /** What was taken before the look had ended. */
  private readonly believed: { tables: readonly string[]; contents: string }[] = [];

  constructor(
    private readonly warehouse: Asked,
    private readonly tag: Tag,
    { mostRows = MOST_ROWS, believing = false }: KeptOptions = {},
  ) {
    this.store = stores.get(warehouse) ?? {
      shelf: new Shelf(mostRows),
      repeats: new Repeats(),
      seen: null,
      whole: null,
    };
    stores.set(warehouse, this.store);
    this.believing = believing;
  }

  /**
   * What `make` builds from the rows of a statement that reads `tables` and no other; it is shared, so nobody
   * may change it. One statement is to have one `make`. Rejects with the warehouse's errors.
   */
  async of<T, V>(tables: readonly SmallTable[], statement: Sql, make: (rows: T[]) => V): Promise<V> {
    const { statement: sqlText, parameters } = statement.compile();
    const read = (): Promise<T[]> => this.warehouse.query<T>(sqlText, parameters, { tag: this.tag });
    const key = `${sqlText}\n${JSON.stringify(parameters)}`;
    const looking = this.look();
    const { shelf } = this.store;
    const believed = this.believing ? shelf.get(key) : undefined;
    if (believed) {
      this.believed.push({ tables, contents: believed.contents });
      return believed.value as Promise<V>;
    }
    const known = await looking;
    if (known === null) return make(await read());
    const contents = contentIn(known, tables);
    if (contents === undefined) return make(await read());
    const found = shelf.get(key, contents);
    if (found) return found.value as Promise<V>;
    return this.read(key, contents, read, make);
  }

  /**
   * Rows of a statement as `read` gives them, or as it gave them while its tables held what they hold now; also those
   * that another question is reading. Rejects as `read` does, and with the warehouse's errors.
   */
  async repeated<T>(statement: Sql, read: () => Promise<T[]>): Promise<T[]> {
    const compiled = statement.compile();
    const tables = tablesIn(compiled.statement);
    if (!tables) return read();
    const key = Repeats.keyOf(compiled);
    const { repeats, seen } = this.store;
    // What nobody has asked before need not wait for a look; it is kept as what was there at the last one.
    if (seen && !repeats.has(key)) return this.readUnder(contentIn(seen, tables), key, read);
    const known = await this.look();
    const before = known && contentIn(known, tables);
    const kept = before && (await repeats.get<T>(key, before));
    if (kept) return kept;
    const whole = known && this.beforeWrite(known, tables);
    const keptBefore = whole && (await repeats.get<T>(key, whole));
    if (keptBefore) return keptBefore;
    const written = await this.lookWhenWritten();
    const contents = written && contentIn(written, tables);
    return (contents && (await repeats.get<T>(key, contents))) || this.readUnder(contents, key, read);
  }

  /** Keeps what is read under what the tables held before; under nothing where that is not known. */
  private readUnder<T>(
    contents: string | null | undefined,
    key: string,
    read: () => Promise<T[]>,
  ): Promise<T[]> {
    return contents ? this.store.repeats.reading(key, contents, read) : read();
  }

  /**
   * Whether everything taken so far was made from what the look has found; from here on nothing is taken
   * before. Rejects with the warehouse's errors.
   */
  async confirmed(): Promise<boolean> {
    this.believing = false;
    const believed = this.believed.splice(0);
    if (believed.length === 0) return true;
    const known = await this.look();
    return !!known && believed.every(({ tables, contents }) => contentIn(known, tables) === contents);
  }

  /** Begins after the look at the parts, so that nothing older is kept under them. */
  private read<T, V>(
    key: string,
    contents: string,
    read: () => Promise<T[]>,
    make: (rows: T[]) => V,
  ): Promise<V> {
    const { shelf } = this.store;
    const reading = read();
    const value = reading.then(make);
    const kept: Kept = { contents, value, rows: 0 };
    shelf.put(key, kept);
    value.then(
      async () => shelf.weigh(key, kept, (await reading).length),
      () => shelf.forget(key, kept),
    );
    return value;
  }

  /** One look a question, at the earliest when something is asked for. */
  private look(): Promise<ContentTexts | null> {
    if (!this.looking) {
      this.looking = this.lookNow();
      // Whoever takes something believing asks for the outcome only at the end.
      this.looking.catch(() => undefined);
    }
    return this.looking;
  }

  /**
   * Facts are written to one table after the other. What were read between two of them would be old at once, so what
   * has changed is read when they are all there, where this process is the one that writes.
   */
  private async lookWhenWritten(): Promise<ContentTexts | null> {
    const before = this.look();
    this.waiting ??= (this.warehouse.writes?.over(MOST_WRITING_MS) ?? Promise.resolve(false)).then(
      (wrote) => {
        if (wrote) this.looking = undefined;
      },
    );
    await this.waiting;
    return this.looking === before ? before : this.look();
  }

  /**
   * What tables held before the write that is under way, where that alone is what has changed since; undefined where it
   * is not, or another process may be writing too.
   */
  private beforeWrite(known: ContentTexts, tables: readonly string[]): string | undefined {
    const { whole } = this.store;
    const writes = this.writes();
    // Where none is under way either, the look was one of those that tell what is there.
    if (!whole || writes?.ended !== whole.ended) return undefined;
    return hasOnlyGrown(whole.contents, known, tables) ? contentIn(whole.contents, tables) : undefined;
  }

  /** Of the one process that writes; undefined where that need not be this one. */
  private writes(): WriteCounts | undefined {
    const { writes } = this.warehouse;
    return writes?.alone ? writes.now() : undefined;
  }

  private async lookNow(): Promise<ContentTexts | null> {
    const before = this.writes();
    const { whole } = this.store;
    const same = before?.underWay === 0 && before.ended === whole?.ended;
    if (same && whole?.lasting) return (this.store.seen = whole.contents);
    try {
      // Asked first, and when it is worth it: by the second question since a write.
      const mutating = !same || (await areMutating(this.warehouse, this.tag));
      const parts = await readParts(this.warehouse, this.tag);
      const after = this.writes();
      // A table without rows has none until the first insert, and again after a statement that takes them out.
      const contents = contentsOf(parts, before && after && emptySince(before, after));
      if (before && after && before.underWay + after.underWay === 0 && before.ended === after.ended)
        this.store.whole = { contents, ended: after.ended, lasting: !mutating && parts.size > 0 };
      // No part of any of the tables: they are none whose parts this server knows, or there is nothing to keep.
      return (this.store.seen = parts.size === 0 ? null : contents);
    } catch (error) {
      if (error instanceof WarehouseRefused) return null;
      throw error;
    }
  }
}

/** Undefined while a statement is under way that may take rows out: they may have come after the look. */
const emptySince = (before: WriteCounts, after: WriteCounts): string | undefined =>
  before.commanding + after.commanding === 0 && before.commands === after.commands
    ? `empty ${before.commands}`
    : undefined;

/**
 * What `answer` makes with the help of what is kept; it is made a second time, and its first outcome not heard of,
 * when something of it had changed. Rejects as `answer` does, and with the warehouse's errors.
 */
export async function answeredFrom<T>(
  warehouse: Asked,
  tag: Tag,
  answer: (kept: KeptReadings) => Promise<T>,
): Promise<T> {
  const kept = new KeptReadings(warehouse, tag, { believing: true });
  const [outcome] = await Promise.allSettled([answer(kept)]);
  if (!(await kept.confirmed())) return answer(kept);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
