/**
 * CSV by RFC 4180 in UTF-8 with a byte order mark, so that spreadsheets take it for what it is.
 *
 * One table is a header, its rows and nothing else. Several are sections: a heading, a header and rows
 * each, with an empty line between them. A text that a spreadsheet might run as a formula has an
 * apostrophe before it; numbers and dates never have.
 */
import { looksLikeFormula, type Cell, type Document, type Row, type Table } from './table';

const BYTE_ORDER_MARK = '\uFEFF';
const LINE_END = '\r\n';

/** The bytes of the file, made while they are taken. */
export async function* csv({ tables }: Document): AsyncGenerator<Buffer> {
  yield Buffer.from(BYTE_ORDER_MARK);
  const sections = tables.length > 1;
  for (const [index, table] of tables.entries()) {
    if (sections) yield Buffer.from(`${index > 0 ? LINE_END : ''}${textField(table.title)}${LINE_END}`);
    yield* lines(table);
  }
}

async function* lines({ header, rows }: Table): AsyncGenerator<Buffer> {
  yield Buffer.from(header.map(({ label }) => textField(label)).join(',') + LINE_END);
  for await (const group of rows) yield Buffer.from(group.map(line).join(''));
}

const line = (row: Row): string => row.map(field).join(',') + LINE_END;

function field(cell: Cell): string {
  if (cell === null) return '';
  return cell.type === 'text' ? textField(cell.value) : String(cell.value);
}

function textField(value: string): string {
  const guarded = looksLikeFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
