/** Downloads in tests: fetched whole, and read back as sections of texts whatever their format. */
import { parse } from 'csv-parse/sync';
import { readXlsx, type SheetCell } from './xlsx';

export const FORMATS = ['csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

export interface File {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

export async function fetchFile(url: string, headers: Record<string, string> = {}): Promise<File> {
  const response = await fetch(url, { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** A table of a file: numbers and dates as CSV writes them, empty cells as ''. */
export interface Section {
  /** Null for the one table of a CSV file. */
  title: string | null;
  header: string[];
  rows: string[][];
}

/** The tables of a file; of a workbook also its cover, the last. */
export function sectionsOf(format: Format, bytes: Buffer): Section[] {
  return format === 'csv' ? csvSections(bytes.toString('utf8')) : xlsxSections(bytes);
}

function csvSections(file: string): Section[] {
  if (!file.startsWith('\uFEFF') || !file.endsWith('\r\n')) throw new Error('no CSV as it should be');
  const lines = parse(file, { bom: true, record_delimiter: '\r\n', relax_column_count: true });
  const sections: string[][][] = [[]];
  for (const line of lines) {
    // A section of one column may have an empty cell, and never does here.
    if (line.length === 1 && line[0] === '') sections.push([]);
    else sections.at(-1)?.push(line.map((cell) => cell.replace(/^'(?=[=+\-@])/, '')));
  }
  return sections.map((section) => {
    const titled = sections.length > 1;
    const [header = [], ...rows] = titled ? section.slice(1) : section;
    return { title: titled ? (section[0]?.[0] ?? '') : null, header, rows };
  });
}

const letters = (index: number): string =>
  (index < 26 ? '' : String.fromCharCode(64 + Math.floor(index / 26))) +
  String.fromCharCode(65 + (index % 26));

function xlsxSections(bytes: Buffer): Section[] {
  return readXlsx(bytes).map(({ name, rows: [head, ...rows] }) => {
    const header = [...(head?.values() ?? [])].map(({ value }) => value);
    return {
      title: name,
      header,
      rows: rows.map((row) => header.map((_, index) => shown(row.get(letters(index))))),
    };
  });
}

const DATE_STYLE = '6';
const TIME_STYLE = '7';

function shown(cell: SheetCell | undefined): string {
  if (!cell) return '';
  if (cell.style !== DATE_STYLE && cell.style !== TIME_STYLE) return cell.value;
  const ms = Math.round(Number(cell.value) * 86_400) * 1000 + Date.UTC(1899, 11, 30);
  const iso = new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  return cell.style === DATE_STYLE ? iso.slice(0, 10) : iso;
}
