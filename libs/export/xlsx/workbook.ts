/**
 * A workbook as Office Open XML, a sheet per table and the cover last, written while the rows come. A
 * table longer than a sheet can be goes on in the next one.
 */
import type { Document, Header, Row, Table } from '../table';
import { cellXml, columnLetters, textCell, xmlText } from './cells';
import { STYLE, STYLES_XML, WIDTHS } from './styles';
import { zip, type Entry } from './zip';

const MAX_SHEET_ROWS = 1_048_576;

export interface XlsxOptions {
  /** Rows of a sheet with its header; default: as many as a sheet can have. */
  maxSheetRows?: number;
}

/** The bytes of the file, made while they are taken. */
export const xlsx = (document: Document, { maxSheetRows = MAX_SHEET_ROWS }: XlsxOptions = {}) =>
  zip(parts(document, maxSheetRows));

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

async function* parts(
  { tables, cover }: Document,
  maxSheetRows: number,
): AsyncGenerator<Entry, void, undefined> {
  yield part('_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']]));
  const sheets: string[] = [];
  for (const table of [...tables, cover]) {
    const rows = new RowReader(table.rows);
    try {
      for (let nth = 1; nth === 1 || (await rows.hasMore()); nth++) {
        sheets.push(sheetName(table.title, nth, sheets));
        const content = sheet(table, rows, maxSheetRows);
        yield { path: `xl/worksheets/sheet${sheets.length}.xml`, content };
      }
    } finally {
      await rows.close();
    }
  }
  yield* workbookParts(sheets);
}

const part = (path: string, xml: string): Entry => ({ path, content: [Buffer.from(XML + xml)] });

function* workbookParts(sheets: readonly string[]): Generator<Entry> {
  const paths = sheets.map((_, index) => `worksheets/sheet${index + 1}.xml`);
  yield { path: 'xl/styles.xml', content: [Buffer.from(STYLES_XML)] };
  yield part(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>` +
      sheets
        .map((name, i) => `<sheet name="${xmlText(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
        .join('') +
      '</sheets></workbook>',
  );
  yield part(
    'xl/_rels/workbook.xml.rels',
    relationships([...paths.map((path) => ['worksheet', path] as const), ['styles', 'styles.xml']]),
  );
  yield part(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      [['workbook.xml', 'sheet.main'], ['styles.xml', 'styles'], ...paths.map((path) => [path, 'worksheet'])]
        .map(([path, type]) => `<Override PartName="/xl/${path}" ContentType="${TYPE}.${type}+xml"/>`)
        .join('') +
      '</Types>',
  );
}

const relationships = (targets: readonly (readonly [type: string, target: string])[]): string =>
  `<Relationships xmlns="${PACKAGE}/relationships">` +
  targets
    .map(([type, to], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${type}" Target="${to}"/>`)
    .join('') +
  '</Relationships>';

/** Sheets have different names of up to 31 characters without some. */
function sheetName(title: string, nth: number, taken: readonly string[]): string {
  const plain = title.replace(/[[\]:*?/\\']/g, ' ').trim() || 'Sheet';
  for (let number = nth; ; number++) {
    const suffix = number === 1 ? '' : ` (${number})`;
    const name = [...plain].slice(0, 31 - suffix.length).join('') + suffix;
    if (!taken.some((other) => other.toLowerCase() === name.toLowerCase())) return name;
  }
}

/** Rows a group at a time, with what is left for the next sheet. */
class RowReader {
  private readonly groups: AsyncIterator<readonly Row[]> | Iterator<readonly Row[]>;
  private held: readonly Row[] = [];

  constructor(rows: Table['rows']) {
    this.groups = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }

  /** Tells whoever reads the rows that no more are wanted. */
  async close(): Promise<void> {
    await this.groups.return?.();
  }

  async hasMore(): Promise<boolean> {
    while (this.held.length === 0) {
      const next = await this.groups.next();
      if (next.done) return false;
      this.held = next.value;
    }
    return true;
  }

  /** At most so many rows; none at the end. */
  async take(most: number): Promise<readonly Row[]> {
    if (!(await this.hasMore())) return [];
    const taken = this.held.slice(0, most);
    this.held = this.held.slice(most);
    return taken;
  }
}

async function* sheet({ header }: Table, rows: RowReader, maxRows: number): AsyncGenerator<Buffer> {
  const letters = header.map((_, index) => columnLetters(index));
  yield Buffer.from(`${XML}<worksheet xmlns="${MAIN}">${FROZEN_HEADER}${columnsXml(header)}<sheetData>`);
  yield Buffer.from(
    rowXml(
      1,
      header.map(({ label }, i) => textCell(`${letters[i]}1`, label, STYLE.header)),
    ),
  );
  for (let written = 1; written < maxRows;) {
    const some = await rows.take(maxRows - written);
    if (some.length === 0) break;
    const first = written + 1;
    yield Buffer.from(some.map((row, i) => dataRow(first + i, row, letters)).join(''));
    written += some.length;
  }
  yield Buffer.from('</sheetData></worksheet>');
}

const FROZEN_HEADER =
  '<sheetViews><sheetView workbookViewId="0">' +
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';

const columnsXml = (header: readonly Header[]): string =>
  header.length === 0
    ? ''
    : `<cols>${header
        .map(({ type }, i) => `<col min="${i + 1}" max="${i + 1}" width="${WIDTHS[type]}" customWidth="1"/>`)
        .join('')}</cols>`;

const dataRow = (number: number, row: Row, letters: readonly string[]): string =>
  rowXml(
    number,
    row.map((cell, i) => cellXml(`${letters[i] ?? columnLetters(i)}${number}`, cell)),
  );

const rowXml = (number: number, cells: readonly string[]): string =>
  `<row r="${number}">${cells.join('')}</row>`;
