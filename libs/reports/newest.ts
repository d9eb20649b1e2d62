/**
 * The newest versions of a table's records, exactly as FINAL gives them and at a fraction of its price
 * where nearly all of a table is one merged part, in which every record stands once.
 *
 * FINAL compares each record with every part, and only then looks at conditions. Here the largest part is
 * read like any table, conditions first, but for the records that other parts hold too, and FINAL compares
 * the others alone. That a record's version in the other parts is the newer one is not taken for granted:
 * where one of them is not above the newest version of the largest part, the statement fails, and is made
 * again so that such records (`late`) are compared with the largest part too. All later statements are, as
 * long as the part lives. Where nothing is known to lie outside, a record that does stops the statement too.
 *
 * A statement names the largest part as it was a moment ago. Should it be gone when the statement runs, then
 * all parts are others: it fails likewise, or finds nothing in them that an older part could have. All looks
 * of one statement see the same parts of a table (`enable_shared_storage_snapshot_in_query`).
 */
import { WarehouseRefused, type Warehouse } from '#warehouse';
import { isLarge, readParts, type PartRow, type PartsByTable, type Tag } from './parts';
import { and, deferred, raw, sql, text, texts, versionNumber, type Sql } from './sql';

/** What a part holds of one tenant. Parts never change, so this is good as long as the part is. */
interface Holding {
  rows: number;
  /** The newest version among them, decimal digits. */
  newest: string;
  /** Whether other parts are known to hold versions that are not newer than that. */
  late: boolean;
}

/** The part that holds nearly all of a tenant's records of a table, or several that share none. */
export interface MainPart {
  names: readonly string[];
  /** The newest version in them of the tenant's records, decimal digits. */
  newest: string;
  /** Of the largest of them. */
  holding: Holding;
  /** Whether nothing lies outside, as far as is known. */
  alone: boolean;
}

export interface ReadingOptions {
  /** Rows of the tenant from which on a table is read by its main part (default 30,000). */
  leastRows?: number;
  /** How many of them may lie outside the main part, as a share of all (default 0.2). */
  mostOutside?: number;
  /** Rows from which on a part can be the main one (default 20,000). */
  smallPart?: number;
  /** Rows from which on it does not matter how few lie outside (default 200,000). */
  longTable?: number;
  /** Rows that FINAL compares where another part has one of them (default 8,192). */
  granule?: number;
  /** Age of a look at the parts from which on a question makes another and waits for it, milliseconds (default 10,000). */
  oldLookMs?: number;
  /** Whether a statement that was answered before may be answered from that (default true). */
  repeating?: boolean;
}

/**
 * How old a look at the parts may be, milliseconds, before the next is made, beside the question that finds it so;
 * and before a question waits for that. One that is too old costs time, never an answer.
 */
const FRESH_MS = 2_000;
const OLD_MS = 10_000;

/** Parts of fewer rows are taken to be the asking tenant's alone, without a look into them. */
const SMALL_PART = 20_000;

/** FINAL compares so many rows at least where another part has a record among theirs. */
const ROWS_OF_GRANULE = 8192;

/** What a statement fails with that met a version it did not expect, before the table's name. */
const LATE = 'a late version in ';

/** FUNCTION_THROW_IF_VALUE_IS_NON_ZERO. */
const THROWN = 395;

/** The table in which a statement met a late version; undefined for any other error. */
function lateTable(error: unknown): string | undefined {
  if (!(error instanceof WarehouseRefused) || error.code !== THROWN) return undefined;
  return new RegExp(`${LATE}(\\w+)`).exec(error.message)?.[1];
}

/** A user who may not read the parts' names reads by FINAL. */
function nothingKnown(error: unknown): PartsByTable {
  if (error instanceof WarehouseRefused) return new Map();
  throw error;
}

const rowsOf = (parts: readonly { rows: number }[]): number => parts.reduce((sum, { rows }) => sum + rows, 0);

/** What a map holds of a key, or what `read` gives, which is asked once; a failure is not remembered. */
function remember<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (!value) {
    known.set(key, (value = read()));
    value.catch(() => known.delete(key));
  }
  return value;
}

/** What is known of one warehouse's parts. */
class PartBook {
  private looked: { at: number; parts: Promise<PartsByTable> } | undefined;
  private ahead: Promise<unknown> | undefined;
  /** By tenant and hash of a part's content. */
  private readonly holdings = new Map<string, Promise<Holding>>();
  /** By tenant and the hashes of two parts. */
  private readonly overlaps = new Map<string, Promise<{ rows: number }>>();

  constructor(private readonly warehouse: Pick<Warehouse, 'query'>) {}

  /** The main parts that answer a tenant's questions, by table. */
  async mainParts(tag: Tag, options: ReadingOptions): Promise<Map<string, MainPart>> {
    const tables = await this.look(tag, options);
    const large = [...tables].filter(([table]) => isLarge(table));
    const found = large.map(async ([table, parts]) => {
      const main = await this.mainPart(parts, tag, options);
      return main ? ([[table, main]] as const) : [];
    });
    return new Map((await Promise.all(found)).flat());
  }

  /** The next look is a new one. */
  forgetLook(): void {
    this.looked = undefined;
  }

  private async mainPart(
    parts: readonly PartRow[],
    tag: Tag,
    {
      leastRows = 30_000,
      mostOutside = 0.2,
      smallPart = SMALL_PART,
      granule = ROWS_OF_GRANULE,
      longTable = 200_000,
    }: ReadingOptions,
  ): Promise<MainPart | undefined> {
    const large = parts.filter(({ rows }) => rows >= smallPart);
    const held = large.map(async (part) => ({ part, holding: await this.holding(part, tag) }));
    const small = parts.filter(({ rows }) => rows < smallPart);
    const [largest, ...others] = (await Promise.all(held))
      .filter(({ holding }) => holding.rows > 0)
      .sort((a, b) => b.holding.rows - a.holding.rows);
    if (!largest) return undefined;
    const all = rowsOf([largest.holding, ...others.map(({ holding }) => holding), ...small]);
    if (all < leastRows) return undefined;
    const main = [largest];
    for (const other of others) {
      const shared = await Promise.all(main.map(({ part }) => this.shared(part, other.part, tag)));
      if (rowsOf(shared) === 0) main.push(other);
    }
    const outside = all - rowsOf(main.map(({ holding }) => holding));
    // FINAL is cheap where so few records lie outside that most of the main part has none to compare with, and
    // where all is one merged part; of a long table it still reads all columns before it looks at conditions.
    const merged = main.length === 1 && largest.part.level > 0;
    const cheapFinal = outside > 0 ? outside * granule * 2 < all : merged;
    if (outside > all * mostOutside || (cheapFinal && all < longTable)) return undefined;
    return {
      names: main.map(({ part }) => part.name),
      newest: main
        .map(({ holding }) => BigInt(holding.newest))
        .reduce((a, b) => (a > b ? a : b))
        .toString(),
      holding: largest.holding,
      alone: outside === 0,
    };
  }

  /** Parts by table. In each a record stands once: merges see to it, and inserts do (`optimize_on_insert`). */
  private look(tag: Tag, options: ReadingOptions): Promise<PartsByTable> {
    const age = this.looked ? Date.now() - this.looked.at : Infinity;
    if (!this.looked || age > (options.oldLookMs ?? OLD_MS)) return this.lookNow(tag);
    if (age > FRESH_MS) this.lookAhead(tag, options);
    return this.looked.parts;
  }

  private lookNow(tag: Tag): Promise<PartsByTable> {
    const parts = this.readParts(tag).catch(nothingKnown);
    const looked = (this.looked = { at: Date.now(), parts });
    parts.catch(() => {
      if (this.looked === looked) this.looked = undefined;
    });
    return parts;
  }

  /** Looks for the questions to come, and into what is new. Fails silently: they look themselves then. */
  private lookAhead(tag: Tag, options: ReadingOptions): void {
    const before = this.looked;
    if (this.ahead) return;
    const at = Date.now();
    this.ahead = this.readParts(tag)
      .then(async (parts) => {
        const large = [...parts].filter(([table]) => isLarge(table));
        await Promise.all(large.map(([, ofTable]) => this.mainPart(ofTable, tag, options)));
        if (this.looked === before) this.looked = { at, parts: Promise.resolve(parts) };
      })
      .catch(() => undefined)
      .finally(() => (this.ahead = undefined));
  }

  private async readParts(tag: Tag): Promise<PartsByTable> {
    const tables = await readParts(this.warehouse, tag);
    this.forget(new Set([...tables.values()].flat().map(({ hash }) => hash)));
    return tables;
  }

  /** Drops what is known of parts that are gone. */
  private forget(present: ReadonlySet<string>): void {
    for (const known of [this.holdings, this.overlaps]) {
      for (const of of known.keys()) {
        const [, ...hashes] = of.split(' ');
        if (hashes.some((hash) => !present.has(hash))) known.delete(of);
      }
    }
  }

  private holding(part: PartRow, tag: Tag): Promise<Holding> {
    return remember(this.holdings, `${tag.tenant} ${part.hash}`, () => this.readHolding(part, tag));
  }

  /** How many of a tenant's records two parts share. */
  private shared(a: PartRow, b: PartRow, tag: Tag): Promise<{ rows: number }> {
    return remember(this.overlaps, `${tag.tenant} ${a.hash} ${b.hash}`, () => this.readShared(a, b, tag));
  }

  private async readHolding({ table, name }: PartRow, tag: Tag): Promise<Holding> {
    const [holding] = await this.rows<Holding>(
      sql`SELECT count() AS rows, toString(max(version)) AS newest FROM ${raw(table)}
          WHERE tenant = ${text(tag.tenant)} AND _part = ${text(name)}`,
      tag,
    );
    return { rows: holding?.rows ?? 0, newest: holding?.newest ?? '0', late: false };
  }

  private async readShared(a: PartRow, b: PartRow, tag: Tag): Promise<{ rows: number }> {
    const of = ({ table, name }: PartRow): Sql =>
      sql`FROM ${raw(table)} WHERE tenant = ${text(tag.tenant)} AND _part = ${text(name)}`;
    const [shared] = await this.rows<{ rows: number; held: number }>(
      sql`SELECT countIf(key IN (SELECT key ${of(b)})) AS rows, count() AS held ${of(a)}`,
      tag,
    );
    // A part that went away meanwhile shares nothing only because it is gone.
    return { rows: shared && shared.held > 0 ? shared.rows : Infinity };
  }

  private rows<T>(statement: Sql, tag: Tag): Promise<T[]> {
    const { statement: sqlText, parameters } = statement.compile();
    return this.warehouse.query<T>(sqlText, parameters, { tag });
  }
}

/** How one question reads the large tables; a table without a main part is read by FINAL. */
export class MainParts {
  private readonly metLate = new Set<string>();
  private changes = 0;
  private changing: Promise<void> | undefined;

  constructor(
    private found: Map<string, MainPart>,
    private readonly lookAgain: () => Promise<Map<string, MainPart>>,
  ) {}

  of(table: string): MainPart | undefined {
    return this.found.get(table);
  }

  /**
   * Runs a statement made of {@link newestOf}, which `run` compiles, and again when a version that was not
   * expected stopped it. Rejects with what `run` does otherwise.
   */
  async reading<T>(run: () => Promise<T>): Promise<T> {
    for (;;) {
      const { changes } = this;
      try {
        return await run();
      } catch (error) {
        const table = lateTable(error);
        if (table === undefined) throw error;
        // What several statements of the question met at once is told once.
        if (changes === this.changes) await (this.changing ??= this.expectLate(table));
      }
    }
  }

  /** The part may be gone or alone no more, or there are late versions; should nothing help, FINAL does. */
  private async expectLate(table: string): Promise<void> {
    try {
      const before = this.found.get(table);
      if (this.metLate.has(table)) {
        this.found.delete(table);
        return;
      }
      this.found = await this.lookAgain();
      const now = this.found.get(table);
      if (before?.alone && !now?.alone) return;
      this.metLate.add(table);
      if (now && now.names.join() === before?.names.join()) now.holding.late = true;
    } finally {
      this.changes++;
      this.changing = undefined;
    }
  }
}

const books = new WeakMap<object, PartBook>();

/** The main parts of a warehouse's large tables, for a tenant's report. Rejects with the warehouse's errors. */
export async function mainPartsOf(
  warehouse: Pick<Warehouse, 'query'>,
  tag: Tag,
  options: ReadingOptions = {},
): Promise<MainParts> {
  const book = books.get(warehouse) ?? new PartBook(warehouse);
  books.set(warehouse, book);
  const again = (): Promise<Map<string, MainPart>> => {
    book.forgetLook();
    return book.mainParts(tag, options);
  };
  return new MainParts(await book.mainParts(tag, options), again);
}

/**
 * What stands behind FROM: the newest versions of a tenant's records under a condition, with all columns.
 * `condition` may name any column of the table and holds for the newest version. To be run by
 * {@link MainParts.reading} of the same parts.
 */
export const newestOf = (table: string, tenant: Sql, condition: Sql, parts: MainParts): Sql =>
  deferred(() => {
    const main = parts.of(table);
    return main
      ? byMainPart(table, tenant, condition, main)
      : sql`(SELECT * FROM ${raw(table)} FINAL WHERE tenant = ${tenant} AND ${condition})`;
  });

function byMainPart(table: string, tenant: Sql, condition: Sql, main: MainPart): Sql {
  const { names, newest, holding, alone } = main;
  const from = raw(table);
  const ours = sql`tenant = ${tenant}`;
  const outside = sql`${ours} AND _part NOT IN ${texts(names)}`;
  // Superseded records are told as the last step of reading, so that no column is read of them, nor copied after it.
  const inside = (...more: readonly Sql[]): Sql =>
    sql`SELECT * FROM ${from} PREWHERE ${and(ours, condition, raw('deleted = 0'), ...more)} WHERE _part IN ${texts(names)}`;
  const notIn = (others: Sql): Sql => sql`key NOT IN (SELECT key FROM ${from} WHERE ${others})`;
  const stopIf = (unexpected: Sql): Sql =>
    sql`throwIf(${ours} AND ${unexpected}, ${raw(`'${LATE}${table}'`)}) = 0`;
  if (alone && !holding.late) {
    return sql`(${inside()} UNION ALL SELECT * FROM ${from} WHERE ${outside} AND ${stopIf(raw('1'))})`;
  }
  const isLate = sql`version <= ${versionNumber(newest)}`;
  if (!holding.late) {
    // Where late versions are found and where they could do harm: either alone may be left out by the engine.
    return sql`(
      ${inside(notIn(and(outside, stopIf(isLate))))}
      UNION ALL
      SELECT * FROM ${from} FINAL WHERE ${outside} AND ${stopIf(isLate)} AND ${condition}
    )`;
  }
  const lateIds = sql`(SELECT id FROM ${from} WHERE ${outside} AND ${isLate})`;
  return sql`(
    ${inside(notIn(outside))}
    UNION ALL
    SELECT * FROM ${from} FINAL WHERE ${outside} AND id NOT IN ${lateIds} AND ${condition}
    UNION ALL
    SELECT * FROM ${from} FINAL PREWHERE ${ours} AND id IN ${lateIds} WHERE ${condition}
  )`;
}
