import { array, assert, constantFrom, jsonValue, property, string, tuple } from 'fast-check';
import { dataSlice } from './event-data';

const taken = (json: string | Buffer): unknown => {
  const bytes = Buffer.from(json);
  const slice = dataSlice(bytes);
  return slice && (JSON.parse(bytes.toString('utf8', slice.start, slice.end)) as unknown);
};

test('is what a parser takes for the data, wherever it stands and however it is written', () => {
  const names = constantFrom('data', 'id', 'dat', 'data_base64', '数据');
  const members = array(tuple(names, jsonValue(), constantFrom('', ' ', '\n\t')), { maxLength: 6 });
  assert(
    property(members, (list) => {
      const text = list.map(
        ([name, value, space]) =>
          `${space}${JSON.stringify(name)}${space}:${space}${JSON.stringify(value, null, space)}${space}`,
      );
      const json = `{${text.join(',')} }`;
      const { data } = JSON.parse(json) as { data?: unknown };
      expect(taken(json)).toEqual(data ?? null);
    }),
    { numRuns: 500 },
  );
});

test('is not looked for in strings', () => {
  assert(
    property(string({ unit: constantFrom('"', '\\', '{', '}', ',', ':', 'data') }), (text) => {
      expect(taken(JSON.stringify({ id: text, data: [text], time: text }))).toEqual([text]);
    }),
  );
});

test.each([
  ['a name with escapes', '{"data":1,"d\\u0061ta":2}'],
  ['bytes that are no UTF-8', Buffer.from('{"data":"\xff"}', 'latin1')],
  ['no data', '{"id":"data"}'],
])('says nothing of %s', (_, json) => {
  expect(dataSlice(Buffer.from(json))).toBeNull();
});
