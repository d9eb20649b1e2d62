/** A report as tables: headline, series and rows in the order of the screen, each where the report has it. */
import { keysInOrder, type AnyReport, type Column, type Values, type WholeReport } from '#reports';
import { cellOf, headerOf, type Circumstances } from './cells';
import { coverOf, type CoverFacts } from './cover';
import { peeked, sliced } from './groups';
import { goalColumns, goalValues } from './goals';
import { text, type Cell, type Document, type Header, type Row, type Table } from './table';
import { word, type Word } from './words';

type Fields = Readonly<Record<string, unknown>>;

/** A column of a table: how it is headed, and its value in a row. */
interface FileColumn {
  column: Column;
  valueIn: (row: Fields) => unknown;
}

/** Reads the first rows: what fails at once is thrown here. */
export async function reportDocument(whole: WholeReport, facts: CoverFacts): Promise<Document> {
  const { report, body } = whole;
  const tables: Table[] = [];
  if (body.headline) tables.push(...headlineTables(report, body.headline as Fields, facts));
  if (body.series && report.columns.series) {
    tables.push(tableOf('series', report.columns.series.map(plain), [body.series], facts));
  }
  if (whole.rows) tables.push(await rowsTable(whole, whole.rows, facts));
  return { tables, cover: coverOf(report, whole.asked, [], facts) };
}

const plain = (column: Column): FileColumn => ({ column, valueIn: (row) => row[column.key] });

function tableOf(
  title: Word,
  columns: readonly FileColumn[],
  rows: AsyncIterable<readonly Values[]> | Iterable<readonly Values[]>,
  facts: Circumstances,
  last: readonly Row[] = [],
): Table {
  return {
    title: word(title, facts.language),
    header: columns.map(({ column }) => headerOf(column, facts.language)),
    rows: cellRows(columns, rows, facts, last),
  };
}

async function* cellRows(
  columns: readonly FileColumn[],
  groups: AsyncIterable<readonly Values[]> | Iterable<readonly Values[]>,
  facts: Circumstances,
  last: readonly Row[],
): AsyncGenerator<readonly Row[]> {
  for await (const group of sliced(groups)) yield group.map((row) => rowOf(columns, row, facts));
  yield last;
}

const rowOf = (columns: readonly FileColumn[], row: Values, facts: Circumstances): Row =>
  columns.map(({ column, valueIn }) => cellOf(column, valueIn(row as Fields), facts));

async function rowsTable(
  { report, asked, body }: WholeReport,
  given: AsyncIterable<readonly Values[]>,
  facts: Circumstances,
): Promise<Table> {
  const declared = report.columns.rows ?? [];
  const { first, groups } = await peeked(given);
  if (report.group === 'goals') {
    const columns = goalColumns(declared, asked.period?.from.slice(0, 4) ?? '');
    return tableOf('rows', columns.map(plain), goalValues(groups), facts);
  }
  const counts = declared.find(({ type }) => type === 'counts');
  const columns = declared.flatMap((column) =>
    column === counts ? optionColumns(column, first ?? body.totals) : [plain(column)],
  );
  const last = body.totals ? [totalsRow(report, columns, body.totals as Fields, facts)] : [];
  return tableOf('rows', columns, groups, facts, last);
}

/** One column per option of an object of counts, as a row or the totals have them. */
function optionColumns({ key }: Column, example: Values | undefined): FileColumn[] {
  const countsIn = (row: Values | undefined): Fields => ((row as Fields | undefined)?.[key] ?? {}) as Fields;
  return keysInOrder(countsIn(example)).map((option) => ({
    column: { key, label: { 'zh-CN': option, en: option }, type: 'count' },
    valueIn: (row) => countsIn(row)[option],
  }));
}

function totalsRow(
  { columns }: AnyReport,
  shown: readonly FileColumn[],
  totals: Fields,
  facts: Circumstances,
): Row {
  const totalled = new Set(columns.totals);
  return shown.map(({ column, valueIn }, index) =>
    totalled.has(column.key)
      ? cellOf(column, valueIn(totals), facts)
      : index === 0
        ? text(word('total', facts.language))
        : null,
  );
}

/** Parts of a card that compares, in the order of the columns. */
const COMPARED = ['previousValue', 'growth', 'toDatePreviousValue', 'toDateGrowth'] as const;

function headlineTables(report: AnyReport, headline: Fields, facts: Circumstances): Table[] {
  const columns = report.columns.headline ?? [];
  const figures = columns.filter(({ key }) => key !== 'self');
  const tables = figures.length > 0 ? [figuresTable(figures, headline, facts)] : [];
  if (figures.length < columns.length) {
    const self = headline['self'] as Values | null;
    tables.push(tableOf('self', (report.columns.rows ?? []).map(plain), self ? [[self]] : [], facts));
  }
  return tables;
}

/** One row per figure, with what it is compared to where it is a card. */
function figuresTable(columns: readonly Column[], headline: Fields, facts: Circumstances): Table {
  const { language } = facts;
  const isCard = columns.some(({ key }) => typeof headline[key] === 'object' && headline[key] !== null);
  const compared = isCard ? COMPARED : [];
  const label = (name: Word, type: Header['type']): Header => ({ label: word(name, language), type });
  const rows = columns.map((column): Row => {
    const value = headline[column.key];
    const card = (isCard ? value : { value }) as Fields;
    const cell = (part: string): Cell =>
      cellOf(part.endsWith('rowth') ? { ...column, type: 'percent' } : column, card[part], facts);
    return [text(column.label[language]), cell('value'), ...compared.map(cell)];
  });
  return {
    title: word('headline', language),
    header: [
      label('figure', 'text'),
      label('value', 'decimal'),
      ...compared.map((part) => label(part, part.endsWith('rowth') ? 'percent' : 'decimal')),
    ],
    rows: [rows],
  };
}
