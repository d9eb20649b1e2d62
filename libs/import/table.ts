/** CSV files as tables: a header and rows that know their line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type CsvError } from 'csv-parse/sync';
import type { FileSpec } from './mapping';

export interface Row {
  /** Line in the file, from 1. */
  line: number;
  /** Values by the table's column order; the empty string is "nothing given". */
  cells: readonly string[];
}

/** A row that is no row: a wrong number of columns, a stray quote. */
export interface BadRow {
  line: number;
  reason: string;
}

export interface Table {
  /** Path as the mapping names it. */
  path: string;
  /** Column numbers by name. */
  columns: ReadonlyMap<string, number>;
  rows: readonly Row[];
  bad: readonly BadRow[];
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

/**
 * Reads a whole file into memory: aggregates and lookups need all of it.
 * @throws Error when it cannot be read or has no header.
 */
export function readTable(folder: string, spec: FileSpec): Table {
  const text = new TextDecoder(spec.encoding, { fatal: true }).decode(readFileSync(join(folder, spec.path)));
  const bad: BadRow[] = [];
  // The typings do not know that `info` changes what is returned.
  const parsed = parse(text, {
    delimiter: spec.delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error?: CsvError) => {
      bad.push({ line: Number(error?.['lines'] ?? 0), reason: error?.message ?? 'is no CSV' });
      return undefined;
    },
  }) as unknown as Parsed[];
  const [header, ...body] = parsed;
  if (!header) throw new Error('has no header line');
  const columns = new Map(header.record.map((name, i) => [name.trim(), i]));
  const rows: Row[] = [];
  for (const { record, info } of body) {
    const line = firstLine(record, info.lines);
    if (record.length === header.record.length) rows.push({ line, cells: record });
    else bad.push({ line, reason: `has ${record.length} columns, the header ${header.record.length}` });
  }
  return { path: spec.path, columns, rows, bad };
}

/** The parser says where a row ends; quoted values may span lines. */
const firstLine = (record: string[], last: number): number =>
  last - record.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 0);
