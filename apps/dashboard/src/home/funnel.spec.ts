import { stagesOf } from './funnel';

const row = (stageId: string, count: number, amount: string) => ({
  stageId,
  stageName: stageId,
  count,
  amount,
});

describe('the funnel', () => {
  const rows = [row('a', 4, '100.00'), row('b', 8, '50.00'), row('c', 0, '0.00'), row('d', 2, '10.00')];

  it('keeps the order of stages, with step and overall conversion by number', () => {
    expect(
      stagesOf(rows, 'count').map(({ stageId, width, step, overall }) => [stageId, width, step, overall]),
    ).toEqual([
      ['a', 50, null, 100],
      ['b', 100, 200, 200],
      ['c', 0, 0, 0],
      ['d', 25, null, 50],
    ]);
  });

  it('compares by amount where asked to', () => {
    expect(stagesOf(rows, 'amount').map(({ width }) => width)).toEqual([100, 50, 0, 10]);
  });

  it('has no widths and no rates without anything in it', () => {
    expect(stagesOf([row('a', 0, '0.00')], 'count')).toMatchObject([{ width: 0, step: null, overall: null }]);
  });
});
