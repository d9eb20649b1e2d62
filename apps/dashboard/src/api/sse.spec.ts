import fc from 'fast-check';
import { SseParser } from './sse';

const TEXT =
  ': hello\n\nevent: feed\nid: 7\ndata: {"a":1}\n\ndata: one\r\ndata:two\r\n\r\nevent: nothing\n\ndata: half';
const WANTED = [
  { event: 'feed', data: '{"a":1}' },
  { event: 'message', data: 'one\ntwo' },
];

describe('server-sent events', () => {
  it('are read from pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 100, maxLength: 120 }), (sizes) => {
        const parser = new SseParser();
        const messages = [];
        let at = 0;
        for (const size of sizes) {
          messages.push(...parser.feed(TEXT.slice(at, at + size)));
          at += size;
        }
        expect(messages).toEqual(WANTED);
      }),
    );
  });
});
