import * as fc from 'fast-check';
import { compareText } from './order';

test('texts stand in the order of their code points, as their UTF-8 bytes do', () => {
  const character = fc.constantFrom('a', 'b', 'é', '\ufffd', '\uff5e', '𠮷', '😀', '中');
  const texts = fc.string({ unit: character, maxLength: 4 });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
