import { setTimeout as sleep } from 'node:timers/promises';
import { readXlsx, unzip } from '../../../test/support/xlsx';
import { text, type Cell, type Document, type Row, type Table } from '../table';
import { columnLetters } from './cells';
import { xlsx, type XlsxOptions } from './workbook';

const table = (title: string, rows: Table['rows'], columns = 1): Table => ({
  title,
  header: Array.from({ length: columns }, (_, i) => ({ label: `Column ${i}`, type: 'text' })),
  rows,
});
const cover = table('About', []);

async function written(document: Document, options?: XlsxOptions): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of xlsx(document, options)) parts.push(part);
  return Buffer.concat(parts);
}

/** The cells of one column of values, below the header. */
async function cellsOf(values: Cell[]): Promise<(string | undefined)[]> {
  const [sheet] = readXlsx(await written({ tables: [table('T', [values.map((cell) => [cell])])], cover }));
  return (sheet?.rows ?? []).slice(1).map((row) => row.get('A')?.value);
}

test('a sheet per table, the cover last', async () => {
  const file = await written({ tables: [table('A', [[[text('a')]]]), table('B', [])], cover });
  expect(readXlsx(file).map(({ name, rows }) => [name, rows.length])).toEqual([
    ['A', 2],
    ['B', 1],
    ['About', 1],
  ]);
  expect([...unzip(file).keys()]).toContain('[Content_Types].xml');
});

test('decimals keep every digit', async () => {
  const digits = ['9999999999999.99', '-0.10', '1200.00', '90071992547409.93'];
  expect(await cellsOf(digits.map((value) => ({ type: 'decimal', value })))).toEqual(digits);
});

test('dates and times are days of the spreadsheet, the leap day of 1900 included', async () => {
  const date = (value: string): Cell => ({ type: 'date', value });
  const cells = [
    date('1900-01-01'),
    date('1900-02-28'),
    date('1900-03-01'),
    date('2026-05-20'),
    date('2299-12-31'),
  ];
  expect(await cellsOf(cells)).toEqual(['1', '59', '61', '46162', '146098']);
  expect(await cellsOf([{ type: 'time', value: '2026-05-20 18:00:00' }])).toEqual(['46162.7500000000']);
});

test('texts are texts: formulas, markup, control characters, halves of pairs', async () => {
  const texts = ['=1+1', '<b>&"\'', ' edge ', 'a\u0001b', '_x0041_', 'two\r\nlines', '\uD800', '🦄', '00123'];
  const [sheet] = readXlsx(
    await written({ tables: [table('T', [texts.map((value) => [text(value)])])], cover }),
  );
  const cells = (sheet?.rows ?? []).slice(1).map((row) => row.get('A'));
  expect(cells.map((cell) => cell?.value)).toEqual(texts);
  expect(cells.every((cell) => cell?.type === 'inlineStr')).toBe(true);
  // Only what looks like a formula has the style that keeps it text when edited.
  expect(cells.map((cell) => cell?.style)).toEqual(['8', ...texts.slice(1).map(() => undefined)]);
});

test('a table longer than a sheet goes on in the next, its header again', async () => {
  const rows = Array.from({ length: 7 }, (_, i): Row => [text(String(i))]);
  const file = await written({ tables: [table('T', [rows])], cover }, { maxSheetRows: 4 });
  const sheets = readXlsx(file).map(({ name, rows }) => [
    name,
    rows.map((row) => row.get('A')?.value).join(' '),
  ]);
  expect(sheets.slice(0, -1)).toEqual([
    ['T', 'Column 0 0 1 2'],
    ['T (2)', 'Column 0 3 4 5'],
    ['T (3)', 'Column 0 6'],
  ]);
});

test('names of sheets are short, plain and different', async () => {
  const long = 'x'.repeat(40);
  const file = await written({ tables: [table('a/b:c', []), table(long, []), table(long, [])], cover });
  expect(readXlsx(file).map(({ name }) => name)).toEqual([
    'a b c',
    'x'.repeat(31),
    `${'x'.repeat(27)} (2)`,
    'About',
  ]);
});

test('columns are lettered beyond Z', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
});

test('a failure of the rows is thrown, and the file ends without its directory', async () => {
  async function* failing(): AsyncGenerator<Row[]> {
    for (let i = 0; i < 50; i++) yield Array.from({ length: 200 }, () => [text(String(Math.random()))]);
    throw new Error('the warehouse went away');
  }
  const parts: Buffer[] = [];
  const reading = (async () => {
    for await (const part of xlsx({ tables: [table('T', failing())], cover })) parts.push(part);
  })();
  await expect(reading).rejects.toThrow('the warehouse went away');
  expect(parts.length).toBeGreaterThan(1);
  expect(() => unzip(Buffer.concat(parts))).toThrow();
});

test('who stops reading stops the rows', async () => {
  let given = 0;
  let ended = false;
  async function* endless(): AsyncGenerator<Row[]> {
    try {
      for (;;) {
        given += 1;
        yield Array.from({ length: 100 }, () => [text(String(Math.random()))]);
      }
    } finally {
      ended = true;
    }
  }
  const bytes = xlsx({ tables: [table('T', endless())], cover });
  await bytes.next();
  await sleep(100);
  const ahead = given;
  await sleep(100);
  expect(given).toBe(ahead);
  await bytes.return(undefined);
  await sleep(20);
  expect(ended).toBe(true);
});
