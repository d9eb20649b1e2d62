import { completed, moved, PANELS, STANDARD, switched } from './layout';

describe('the layout of the home page', () => {
  it('makes a stored one whole: new panels are added, unknown and doubled ones fall out', () => {
    const stored = [{ name: 'feed', shown: false }, { name: 'feed' }, { name: 'gone', shown: true }, null, 7];
    const choices = completed(stored);
    expect(choices[0]).toEqual({ name: 'feed', shown: false });
    expect(choices.map(({ name }) => name).sort()).toEqual([...PANELS].sort());
    expect(completed('nonsense')).toEqual(STANDARD);
  });

  it('moves a panel, at most to the ends', () => {
    const names = (to: number): string[] => moved(STANDARD, 'target', to).map(({ name }) => name);
    expect(names(0).slice(0, 2)).toEqual(['target', 'briefing']);
    expect(names(99).at(-1)).toBe('target');
    expect(names(-3)[0]).toBe('target');
  });

  it('hides and shows one panel', () => {
    const hidden = switched(STANDARD, 'goal');
    expect(hidden.filter(({ shown }) => !shown).map(({ name }) => name)).toEqual(['goal']);
    expect(switched(hidden, 'goal')).toEqual(STANDARD);
  });
});
