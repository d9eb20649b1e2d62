/** What a file is about, as a table of two columns. */
import type { AnyReport, Asked } from '#reports';
import { localTime, type Circumstances } from './cells';
import { text, type Row, type Table } from './table';
import { word, type Word } from './words';

export interface CoverFacts extends Circumstances {
  /** ISO 4217. */
  currency: string;
  /** Everything accepted before this instant is in the file; null while that is not known. */
  asOf: string | null;
}

export type Fact = readonly [name: Word, value: string | number];

/** The cover; `more` are facts of the file's own. */
export function coverOf(
  report: AnyReport,
  asked: Asked,
  more: readonly Fact[],
  { language, zone, currency, asOf }: CoverFacts,
): Table {
  const facts: Fact[] = [
    ['report', report.name[language]],
    ['about', report.about[language]],
    ['period', periodText(asked)],
    ['asOf', asked.today],
    ['scope', scopeText(asked, language)],
    ...more,
    ['currency', currency],
    ['timeZone', zone.name],
    ...(asOf === null ? [] : [['complete', localTime(asOf, zone)] as const]),
  ];
  return {
    title: word('cover', language),
    header: [
      { label: word('figure', language), type: 'text' },
      { label: word('value', language), type: 'text' },
    ],
    rows: [
      facts.map(([name, value]): Row => [
        text(word(name, language)),
        typeof value === 'number' ? { type: 'integer', value } : text(value),
      ]),
    ],
  };
}

/** `2026-01-01_2026-12-31`; the day alone for one day, or for a report without period. */
export function periodText({ period, today }: Asked): string {
  if (period === null) return today;
  return period.from === period.to ? period.from : `${period.from}_${period.to}`;
}

export function scopeText({ scope: { kind, name } }: Asked, language: Circumstances['language']): string {
  if (name !== undefined) return name;
  switch (kind) {
    case 'self':
      return word('oneself', language);
    case 'department':
      return word('own-department', language);
    case 'employee':
      return word('permitted', language);
    default:
      return word(kind, language);
  }
}
