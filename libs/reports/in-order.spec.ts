import fc from 'fast-check';
import { inOrder, jsonInOrder, keysInOrder } from './in-order';

test('keys that are whole numbers stay where they are, also two that are one', () => {
  const counts = inOrder([
    ['5', 1],
    ['good', 2],
    ['4', 3],
    ['__proto__', 4],
    ['5', 5],
  ]);
  expect(keysInOrder(counts)).toEqual(['5', 'good', '4', '__proto__']);
  expect(jsonInOrder({ rows: [{ counts }], none: undefined })).toBe(
    '{"rows":[{"counts":{"5":5,"good":2,"4":3,"__proto__":4}}]}',
  );
  expect(counts).toEqual(Object.fromEntries(Object.entries(counts)));
});

test('other data is written as ever', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonInOrder(value)).toBe(JSON.stringify(value));
    }),
  );
  const data = { a: [undefined, null, 1.5, -0], b: { c: undefined, d: '\u2028"' }, 2: 'x' };
  expect(jsonInOrder(data)).toBe(JSON.stringify(data));
});
