/**
 * The parts that tables consist of, as a look at them finds. A part never changes and its name does not come back:
 * where two looks find the same parts of a table, by name and hash of their files, it has held the same rows from
 * the first to the second.
 */
import type { QueryOptions, Warehouse } from '#warehouse';
import { sql, texts } from './sql';

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
}

export type PartsByTable = ReadonlyMap<string, PartRow[]>;

/** The active parts of all tables that reports read. Rejects with the warehouse's errors. */
export async function readParts(warehouse: Pick<Warehouse, 'query'>, tag: Tag): Promise<PartsByTable> {
  const { statement, parameters } = sql`
    SELECT table, name, hash_of_all_files AS hash, rows, level FROM system.parts
    WHERE active AND database = currentDatabase() AND table IN ${texts(ALL_TABLES)}`.compile();
  return byTable(await warehouse.query<PartRow>(statement, parameters, { tag }));
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

/** Each table's parts as one text, which is the same for the same parts. */
export type PartTexts = ReadonlyMap<string, string>;

export const textsOf = (tables: PartsByTable): PartTexts =>
  new Map([...tables].map(([table, parts]) => [table, textOfParts(parts)]));

const textOfParts = (parts: readonly PartRow[]): string =>
  parts
    .map(({ name, hash }) => `${name} ${hash}`)
    .sort()
    .join(' ');

/** The parts of some tables as one text. */
export const textOf = (known: PartTexts, tables: readonly string[]): string =>
  tables.map((table) => known.get(table) ?? '').join('\n');

const NAMES = new RegExp(`\\b(?:${ALL_TABLES.join('|')})\\b`, 'g');
const ELSEWHERE = /\b(?:system|change_events)\b/;

/**
 * The tables that a statement of a report may read: all whose names stand in it, whatever for. Null: it reads others
 * too.
 */
export const tablesIn = (statement: string): string[] | null =>
  ELSEWHERE.test(statement) ? null : [...new Set(statement.match(NAMES))].sort();
