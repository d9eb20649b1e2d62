/** The words of the current language; reading them in a template follows a change of language. */
import { shallowRef } from 'vue';
import { preferences, type Locale } from '../app/preferences';
import type { Names } from '../api/types';
import type { Key } from './en';
import { fill } from './words';

export type { Key } from './en';

type Words = Readonly<Record<Key, string>>;

const READ: Readonly<Record<Locale, () => Promise<Words>>> = {
  en: async () => (await import('./en')).en,
  'zh-CN': async () => (await import('./zh')).zh,
};
const words = shallowRef<Partial<Words>>({});

/** Takes the words of a language, which are fetched when it is first shown. */
export async function loadWords(locale: Locale): Promise<void> {
  const read = await READ[locale]();
  // Another language may have been asked for meanwhile.
  if (preferences.locale === locale) words.value = read;
}

export const t = (key: Key, values?: Readonly<Record<string, string | number>>): string =>
  fill(words.value[key] ?? key, values);

/** A word whose key is put together from data; the data itself where there is none. */
export const tOr = (key: string, otherwise: string): string => words.value[key as Key] ?? otherwise;

/** A name that the server gives in both languages. */
export const label = (names: Names | undefined): string => names?.[preferences.locale] ?? '';
