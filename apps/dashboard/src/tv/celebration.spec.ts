import type { FeedItem } from '../api/types';
import { Celebrations, isQuiet } from './celebration';
import { dwellOf, scenesOf } from './scenes';

const NOW = new Date('2026-05-20T04:00:00Z');
const RULES = { minimum: '0', quietHours: null, timeZone: 'Asia/Shanghai' };
const deal = (key: string, amount = '100.00', at = NOW): FeedItem => ({
  key,
  kind: 'deal-won',
  at: at.toISOString(),
  employeeId: 'u1',
  employeeName: 'A',
  customerName: null,
  amount,
});
const keys = (items: FeedItem[]): string[] => items.map(({ key }) => key);

describe('celebrations', () => {
  it('are of new deals, each once on a screen, oldest first', () => {
    let kept: string[] = [];
    const screen = new Celebrations([], (seen) => (kept = seen));
    expect(screen.take([deal('a')], RULES, NOW)).toEqual([]);
    expect(keys(screen.take([deal('c'), deal('b'), deal('a')], RULES, NOW))).toEqual(['b', 'c']);
    expect(screen.take([deal('c'), deal('b'), deal('a')], RULES, NOW)).toEqual([]);
    const reloaded = new Celebrations(kept, () => undefined);
    expect(keys(reloaded.take([deal('c')], RULES, NOW))).toEqual([]);
    expect(keys(reloaded.take([deal('d'), deal('c')], RULES, NOW))).toEqual(['d']);
  });

  it('are not of old, small, or nightly deals, nor later on', () => {
    const screen = new Celebrations([], () => undefined);
    screen.take([], RULES, NOW);
    const old = new Date(NOW.getTime() - 11 * 60_000);
    expect(screen.take([deal('old', '100.00', old)], RULES, NOW)).toEqual([]);
    expect(screen.take([deal('small', '99.99')], { ...RULES, minimum: '100.00' }, NOW)).toEqual([]);
    expect(
      screen.take([deal('quiet')], { ...RULES, quietHours: { from: '11:00', to: '13:00' } }, NOW),
    ).toEqual([]);
    expect(screen.take([deal('old'), deal('small'), deal('quiet')], RULES, NOW)).toEqual([]);
  });

  it('rest in quiet hours of the zone, over midnight too', () => {
    const quiet = (time: string): boolean =>
      isQuiet(
        { quietHours: { from: '22:00', to: '07:00' }, timeZone: 'Asia/Shanghai' },
        new Date(`2026-05-20T${time}+08:00`),
      );
    expect(['21:59', '22:00', '00:30', '06:59', '07:00'].map(quiet)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('scenes', () => {
  it('come in the order of the list; the standard ones where it names none', () => {
    expect(scenesOf('feed, rank-follow-ups,nonsense').map(({ id }) => id)).toEqual([
      'feed',
      'rank-follow-ups',
    ]);
    expect(scenesOf('nonsense').map(({ kind }) => kind)).toEqual([
      'board',
      'board',
      'goals',
      'funnel',
      'feed',
    ]);
  });

  it('stay between five seconds and an hour', () => {
    expect(['1', '30', '99999', 'x', '-4', ''].map(dwellOf)).toEqual([5, 30, 3600, 20, 20, 20]);
  });
});
