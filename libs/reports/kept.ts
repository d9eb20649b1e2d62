/**
 * What questions read of small tables (the organisation, pipelines, products, goals, settings), built once and
 * kept as long as nothing of these tables has changed; and what statements answered of any tables that stay as
 * they are.
 *
 * That nothing has is not a matter of age: every question looks at the tables' active parts, by name and hash of
 * their files, after it has begun. Parts never change and their names do not come back, so the same parts before
 * what is kept was read and now hold the same rows that were read. Where the parts are not to be seen (tables of
 * a cluster, a user without the right), everything is read every time.
 *
 * An answer need not wait for that look: it may be made of what is kept while the look is under way, and counts
 * only if the look confirms it ({@link answeredFrom}).
 */
import { WarehouseRefused, type Warehouse } from '#warehouse';
import { readParts, tablesIn, textOf, textsOf, type PartTexts, type SmallTable, type Tag } from './parts';
import { Repeats } from './repeats';
import type { Sql } from './sql';

interface Kept {
  /** Of the tables that were read. */
  parts: string;
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

  /** What is kept under a key, made from these parts; whatever it was made from where none are named. */
  get(key: string, parts?: string): Kept | undefined {
    const kept = this.held.get(key);
    if (!kept || (parts !== undefined && kept.parts !== parts)) return undefined;
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

const shelves = new WeakMap<object, Shelf>();
const repeats = new WeakMap<object, Repeats>();

export interface KeptOptions {
  /** Rows that are kept of a warehouse; for its first question. */
  mostRows?: number;
  /** Whether to take what is kept before the look at the parts has ended; default false. */
  believing?: boolean;
}

/** What one question takes of what is kept. */
export class KeptReadings {
  private readonly shelf: Shelf;
  private readonly repeats: Repeats;
  private looking: Promise<PartTexts | null> | undefined;
  private believing: boolean;
  /** What was taken before the look had ended. */
  private readonly believed: { tables: readonly string[]; parts: string }[] = [];

  constructor(
    private readonly warehouse: Pick<Warehouse, 'query'>,
    private readonly tag: Tag,
    { mostRows = MOST_ROWS, believing = false }: KeptOptions = {},
  ) {
    this.shelf = shelves.get(warehouse) ?? new Shelf(mostRows);
    shelves.set(warehouse, this.shelf);
    this.repeats = repeats.get(warehouse) ?? new Repeats();
    repeats.set(warehouse, this.repeats);
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
    const believed = this.believing ? this.shelf.get(key) : undefined;
    if (believed) {
      this.believed.push({ tables, parts: believed.parts });
      return believed.value as Promise<V>;
    }
    const known = await looking;
    if (known === null) return make(await read());
    const parts = textOf(known, tables);
    const found = this.shelf.get(key, parts);
    if (found) return found.value as Promise<V>;
    return this.read(key, parts, read, make);
  }

  /**
   * Rows of a statement as `read` gives them, or as it gave them while the tables were made of the same parts as now.
   * `quietParts` tells of tables that have not changed for a while how they have been since before this question
   * ({@link MainParts.quietParts}); what reads others is read each time, and not looked for.
   */
  async repeated<T>(
    statement: Sql,
    quietParts: (tables: readonly string[]) => string | undefined,
    read: () => Promise<T[]>,
  ): Promise<T[]> {
    if (!this.believing) return read();
    const compiled = statement.compile();
    const tables = tablesIn(compiled.statement);
    const parts = tables && quietParts(tables);
    if (!tables || !parts) return read();
    const key = Repeats.keyOf(compiled);
    const kept = this.repeats.get<T>(key, parts);
    if (kept) {
      this.believed.push({ tables, parts });
      void this.look();
      return kept;
    }
    const rows = await read();
    this.repeats.put(key, parts, rows);
    return rows;
  }

  /**
   * Whether everything taken so far was made from the parts that the look has found; from here on nothing is taken
   * before. Rejects with the warehouse's errors.
   */
  async confirmed(): Promise<boolean> {
    this.believing = false;
    const believed = this.believed.splice(0);
    if (believed.length === 0) return true;
    const known = await this.look();
    return !!known && believed.every(({ tables, parts }) => textOf(known, tables) === parts);
  }

  /** Begins after the look at the parts, so that nothing older is kept under them. */
  private read<T, V>(
    key: string,
    parts: string,
    read: () => Promise<T[]>,
    make: (rows: T[]) => V,
  ): Promise<V> {
    const reading = read();
    const value = reading.then(make);
    const kept: Kept = { parts, value, rows: 0 };
    this.shelf.put(key, kept);
    value.then(
      async () => this.shelf.weigh(key, kept, (await reading).length),
      () => this.shelf.forget(key, kept),
    );
    return value;
  }

  /** One look a question, at the earliest when something is asked for. */
  private look(): Promise<PartTexts | null> {
    if (!this.looking) {
      this.looking = this.lookNow();
      // Whoever takes something believing asks for the outcome only at the end.
      this.looking.catch(() => undefined);
    }
    return this.looking;
  }

  private async lookNow(): Promise<PartTexts | null> {
    try {
      const parts = textsOf(await readParts(this.warehouse, this.tag));
      // No part of any of the tables: they are none whose parts this server knows, or there is nothing to keep.
      return parts.size === 0 ? null : parts;
    } catch (error) {
      if (error instanceof WarehouseRefused) return null;
      throw error;
    }
  }
}

/**
 * What `answer` makes with the help of what is kept; it is made a second time, and its first outcome not heard of,
 * when something of it had changed. Rejects as `answer` does, and with the warehouse's errors.
 */
export async function answeredFrom<T>(
  warehouse: Pick<Warehouse, 'query'>,
  tag: Tag,
  answer: (kept: KeptReadings) => Promise<T>,
): Promise<T> {
  const kept = new KeptReadings(warehouse, tag, { believing: true });
  const [outcome] = await Promise.allSettled([answer(kept)]);
  if (!(await kept.confirmed())) return answer(kept);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
