/** Reads workbooks in tests: the archive by its directory, the sheets by their XML. */
import { inflateRawSync } from 'node:zlib';

export interface SheetCell {
  /** `inlineStr` is a text, undefined a number. */
  type: string | undefined;
  style: string | undefined;
  value: string;
}

export interface Sheet {
  name: string;
  /** Cells by their letters. */
  rows: Map<string, SheetCell>[];
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** The entries of an archive; throws when it is not whole. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || archive.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('no directory: not whole');
  const entries = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let nth = 0; nth < archive.readUInt16LE(end + 10); nth++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`no entry at ${at}`);
    const [packed, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => archive.readUInt16LE(at + field));
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const content = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const inflated = inflateRawSync(archive.subarray(content, content + packed));
    if (inflated.length !== size) throw new Error(`${name}: ${inflated.length} bytes instead of ${size}`);
    entries.set(name, inflated);
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const unescaped = (xml: string): string =>
  xml
    .replace(/&(\w+);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/_x([0-9A-F]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** The sheets of a workbook in their order. */
export function readXlsx(archive: Buffer): Sheet[] {
  const entries = unzip(archive);
  const xml = (path: string): string => {
    const entry = entries.get(path);
    if (!entry) throw new Error(`no ${path}`);
    return entry.toString('utf8');
  };
  const names = [...xml('xl/workbook.xml').matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name ?? '');
  return names.map((name, index) => ({
    name: unescaped(name),
    rows: rowsOf(xml(`xl/worksheets/sheet${index + 1}.xml`)),
  }));
}

const CELL =
  /<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>([^<]*)<\/v>|<is><t[^>]*>([^<]*)<\/t><\/is>)<\/c>/g;

function rowsOf(xml: string): Map<string, SheetCell>[] {
  if (!xml.endsWith('</sheetData></worksheet>')) throw new Error('the sheet is not whole');
  return [...xml.matchAll(/<row r="\d+">(.*?)<\/row>/gs)].map(
    ([, row]) =>
      new Map(
        [...(row ?? '').matchAll(CELL)].map(([, column = '', style, type, number, string]) => [
          column,
          { type, style, value: number ?? unescaped(string ?? '') },
        ]),
      ),
  );
}
