import { sorted } from './sort';

describe('sorting in the browser', () => {
  it('compares money exactly, undefined values last either way', () => {
    const rows = [{ v: '9007199254740993.00' }, { v: null }, { v: '9007199254740992.99' }, { v: '-1.00' }];
    const order = (down: boolean): unknown[] =>
      sorted(rows, { key: 'v', down }, 'money', 'en').map(({ v }) => v);
    expect(order(true)).toEqual(['9007199254740993.00', '9007199254740992.99', '-1.00', null]);
    expect(order(false)).toEqual(['-1.00', '9007199254740992.99', '9007199254740993.00', null]);
  });

  it('keeps the order of equal rows, and the order given without a sort', () => {
    const rows = [
      { n: 2, id: 'x' },
      { n: 1, id: 'y' },
      { n: 2, id: 'z' },
    ];
    expect(sorted(rows, { key: 'n', down: true }, 'count', 'en').map(({ id }) => id)).toEqual([
      'x',
      'z',
      'y',
    ]);
    expect(sorted(rows, null, 'count', 'en')).toBe(rows);
  });

  it('sorts text with numbers in it as people read it', () => {
    const rows = ['HT-10', 'HT-9'].map((number) => ({ number }));
    expect(sorted(rows, { key: 'number', down: false }, 'text', 'zh-CN')[0]).toEqual({ number: 'HT-9' });
  });
});
