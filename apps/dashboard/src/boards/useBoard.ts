/** A board for a screen: live rows for the page's period and department. */
import { computed, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { pathOf, type Params } from '../api/client';
import { useLive } from '../api/live';
import type { BoardAnswer } from '../api/types';
import { pick } from '../filters/filters';

const ACCEPTS = ['preset', 'from', 'to', 'departmentId'];

export const boardParams = (params: Params): Params => pick(params, ACCEPTS);

export interface BoardQuestion {
  board: string;
  params: Params;
  limit: number;
  me: string | null;
}

/** The snapshot of a board's topic, undefined until it has arrived. */
export function useBoard(
  question: Ref<BoardQuestion> | ComputedRef<BoardQuestion>,
): ShallowRef<BoardAnswer | undefined> {
  const topic = computed(() => {
    const { board, params, limit, me } = question.value;
    return pathOf(`leaderboards/${board}`, { ...boardParams(params), limit, around: me ?? undefined });
  });
  return useLive<BoardAnswer>(topic);
}
