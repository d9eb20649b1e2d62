/** Cells as SpreadsheetML. */
import { looksLikeFormula, type Cell } from '../table';
import { STYLE } from './styles';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML cannot hold (control characters, halves of surrogate pairs), and what would be taken for its escape. */
const UNFIT =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|_(?=x[0-9A-Fa-f]{4}_)/g;

/** Text in XML; what XML cannot hold as `_xHHHH_`, the way spreadsheets write it. */
export const xmlText = (value: string): string =>
  value
    .replace(UNFIT, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

/** `A`, `B`, … `Z`, `AA`, … of a column counted from 0. */
export function columnLetters(index: number): string {
  const rest = index % 26;
  const letter = String.fromCharCode(65 + rest);
  return index < 26 ? letter : columnLetters((index - rest) / 26 - 1) + letter;
}

const MS_PER_DAY = 86_400_000;
const FIRST_OF_MARCH_1900 = 61;

/** Days of a spreadsheet: 1 is 1900-01-01, and 60 a 29th of February that never was. */
function serialDay(iso: string): number {
  const day = Math.round((Date.parse(`${iso}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / MS_PER_DAY);
  return day < FIRST_OF_MARCH_1900 ? day - 1 : day;
}

function serialTime(local: string): string {
  const [hours = 0, minutes = 0, seconds = 0] = local.slice(11).split(':').map(Number);
  const fraction = (hours * 3600 + minutes * 60 + seconds) / 86_400;
  return `${serialDay(local.slice(0, 10))}${fraction.toFixed(10).slice(1)}`;
}

const number = (at: string, style: number, value: string | number): string =>
  `<c r="${at}" s="${style}"><v>${value}</v></c>`;

export function textCell(at: string, value: string, style: number = STYLE.plain): string {
  const styled = style === STYLE.plain ? '' : ` s="${style}"`;
  return `<c r="${at}"${styled} t="inlineStr"><is><t xml:space="preserve">${xmlText(value)}</t></is></c>`;
}

/** A cell at a place such as `B7`. A decimal's digits are written as they are, so that none is lost. */
export function cellXml(at: string, cell: Cell): string {
  if (cell === null) return '';
  switch (cell.type) {
    case 'text':
      return textCell(at, cell.value, looksLikeFormula(cell.value) ? STYLE.guarded : STYLE.plain);
    case 'date':
      return number(at, STYLE.date, serialDay(cell.value));
    case 'time':
      return number(at, STYLE.time, serialTime(cell.value));
    default:
      return number(at, STYLE[cell.type], cell.value);
  }
}
