/** Keyboard shortcuts of every screen. */
import { onBeforeUnmount, onMounted } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { isPreset, stepPreset } from '../filters/period';
import { preferences } from './preferences';

const EDITABLE = 'input, select, textarea, dialog[open], [contenteditable]';

export function toggleTheme(): void {
  preferences.theme = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
}

export function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen?.();
}

/** Listens while the component lives; `onHelp` opens the list of shortcuts. */
export function useShortcuts(onHelp: () => void): void {
  const route = useRoute();
  const router = useRouter();
  const step = (by: -1 | 1): void => {
    const select = document.querySelector<HTMLSelectElement>('select[data-shortcut=filter]');
    if (!select || !isPreset(select.value)) return;
    const preset = stepPreset(select.value, by);
    void router.replace({ query: { ...route.query, preset, from: undefined, to: undefined } });
  };
  const actions: Record<string, () => void> = {
    '/': () => document.querySelector<HTMLElement>('.filter-bar select, .filter-bar input')?.focus(),
    f: toggleFullScreen,
    t: () => void router.push('/tv'),
    d: toggleTheme,
    '[': () => step(-1),
    ']': () => step(1),
    '?': onHelp,
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(EDITABLE)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  onMounted(() => document.addEventListener('keydown', onKey));
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey));
}
