/** The time, once a second, for everything that shows an age; it rests while nobody looks. */
import { readonly, ref } from 'vue';

const now = ref(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
document.addEventListener('visibilitychange', () => (now.value = Date.now()));

export const clockNow = readonly(now);
