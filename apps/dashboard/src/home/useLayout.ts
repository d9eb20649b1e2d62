/** The layout of whoever is signed in: on the server where it keeps layouts, in this browser in any case. */
import { ref, type Ref } from 'vue';
import { ApiError, getJson, send } from '../api/client';
import { recall, remember } from '../api/storage';
import { completed, type PanelChoice } from './layout';

/** A panel as the server keeps it. */
interface Place {
  panel: string;
  hidden?: boolean;
}
const PAGE = 'home';
const choiceOf = ({ panel, hidden }: Place): object => ({ name: panel, shown: hidden !== true });
const placeOf = ({ name, shown }: PanelChoice): Place => ({ panel: name, hidden: !shown });

const STORED = 'floorboard.layout';

export function useLayout(): { choices: Ref<PanelChoice[]>; save: (choices: PanelChoice[]) => void } {
  const choices = ref(completed(recall(STORED)));
  let touched = false;
  void getJson<Record<string, Place[]>>('/v1/layout')
    .then((layout) => {
      const stored = layout[PAGE];
      if (!touched && stored) choices.value = completed(stored.map(choiceOf));
    })
    .catch(ignoreRefusal);
  return {
    choices,
    save: (now) => {
      touched = true;
      choices.value = now;
      remember(STORED, now);
      send('PUT', '/v1/layout', { [PAGE]: now.map(placeOf) }).catch(ignoreRefusal);
    },
  };
}

/** A server that cannot be reached or asked: this browser keeps the layout then. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
