import type { CatalogueEntry, Column } from '../api/types';
import { chartModel } from './model';

const column = (key: string, type: Column['type']): Column => ({
  key,
  type,
  label: { 'zh-CN': key, en: key },
});
const entry = (columns: CatalogueEntry['columns']): CatalogueEntry => ({ columns }) as CatalogueEntry;
const answer = (part: object) => ({ report: 'x', freshness: { asOf: null, lagMs: null }, ...part });

describe('what a chart shows', () => {
  it('leaves a gap where a value is not defined, and puts percentages on the right', () => {
    const model = chartModel(
      entry({
        series: [column('bucket', 'bucket'), column('value', 'money'), column('momGrowth', 'percent')],
      }),
      answer({ series: [{ bucket: '2026-01', value: '10.50', momGrowth: null }] }),
      'bars-and-line',
    );
    expect(model).toMatchObject({ shape: 'axes', keys: ['2026-01'], names: null });
    expect(model?.series).toEqual([
      { key: 'value', type: 'money', as: 'bar', axis: 0, values: [10.5] },
      { key: 'momGrowth', type: 'percent', as: 'line', axis: 1, values: [null] },
    ]);
  });

  it('shows the first ten of a board lying down', () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({
      rank: index,
      employeeId: `u${index}`,
      employeeName: null,
      value: 1,
    }));
    const model = chartModel(
      entry({
        rows: [
          column('rank', 'rank'),
          column('employeeId', 'id'),
          column('employeeName', 'text'),
          column('value', 'count'),
        ],
      }),
      answer({ rows }),
      'bars',
    );
    expect(model).toMatchObject({ shape: 'horizontal' });
    expect(model?.names).toHaveLength(10);
    expect(model?.names?.[0]).toBe('u0');
  });

  it('makes no pie of percentages', () => {
    const columns = [column('value', 'text'), column('customers', 'count'), column('rate', 'percent')];
    const model = chartModel(
      entry({ rows: columns }),
      answer({ rows: [{ value: 'A', customers: 3, rate: 1 }] }),
      'ring',
    );
    expect(model?.series.map(({ key }) => key)).toEqual(['customers']);
    expect(chartModel(entry({ rows: columns }), answer({}), 'table')).toBeNull();
  });
});
