import { and, date, integers, join, raw, sql, text, texts } from './sql';

test('values become typed parameters, and no value enters the text', () => {
  const evil = "'; DROP TABLE contract --";
  const { statement, parameters } =
    sql`SELECT 1 WHERE ${and(sql`a = ${text(evil)}`, sql`b IN ${texts([evil])}`)}`.compile();
  expect(statement).toBe('SELECT 1 WHERE a = {p1:String} AND b IN {p2:Array(String)}');
  expect(parameters).toEqual({ p1: evil, p2: [evil] });
});

test('equal values of one type share a parameter', () => {
  const { statement, parameters } =
    sql`${text('x')} ${text('x')} ${date('2026-01-01')} ${integers([1])}`.compile();
  expect(statement).toBe('{p1:String} {p1:String} {p2:Date32} {p3:Array(Int64)}');
  expect(Object.keys(parameters)).toHaveLength(3);
});

test('fragments keep their parameters when they are nested', () => {
  const inner = sql`SELECT id FROM t WHERE tenant = ${text('acme')}`;
  const outer = sql`SELECT 2 WHERE id IN (${inner}) AND ${join([raw('x'), raw('y')], ' + ')} = ${text('z')}`;
  expect(outer.compile()).toEqual({
    statement: 'SELECT 2 WHERE id IN (SELECT id FROM t WHERE tenant = {p1:String}) AND x + y = {p2:String}',
    parameters: { p1: 'acme', p2: 'z' },
  });
});
