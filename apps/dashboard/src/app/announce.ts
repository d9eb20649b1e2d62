/** What screen readers are told politely; the newest message wins. */
import { readonly, ref } from 'vue';

const message = ref('');
export const announcement = readonly(message);

/** People cannot listen faster than this; of what happens meanwhile they hear the last. */
const PAUSE_MS = 4_000;
let waiting: string | null = null;
let pause: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  if (pause !== undefined) {
    waiting = text;
    return;
  }
  message.value = text;
  pause = setTimeout(() => {
    pause = undefined;
    if (waiting !== null) announce(waiting);
    waiting = null;
  }, PAUSE_MS);
}
