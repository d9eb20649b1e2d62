import { compareText, decimal, growth, hundredths, mean, percent } from './exact';

describe('exact arithmetic', () => {
  it('rounds half away from zero', () => {
    expect(percent(-1n, 32n)).toBe(-3.13); // -3.125
    expect(percent(1n, 32n)).toBe(3.13);
    expect(percent(2n, 3n)).toBe(66.67);
    expect(mean([1, 2, 2, 2])).toBe(1.8); // 1.75
  });

  it('has no ratio, growth or mean without a base', () => {
    expect(percent(5n, 0n)).toBeNull();
    expect(growth(5n, 0n)).toBeNull();
    expect(mean([])).toBeNull();
  });

  it('falls by 100 % to nothing', () => expect(growth(0n, 300n)).toBe(-100));

  it.each(['0.00', '-0.01', '-12.50', '9999999999999.99'])('keeps %s', (text) => {
    expect(decimal(hundredths(text))).toBe(text);
  });

  it('orders text by code point, not by UTF-16 unit', () => {
    expect(['😀', 'Ａ', 'b', 'a10', 'a9'].sort(compareText)).toEqual(['a10', 'a9', 'b', 'Ａ', '😀']);
  });
});
