/**
 * The newest versions of a table's records, exactly as FINAL gives them and at a fraction of its price
 * where nearly all of a table is one merged part, in which every record stands once.
 *
 * FINAL compares each record with every part, and only then looks at conditions. Here the largest part is
 * read like any table, conditions first, but for the records that other parts hold too, and FINAL compares
 * the others alone. That a record's version in the other parts is the newer one is not taken for granted:
 * those not above the newest version of the largest part (`late`) are compared with it too.
 *
 * A statement names the largest part as it was a moment ago. Should it be gone when the statement runs, then
 * all parts are others and the answer is the same, only dearer. All parts of one statement see the same parts
 * of a table (`enable_shared_storage_snapshot_in_query`).
 */
import { WarehouseRefused, type QueryOptions, type Warehouse } from '#warehouse';
import { and, raw, sql, text, texts, versionNumber, type Sql } from './sql';

/** Tables with so many records that reading them decides how long a report takes. */
const LARGE_TABLES = [
  'activity',
  'business_trip',
  'contact',
  'contract',
  'customer',
  'invoice',
  'opportunity',
  'pool_move',
  'receivable',
  'receivable_plan',
  'return_visit',
] as const;

/** The part that holds nearly all of a tenant's records of a table. */
export interface MainPart {
  name: string;
  /** The newest version in it of the tenant's records, decimal digits. */
  newest: string;
}

/** By table; a table that is not there is read by FINAL. */
export type MainParts = ReadonlyMap<string, MainPart>;

export interface ReadingOptions {
  /** Rows of the tenant from which on a table is read by its main part (default 150,000). */
  leastRows?: number;
  /** How many of them may lie outside the main part, as a share of all (default 0.2). */
  mostOutside?: number;
  /** Rows from which on a part can be the main one (default 20,000). */
  smallPart?: number;
  /** Rows that FINAL compares where another part has one of them (default 8,192). */
  granule?: number;
}

/** Who asks. */
type Tag = QueryOptions['tag'];

interface PartRow {
  table: string;
  name: string;
  hash: string;
  rows: number;
}

/** What a part holds of one tenant. Parts never change, so this is good as long as the part is. */
interface Holding {
  rows: number;
  newest: string;
}

/** How long a look at the parts is good for, milliseconds. */
const FRESH_MS = 500;

/** Parts of fewer rows are taken to be the asking tenant's alone, without a look into them. */
const SMALL_PART = 20_000;

/** FINAL compares so many rows at least where another part has a record among theirs. */
const ROWS_OF_GRANULE = 8192;

/** A user who may not read the parts' names reads by FINAL. */
function nothingKnown(error: unknown): ReadonlyMap<string, PartRow[]> {
  if (error instanceof WarehouseRefused) return new Map();
  throw error;
}

/** What is known of one warehouse's parts. */
class PartBook {
  private looked: { at: number; parts: Promise<ReadonlyMap<string, PartRow[]>> } | undefined;
  /** By hash of a part's content and tenant. */
  private holdings = new Map<string, Promise<Holding>>();

  constructor(private readonly warehouse: Pick<Warehouse, 'query'>) {}

  /** The main parts that answer a tenant's questions. */
  async mainParts(tag: Tag, options: ReadingOptions): Promise<MainParts> {
    const tables = await this.look(tag);
    const found = [...tables].map(async ([table, parts]) => {
      const main = await this.mainPart(parts, tag, options);
      return main ? ([[table, main]] as const) : [];
    });
    return new Map((await Promise.all(found)).flat());
  }

  private async mainPart(
    parts: readonly PartRow[],
    tag: Tag,
    {
      leastRows = 150_000,
      mostOutside = 0.2,
      smallPart = SMALL_PART,
      granule = ROWS_OF_GRANULE,
    }: ReadingOptions,
  ): Promise<MainPart | undefined> {
    const large = parts.filter(({ rows }) => rows >= smallPart);
    const holdings = await Promise.all(large.map((part) => this.holding(part, tag)));
    const most = Math.max(0, ...holdings.map(({ rows }) => rows));
    const index = holdings.findIndex(({ rows }) => rows === most);
    const [part, holding] = [large[index], holdings[index]];
    if (!part || !holding) return undefined;
    const small = parts.filter(({ rows }) => rows < smallPart);
    const all = [...holdings, ...small].reduce((sum, { rows }) => sum + rows, 0);
    const outside = all - most;
    // FINAL is cheap where so few records lie outside that most of the main part has none to compare with.
    const fewOutside = outside * granule * 2 < all;
    return all >= leastRows && outside <= all * mostOutside && !fewOutside
      ? { name: part.name, newest: holding.newest }
      : undefined;
  }

  /** Parts by table. In each a record stands once: merges see to it, and inserts do (`optimize_on_insert`). */
  private look(tag: Tag): Promise<ReadonlyMap<string, PartRow[]>> {
    if (!this.looked || Date.now() - this.looked.at > FRESH_MS) {
      const parts = this.readParts(tag).catch(nothingKnown);
      this.looked = { at: Date.now(), parts };
      parts.catch(() => (this.looked = undefined));
    }
    return this.looked.parts;
  }

  private async readParts(tag: Tag): Promise<ReadonlyMap<string, PartRow[]>> {
    const rows = await this.rows<PartRow>(
      sql`SELECT table, name, hash_of_all_files AS hash, rows FROM system.parts
          WHERE active AND database = currentDatabase() AND table IN ${texts(LARGE_TABLES)}`,
      tag,
    );
    const tables = new Map<string, PartRow[]>();
    for (const row of rows) tables.set(row.table, [...(tables.get(row.table) ?? []), row]);
    this.forget(new Set(rows.map(({ hash }) => hash)));
    return tables;
  }

  /** Drops what is known of parts that are gone. */
  private forget(present: ReadonlySet<string>): void {
    for (const known of this.holdings.keys()) {
      if (!present.has(known.slice(0, known.indexOf('/')))) this.holdings.delete(known);
    }
  }

  private holding(part: PartRow, tag: Tag): Promise<Holding> {
    const known = `${part.hash}/${tag.tenant}`;
    let holding = this.holdings.get(known);
    if (!holding) {
      this.holdings.set(known, (holding = this.readHolding(part, tag)));
      holding.catch(() => this.holdings.delete(known));
    }
    return holding;
  }

  private async readHolding({ table, name }: PartRow, tag: Tag): Promise<Holding> {
    const [holding] = await this.rows<Holding>(
      sql`SELECT count() AS rows, toString(max(version)) AS newest FROM ${raw(table)}
          WHERE tenant = ${text(tag.tenant)} AND _part = ${text(name)}`,
      tag,
    );
    return holding ?? { rows: 0, newest: '0' };
  }

  private rows<T>(statement: Sql, tag: Tag): Promise<T[]> {
    const { statement: sqlText, parameters } = statement.compile();
    return this.warehouse.query<T>(sqlText, parameters, { tag });
  }
}

const books = new WeakMap<object, PartBook>();

/** The main parts of a warehouse's large tables, for a tenant's report. Rejects with the warehouse's errors. */
export function mainPartsOf(
  warehouse: Pick<Warehouse, 'query'>,
  tag: Tag,
  options: ReadingOptions = {},
): Promise<MainParts> {
  let book = books.get(warehouse);
  if (!book) books.set(warehouse, (book = new PartBook(warehouse)));
  return book.mainParts(tag, options);
}

/**
 * What stands behind FROM: the newest versions of a tenant's records under a condition, with all columns.
 * `condition` may name any column of the table and holds for the newest version.
 */
export function newestOf(table: string, tenant: Sql, condition: Sql, main: MainPart | undefined): Sql {
  const from = raw(table);
  const ours = sql`tenant = ${tenant}`;
  if (!main) return sql`(SELECT * FROM ${from} FINAL WHERE ${and(ours, condition)})`;
  const inMain = sql`_part = ${text(main.name)}`;
  const outside = sql`tenant = ${tenant} AND _part != ${text(main.name)}`;
  const late = sql`(SELECT id FROM ${from} WHERE ${outside} AND version <= ${versionNumber(main.newest)})`;
  return sql`(
    SELECT * FROM ${from} PREWHERE ${and(ours, condition)} AND deleted = 0
    WHERE ${inMain} AND key NOT IN (SELECT key FROM ${from} WHERE ${outside})
    UNION ALL
    SELECT * FROM ${from} FINAL WHERE ${and(outside, condition)} AND id NOT IN ${late}
    UNION ALL
    SELECT * FROM ${from} FINAL PREWHERE ${ours} AND id IN ${late} WHERE ${condition}
  )`;
}
