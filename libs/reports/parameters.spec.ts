import { BadParameters } from './errors';
import {
  recordsQueryOf,
  parseQuery,
  StandardQuery,
  YearQuery,
  PagedCategoryQuery,
  BoardQuery,
  GoalQuery,
  type BaseQuery,
  type QueryClass,
  type RawQuery,
} from './parameters';

const wrong = (Class: QueryClass<BaseQuery>, query: RawQuery): string[] => {
  try {
    parseQuery(Class, query);
    return [];
  } catch (error) {
    if (error instanceof BadParameters) return error.errors.map(({ parameter }) => parameter);
    throw error;
  }
};

test.each<[string, QueryClass<BaseQuery>, RawQuery, string[]]>([
  ['nothing', StandardQuery, {}, []],
  ['an absent value', StandardQuery, { preset: undefined }, []],
  ['an unknown parameter', StandardQuery, { colour: 'red' }, ['colour']],
  ['a parameter of another report', StandardQuery, { year: '2026' }, ['year']],
  ['an employee for a leaderboard', BoardQuery, { employeeId: 'u1' }, ['employeeId']],
  ['a scope for goals', GoalQuery, { scope: 'self' }, ['scope']],
  ['an unknown preset', StandardQuery, { preset: 'last-60-days' }, ['preset']],
  ['an empty preset', StandardQuery, { preset: '' }, ['preset']],
  ['a name of every object', StandardQuery, { preset: 'constructor' }, ['preset']],
  ['a prototype as parameter', StandardQuery, { toString: 'x' }, ['toString']],
  ['a date that does not exist', StandardQuery, { from: '2026-02-30', to: '2026-03-01' }, ['from']],
  ['a date in another form', StandardQuery, { from: '2026-2-3', to: '20260303' }, ['from', 'to']],
  ['a day before all days', StandardQuery, { today: '1900-01-01' }, ['today']],
  ['a repeated parameter', StandardQuery, { preset: ['year', 'month'] }, ['preset']],
  ['an id too long', StandardQuery, { departmentId: 'd'.repeat(65) }, ['departmentId']],
  ['an id of 64 code points', StandardQuery, { departmentId: '𠮷'.repeat(64) }, []],
  ['an id with NUL', StandardQuery, { employeeId: 'a\0b' }, ['employeeId']],
  ['a lone surrogate', StandardQuery, { employeeId: '\ud800' }, ['employeeId']],
  ['a quote, which is an id like any other', StandardQuery, { employeeId: "' OR 1=1 --" }, []],
  ['an unknown scope', StandardQuery, { scope: 'all' }, ['scope']],
  ['a fraction of a year', YearQuery, { year: '2026.5' }, ['year']],
  ['a year as a power', YearQuery, { year: '2e3' }, ['year']],
  ['a negative page', PagedCategoryQuery, { offset: '-1' }, ['offset']],
  ['a page of nothing', PagedCategoryQuery, { limit: '0' }, ['limit']],
  ['a page too long', PagedCategoryQuery, { limit: '1001' }, ['limit']],
  ['half a page', PagedCategoryQuery, { limit: '2.5', offset: '' }, ['limit', 'offset']],
  ['several at once', PagedCategoryQuery, { limit: 'x', preset: 'x', x: 'x' }, ['preset', 'limit', 'x']],
])('%s', (_, Class, query, parameters) => {
  expect(wrong(Class, query).sort()).toEqual([...parameters].sort());
});

test('whole numbers come as numbers', () => {
  expect(parseQuery(PagedCategoryQuery, { limit: '20', offset: '40' })).toMatchObject({
    limit: 20,
    offset: 40,
  });
});

test('records take the parameters of their report, the cell and a page', () => {
  const query = { year: '2025', column: 'value', bucket: '2025-03', limit: '5' };
  expect(parseQuery(recordsQueryOf(YearQuery), query)).toMatchObject({
    year: 2025,
    column: 'value',
    limit: 5,
  });
  expect(wrong(recordsQueryOf(YearQuery), { preset: 'year' })).toEqual(['preset']);
  expect(wrong(YearQuery, { column: 'value' })).toEqual(['column']);
});
