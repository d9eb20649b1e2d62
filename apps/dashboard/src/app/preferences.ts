/** What a person chose for this browser: language, theme, and how change is coloured. */
import { reactive, ref, watch } from 'vue';
import { recall, remember } from '../api/storage';

export type Locale = 'zh-CN' | 'en';
export type Theme = 'system' | 'light' | 'dark';
export type UpColour = 'red' | 'green';

export interface Preferences {
  locale: Locale;
  theme: Theme;
  /** The colour of a rise; null: as the tenant chose. */
  up: UpColour | null;
  /** Only the first places and one's own, for floors that do not want the end of the list shown. */
  privateBoards: boolean;
}

const STORED = 'floorboard.preferences';

export const localeOf = (language: string | undefined): Locale =>
  language?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';

export const preferences = reactive<Preferences>({
  locale: localeOf(navigator.language),
  theme: 'system',
  up: null,
  privateBoards: false,
  ...recall<Partial<Preferences>>(STORED),
});

const dark = window.matchMedia('(prefers-color-scheme: dark)');

const printing = window.matchMedia('print');

/** The theme that the document wears now, by choice or by the system's; on paper always the light one. */
export const worn = ref<'light' | 'dark'>('light');

/** What the tenant chose, once it is known; until then what people of the language are used to. */
export const tenantUp = ref<UpColour | null>(null);

/** The tenant's time zone, once it is known: dates are its dates, wherever the screen hangs. */
export const tenantZone = ref<string | undefined>();

export const upColour = (): UpColour =>
  preferences.up ?? tenantUp.value ?? (preferences.locale === 'zh-CN' ? 'red' : 'green');

function apply(): void {
  const { theme, locale } = preferences;
  const root = document.documentElement;
  root.lang = locale;
  const chosen = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  worn.value = printing.matches ? 'light' : chosen;
  root.dataset['theme'] = worn.value;
  root.dataset['up'] = upColour();
}

/** Applies the choices to the document and keeps them, now and whenever they change. */
export function startPreferences(): void {
  apply();
  dark.addEventListener('change', apply);
  printing.addEventListener('change', apply);
  watch(tenantUp, apply);
  watch(preferences, (now) => {
    apply();
    remember(STORED, now);
  });
}
