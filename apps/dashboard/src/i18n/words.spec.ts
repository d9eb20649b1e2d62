import { en } from './en';
import { fill } from './words';
import { zh } from './zh';

describe('words', () => {
  it('fills gaps, and leaves those without a value visible', () => {
    expect(fill('{n} of {of}', { n: 0 })).toBe('0 of {of}');
  });

  it('have the same gaps in both languages', () => {
    const gaps = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect({ key, gaps: gaps(zh[key]) }).toEqual({ key, gaps: gaps(en[key]) });
    }
  });
});
