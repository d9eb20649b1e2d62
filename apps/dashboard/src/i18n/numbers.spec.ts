import {
  ageParts,
  bucketLabel,
  compact,
  count,
  difference,
  fromMinor,
  minor,
  money,
  percent,
  quantity,
} from './numbers';

describe('numbers as each language writes them', () => {
  it.each([
    ['12345678.90', '1234.57万', '12.35M'],
    ['1234567890.00', '12.35亿', '1.23B'],
    ['9876', '9876', '9.88K'],
    ['0.00', '0', '0'],
  ])('%s in few characters: %s, %s', (value, zh, en) => {
    expect(compact(value, 'zh-CN')).toBe(zh);
    expect(compact(value, 'en')).toBe(en);
  });

  it('writes money to the cent, beyond what a binary number holds', () => {
    expect(money('9007199254740993.01', 'en')).toBe('9,007,199,254,740,993.01');
    expect(money('-0.50', 'zh-CN')).toBe('-0.50');
    expect(quantity('1234.50', 'en')).toBe('1,234.5');
    expect(count(1234, 'en')).toBe('1,234');
  });

  it('writes what is not defined as --', () => {
    for (const write of [money, count, compact, quantity]) expect(write(null, 'en')).toBe('--');
    expect(percent(null, 'en')).toBe('--');
    expect(percent(66.67, 'zh-CN', 1)).toBe('66.7%');
  });

  it('takes the exact difference of decimal strings', () => {
    expect(difference('9007199254740993.01', '0.02')).toBe('9007199254740992.99');
    expect(difference('0.10', '0.30')).toBe('-0.20');
    expect(fromMinor(minor('-0.05'))).toBe('-0.05');
    expect(fromMinor(minor(7))).toBe('7.00');
  });

  it('names buckets by the calendar, whatever zone the browser is in', () => {
    expect(bucketLabel('2026-05', 'zh-CN')).toBe('5月');
    expect(bucketLabel('2026-05-01', 'en')).toBe('5/1');
  });

  it('chooses the unit of an age that reads best', () => {
    expect(ageParts(-5)).toEqual({ unit: 'seconds', n: 0 });
    expect(ageParts(89_000)).toEqual({ unit: 'seconds', n: 89 });
    expect(ageParts(90_000)).toEqual({ unit: 'minutes', n: 2 });
    expect(ageParts(5_400_000)).toEqual({ unit: 'hours', n: 2 });
    expect(ageParts(172_800_000)).toEqual({ unit: 'days', n: 2 });
  });
});
