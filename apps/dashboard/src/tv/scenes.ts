/** The scenes of a wall screen, from its address. */
import { BOARDS } from '../boards/movement';

export interface Scene {
  /** As it stands in the address and in a screen token. */
  id: string;
  kind: 'board' | 'funnel' | 'goals' | 'feed';
  board?: string;
}

/** Every scene there is. */
export const SCENES: readonly Scene[] = [
  ...BOARDS.map((board): Scene => ({ id: board, kind: 'board', board })),
  { id: 'funnel', kind: 'funnel' },
  { id: 'goals', kind: 'goals' },
  { id: 'feed', kind: 'feed' },
];
export const STANDARD_SCENES = 'rank-contract-amount,rank-receivable-amount,goals,funnel,feed';

/** The scenes that a list names, in its order; the standard ones where it names none. */
export function scenesOf(list: string): Scene[] {
  const find = (ids: string): Scene[] =>
    ids.split(',').flatMap((id) => SCENES.find((scene) => scene.id === id.trim()) ?? []);
  const found = find(list);
  return found.length > 0 ? found : find(STANDARD_SCENES);
}

/** Seconds a scene stays; from 5 to an hour. */
export const dwellOf = (text: string): number => {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(3600, Math.max(5, seconds)) : 20;
};
