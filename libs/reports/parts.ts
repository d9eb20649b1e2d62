/**
 * The parts that tables consist of, as a look at them finds, and what they say of what a table holds.
 *
 * Every insert is a block, and blocks have numbers, given one after the other as inserts become visible. A part's
 * name tells of which blocks it is made, from the first to the last, and the last change of written rows (a mutation)
 * that it has been through: `all_5_80_16_83`. Merging joins blocks, and adds and takes away no version that counts.
 * So a table that covers the same blocks in two looks, after the same mutation, has answered all questions alike
 * from the first look to the second.
 */
import type { QueryOptions, Warehouse } from '#warehouse';

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

const SMALL_TABLES = [
  'department',
  'employee',
  'goal',
  'pipeline',
  'product',
  'product_category',
  'settings',
] as const;

/** A table with few records and few changes. */
export type SmallTable = (typeof SMALL_TABLES)[number];

const LARGE: ReadonlySet<string> = new Set(LARGE_TABLES);
const ALL_TABLES: readonly string[] = [...LARGE_TABLES, ...SMALL_TABLES];
const ALL: ReadonlySet<string> = new Set(ALL_TABLES);

export const isLarge = (table: string): boolean => LARGE.has(table);

/** Who asks. */
export type Tag = QueryOptions['tag'];

export interface PartRow {
  table: string;
  name: string;
  hash: string;
  rows: number;
  /** How many merges lie behind it. */
  level: number;
  /** Its folder; that of its table is named by the table's UUID where a table of the same name can follow it. */
  path: string;
}

export type PartsByTable = ReadonlyMap<string, PartRow[]>;

/** The active parts of all tables that reports read. Rejects with the warehouse's errors. */
export async function readParts(warehouse: Pick<Warehouse, 'query'>, tag: Tag): Promise<PartsByTable> {
  // All tables, since naming those that count takes as long again as looking at the others.
  const statement = `
    SELECT table, name, hash_of_all_files AS hash, rows, level, path FROM system.parts
    WHERE active AND database = currentDatabase()`;
  const rows = await warehouse.query<PartRow>(statement, {}, { tag });
  return byTable(rows.filter(({ table }) => ALL.has(table)));
}

/** Whether rows of any table may still be changed or taken out by a statement that came earlier. */
export async function areMutating(warehouse: Pick<Warehouse, 'query'>, tag: Tag): Promise<boolean> {
  const statement =
    'SELECT count() AS n FROM system.mutations WHERE database = currentDatabase() AND NOT is_done';
  const [row] = await warehouse.query<{ n: number }>(statement, {}, { tag });
  return row?.n !== 0;
}

function byTable(rows: readonly PartRow[]): Map<string, PartRow[]> {
  const tables = new Map<string, PartRow[]>();
  for (const row of rows) {
    const parts = tables.get(row.table);
    if (parts) parts.push(row);
    else tables.set(row.table, [row]);
  }
  return tables;
}

/** What each table holds, as one text: the same text, the same answers. */
export type ContentTexts = ReadonlyMap<string, string>;

/** @param empty what to say of tables without rows, where a later state without rows would say something else. */
export const contentsOf = (tables: PartsByTable, empty?: string): ContentTexts =>
  new Map(
    ALL_TABLES.flatMap((table) => {
      // What is taken out as a whole leaves an empty part of the same blocks behind, until nobody reads the old one.
      const filled = (tables.get(table) ?? []).filter(({ rows }) => rows > 0);
      const content = filled.length > 0 ? contentOf(filled) : empty;
      return content === undefined ? [] : [[table, content] as const];
    }),
  );

/** Partition, first block, last block, how many merges, last mutation. */
const PART_NAME = /^all_(\d+)_(\d+)_\d+(?:_(\d+))?$/;
const TABLE_FOLDER = /\/store\/\w+\/[\w-]{36}\//;

interface Blocks {
  first: number;
  last: number;
  mutation: number;
}

function blocksOf({ name }: PartRow): Blocks | null {
  const [, first, last, mutation = 0] = PART_NAME.exec(name) ?? [];
  return first === undefined
    ? null
    : { first: Number(first), last: Number(last), mutation: Number(mutation) };
}

/** The blocks of a table's parts where its parts tell them and no mutation is under way, else the parts themselves. */
function contentOf(parts: readonly PartRow[]): string {
  const [table] = TABLE_FOLDER.exec(parts[0]?.path ?? '') ?? [];
  const blocks = parts.map(blocksOf).filter((of) => of !== null);
  const mutation = Math.max(...blocks.map((of) => of.mutation));
  const settled = blocks.every((of) => of.mutation === mutation || of.first > mutation);
  return table !== undefined && blocks.length === parts.length && settled
    ? `${table} ${mutation} ${coverage(blocks)}`
    : parts
        .map(({ name, hash }) => `${name} ${hash}`)
        .sort()
        .join(' ');
}

/** Blocks as intervals; parts that follow one another are one. */
function coverage(blocks: readonly Blocks[]): string {
  const intervals: { first: number; last: number }[] = [];
  for (const { first, last } of [...blocks].sort((a, b) => a.first - b.first)) {
    const before = intervals.at(-1);
    if (before?.last === first - 1) before.last = last;
    else intervals.push({ first, last });
  }
  return intervals.map(({ first, last }) => `${first}-${last}`).join();
}

/**
 * The contents of some tables as one text; undefined where one has no rows: unlike all others that state can come back,
 * so that nothing read about then may be kept for it, unless {@link contentsOf} tells one such state from another.
 */
export function contentIn(known: ContentTexts, tables: readonly string[]): string | undefined {
  const texts = tables.map((table) => known.get(table));
  return texts.includes(undefined) ? undefined : texts.join('\n');
}

/** All but the number of the last block, and that. */
const BLOCKS = /^(\S+ \d+ (?:\d+-\d+,)*\d+-)(\d+)$/;

/** Whether tables hold what they held before and, at most, what inserts have added since. */
export const hasOnlyGrown = (before: ContentTexts, now: ContentTexts, tables: readonly string[]): boolean =>
  tables.every((table) => {
    const texts = [before.get(table), now.get(table)];
    if (texts[0] === texts[1]) return true;
    const [old, grown] = texts.map((text) => BLOCKS.exec(text ?? ''));
    return !!old && !!grown && old[1] === grown[1] && Number(old[2]) < Number(grown[2]);
  });

const NAMES = new RegExp(`\\b(?:${ALL_TABLES.join('|')})\\b`, 'g');
const ELSEWHERE = /\b(?:system|change_events)\b/;

/**
 * The tables that a statement of a report may read: all whose names stand in it, whatever for. Null: it reads others
 * too.
 */
export const tablesIn = (statement: string): string[] | null =>
  ELSEWHERE.test(statement) ? null : [...new Set(statement.match(NAMES))].sort();
