/** How cells look: one format per type, and what only the file's own rows have. */
import type { Cell } from '../table';

/** Numbers of the formats below in `cellXfs`. */
export const STYLE = {
  plain: 0,
  header: 1,
  integer: 2,
  decimal: 3,
  percent: 4,
  days: 5,
  date: 6,
  time: 7,
  /** Stays text when somebody edits the cell. */
  guarded: 8,
} as const;

export const WIDTHS: Readonly<Record<NonNullable<Cell>['type'], number>> = {
  text: 20,
  integer: 12,
  decimal: 18,
  percent: 12,
  days: 12,
  date: 12,
  time: 20,
};

const FORMATS: readonly [id: number, code: string][] = [
  [164, '0.00&quot;%&quot;'],
  [165, '0.0'],
  [166, 'yyyy\\-mm\\-dd'],
  [167, 'yyyy\\-mm\\-dd\\ hh:mm:ss'],
];

const number = (format: number): string =>
  `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`;

/** In the order of {@link STYLE}; 1 and 4 are the formats `0` and `#,##0.00` that every reader knows. */
const CELL_FORMATS = [
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
  number(1),
  number(4),
  number(164),
  number(165),
  number(166),
  number(167),
  '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>',
];

const font = (bold: string): string =>
  `<font>${bold}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;

export const STYLES_XML =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  `<numFmts count="${FORMATS.length}">` +
  FORMATS.map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`).join('') +
  `</numFmts><fonts count="2">${font('')}${font('<b/>')}</fonts>` +
  '<fills count="2"><fill><patternFill patternType="none"/></fill>' +
  '<fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${CELL_FORMATS.length}">${CELL_FORMATS.join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
