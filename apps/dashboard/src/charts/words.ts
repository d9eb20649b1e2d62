/** What a chart says, in the current language. */
import type { Column } from '../api/types';
import { label } from '../i18n';
import { show, showShort } from '../i18n/show';
import type { ChartWords } from './engine';

export const wordsFor = (title: string, columns: readonly Column[]): ChartWords => ({
  title,
  series: (key) => label(columns.find((column) => column.key === key)?.label),
  place: (key, name) => name ?? show(key, 'bucket'),
  value: (value, type) => show(value, type),
  short: (value, type) => showShort(value, type),
});
