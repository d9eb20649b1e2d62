/** The records behind a number as a table. */
import { closedAs, type Column, type Names, type RecordRow, type WholeRecords } from '#reports';
import { cellOf, headerOf, type Circumstances } from './cells';
import { coverOf, type CoverFacts, type Fact } from './cover';
import { peeked, sliced } from './groups';
import { text, type Document, type Row } from './table';
import { readable, word } from './words';

/** Reads the first records: what fails at once is thrown here. */
export async function recordDocument(whole: WholeRecords, facts: CoverFacts): Promise<Document> {
  const { groups } = await peeked(whole.rows);
  const { report, asked, cell, columns, totals } = whole;
  const { language } = facts;
  const more: Fact[] = [
    ['column', columnLabel(whole)[language]],
    ...(cell.bucket === undefined ? [] : [['bucket', cell.bucket] as const]),
    ...(cell.row === undefined ? [] : [['row', cell.row] as const]),
    ['count', Number(totals['count'])],
  ];
  return {
    tables: [
      {
        title: word('records', language),
        header: columns.map((column) => headerOf(column, language)),
        rows: cellRows({ ...whole, rows: groups }, facts),
      },
    ],
    cover: coverOf(report, asked, more, facts),
  };
}

/** The name of the number explained. */
export function columnLabel({ report, cell: { column } }: WholeRecords): Names {
  const { headline = [], series = [], rows = [] } = report.columns;
  const declared = [...rows, ...series, ...headline].find(({ key }) => key === column);
  return declared?.label ?? { 'zh-CN': column, en: column };
}

async function* cellRows(
  { columns, rows, totals }: WholeRecords,
  facts: Circumstances,
): AsyncGenerator<readonly Row[]> {
  for await (const group of sliced(rows)) {
    yield group.map((record) =>
      columns.map((column) => cellOf(column, valueIn(record, column, facts), facts)),
    );
  }
  yield [totalsRow(columns, totals, facts)];
}

function valueIn(record: RecordRow, { key }: Column, { language }: Circumstances): unknown {
  const closed = key === 'stageName' ? closedAs(record) : null;
  return closed === null ? record[key] : readable('endState', closed, language);
}

/** The sums under their columns. */
const totalsRow = (columns: readonly Column[], totals: WholeRecords['totals'], facts: Circumstances): Row =>
  columns.map((column, index) =>
    index === 0 ? text(word('total', facts.language)) : cellOf(column, totals[column.key], facts),
  );
