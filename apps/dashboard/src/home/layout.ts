/** Which panels the home page shows, and in which order. */

export const PANELS = [
  'briefing',
  'board',
  'target',
  'funnel',
  'goal',
  'summary',
  'feed',
  'forgotten',
] as const;
export type PanelName = (typeof PANELS)[number];

export interface PanelChoice {
  name: PanelName;
  shown: boolean;
}

export const STANDARD: readonly PanelChoice[] = PANELS.map((name) => ({ name, shown: true }));

/** A stored layout made whole: panels it does not know are added, those that are gone fall out. */
export function completed(stored: unknown): PanelChoice[] {
  const known = new Set<string>(PANELS);
  const choices: PanelChoice[] = [];
  for (const item of Array.isArray(stored) ? (stored as unknown[]) : []) {
    const { name, shown } = (item ?? {}) as Partial<PanelChoice>;
    if (name === undefined || !known.has(name)) continue;
    known.delete(name);
    choices.push({ name, shown: shown !== false });
  }
  return [...choices, ...STANDARD.filter(({ name }) => known.has(name))];
}

/** The panels with one of them at another place. */
export function moved(choices: readonly PanelChoice[], name: PanelName, to: number): PanelChoice[] {
  const panel = choices.find((choice) => choice.name === name);
  if (!panel) return [...choices];
  const others = choices.filter((choice) => choice !== panel);
  const at = Math.min(others.length, Math.max(0, to));
  return [...others.slice(0, at), panel, ...others.slice(at)];
}

export const switched = (choices: readonly PanelChoice[], name: PanelName): PanelChoice[] =>
  choices.map((choice) => (choice.name === name ? { ...choice, shown: !choice.shown } : choice));
