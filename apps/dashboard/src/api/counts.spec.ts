import { parseCounted } from './counts';

test('options keep the order of the text, whatever they and the names beside them look like', () => {
  const text =
    '{"rows":[{"employeeName":"\\"counts\\":{\\"x\\":1}","counts":{"5":1,"{好}\\"":2,"4":0}}],' +
    '"totals":{"visits":3,"counts":{"5":1,"{好}\\"":2,"4":0}}}';
  const counts = [
    ['5', 1],
    ['{好}"', 2],
    ['4', 0],
  ];
  expect(parseCounted(text)).toEqual({
    rows: [{ employeeName: '"counts":{"x":1}', counts }],
    totals: { visits: 3, counts },
  });
});

test('an answer without counts is what it is', () => {
  expect(parseCounted('{"rows":[{"value":1}],"period":null}')).toEqual({
    rows: [{ value: 1 }],
    period: null,
  });
});
