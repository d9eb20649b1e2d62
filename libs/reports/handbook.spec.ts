import { handbook } from './handbook';
import { basesOf, meaningOf } from './meanings';
import type { ColumnType } from './columns';
import { REPORT_TERMS, TERMS } from './terms';
import { REPORTS } from './registry';

const NUMBERS: readonly ColumnType[] = ['money', 'quantity', 'count', 'percent', 'days', 'counts'];

describe.each(REPORTS.map((report) => [report.id, report] as const))('%s', (id, { columns }) => {
  it('says what it counts, and what each of its numbers means', () => {
    expect(basesOf(id).length).toBeGreaterThan(0);
    const all = [...(columns.headline ?? []), ...(columns.series ?? []), ...(columns.rows ?? [])];
    const silent = all.filter((column) => NUMBERS.includes(column.type) && meaningOf(id, column) === null);
    expect(silent.map(({ key }) => key)).toEqual([]);
  });
});

it('explains no column that no report has', () => {
  const keys = REPORTS.flatMap(({ id, columns: { headline = [], series = [], rows = [] } }) =>
    [...headline, ...series, ...rows].flatMap(({ key }) => [key, `${id}.${key}`]),
  );
  expect([...Object.keys(TERMS), ...Object.keys(REPORT_TERMS)].filter((key) => !keys.includes(key))).toEqual(
    [],
  );
});

it.each(['zh-CN', 'en'] as const)('names every report once in %s', (language) => {
  const text = handbook(language);
  for (const { id, name } of REPORTS) expect(text.split(`### ${name[language]} \`${id}\``)).toHaveLength(2);
  expect(text).not.toMatch(/undefined|null|\[object/);
});
