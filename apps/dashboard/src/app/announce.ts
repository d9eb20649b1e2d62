/** What screen readers are told politely; the newest message wins. */
import { readonly, ref } from 'vue';

const message = ref('');
export const announcement = readonly(message);

export function announce(text: string): void {
  message.value = text;
}
