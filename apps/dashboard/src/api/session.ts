/**
 * The key this page speaks with: in memory, and in the browser's storage only where the user asked.
 * Without one the server decides: it is open, or a wall screen's cookie speaks, or it asks to sign in.
 */
import { readonly, ref } from 'vue';
import { forget, recall, remember } from './storage';

const STORED = 'floorboard.key';

const key = ref<string | null>(recall<string>(STORED));
const refused = ref(false);

/** True once the server has answered 401: the shell then shows the sign-in screen. */
export const signInNeeded = readonly(refused);
export const signedInKey = readonly(key);

export const currentKey = (): string | null => key.value;

export function keyRefused(): void {
  refused.value = true;
}

/** Speaks with a key from now on; `keep` writes it into this browser. */
export function signIn(given: string, keep: boolean): void {
  key.value = given;
  refused.value = false;
  if (keep) remember(STORED, given);
  else forget(STORED);
}

export function signOut(): void {
  key.value = null;
  refused.value = true;
  forget(STORED);
}
