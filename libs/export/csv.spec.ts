import { parse } from 'csv-parse/sync';
import { csv } from './csv';
import { text, type Cell, type Document, type Table } from './table';

const table = (title: string, rows: Cell[][]): Table => ({
  title,
  header: [
    { label: 'Name', type: 'text' },
    { label: 'Amount', type: 'decimal' },
  ],
  rows: [rows],
});

async function written(...tables: Table[]): Promise<string> {
  const document: Document = { tables, cover: table('About', []) };
  const parts: Buffer[] = [];
  for await (const part of csv(document)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('one table is a byte order mark, a header and rows that end in CRLF', async () => {
  const file = await written(
    table('Rows', [
      [text('华为'), { type: 'decimal', value: '-1200.50' }],
      [null, null],
    ]),
  );
  expect(file).toBe('\uFEFFName,Amount\r\n华为,-1200.50\r\n,\r\n');
});

test('several tables are sections with headings and an empty line between them', async () => {
  const file = await written(table('A', [[text('x'), null]]), table('B', []));
  expect(file).toBe('\uFEFFA\r\nName,Amount\r\nx,\r\n\r\nB\r\nName,Amount\r\n');
});

test('quotes, commas and line ends survive a reader of RFC 4180', async () => {
  const texts = ['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', '', ' edge ', '🦄'];
  const file = await written(
    table(
      'Rows',
      texts.map((value) => [text(value), null]),
    ),
  );
  const read = parse(file, { bom: true, record_delimiter: '\r\n' });
  expect(read.slice(1).map(([first]) => first)).toEqual(texts);
});

test.each(['=1+1', '+86 10', '-x', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1'])(
  'a text %j has an apostrophe before it',
  async (value) => {
    const read = parse(await written(table('Rows', [[text(value), null]])), {
      bom: true,
      record_delimiter: '\r\n',
    });
    expect(read[1]?.[0]).toBe(`'${value}`);
  },
);

test('numbers and dates have none', async () => {
  const cells: Cell[] = [
    { type: 'decimal', value: '-0.01' },
    { type: 'percent', value: -100 },
    { type: 'integer', value: -3 },
    { type: 'date', value: '2026-05-20' },
    { type: 'time', value: '2026-05-20 10:00:00' },
  ];
  const file = await written(
    table(
      'Rows',
      cells.map((cell) => [cell]),
    ),
  );
  expect(file.split('\r\n').slice(1, -1)).toEqual([
    '-0.01',
    '-100',
    '-3',
    '2026-05-20',
    '2026-05-20 10:00:00',
  ]);
});

test('a heading that looks like a formula is text too', async () => {
  expect(await written(table('=A', []), table('B', []))).toContain("'=A\r\n");
});
