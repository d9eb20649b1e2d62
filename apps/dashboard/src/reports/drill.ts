/** The one dialog of records that any figure of a screen opens. */
import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type { Params } from '../api/client';

export interface Drill {
  report: string;
  /** What the figure is called. */
  title: string;
  params: Params;
}

const KEY: InjectionKey<(drill: Drill) => void> = Symbol('drill');

/** In the screen that holds the dialog: what is opened, null while nothing is. */
export function provideDrill(): ShallowRef<Drill | null> {
  const open = shallowRef<Drill | null>(null);
  provide(KEY, (drill) => (open.value = drill));
  return open;
}

/** Opens the records behind a figure; does nothing where no screen holds the dialog (a wall). */
export const useDrill = (): ((drill: Drill) => void) => inject(KEY, () => undefined);
