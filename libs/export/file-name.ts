/** The names of files: what was asked, when and about whom. */
import type { AnyReport, Asked, Language } from '#reports';
import { periodText, scopeText } from './cover';

export type FileFormat = 'csv' | 'xlsx';

export const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Names have room for this much beside their ending. */
const MAX_LENGTH = 120;

/** What no file system wants in a name, nor a header. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNFIT = /[\u0000-\u001F\u007F-\u009F<>:"/\\|?*\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu;

const fit = (part: string): string => part.replace(UNFIT, ' ').replace(/\s+/g, ' ').trim();

/**
 * Report, period and scope, and for records the number they explain:
 * `客户总量分析_2026-01-01_2026-12-31_销售一部.csv`.
 */
export function fileName(
  report: AnyReport,
  asked: Asked,
  language: Language,
  format: FileFormat,
  cell: readonly string[] = [],
): string {
  const parts = [report.name[language], ...cell, periodText(asked), scopeText(asked, language)];
  return ended(parts, format);
}

/** The same in ASCII, for readers that know no other. */
export function plainFileName(
  report: AnyReport,
  asked: Asked,
  format: FileFormat,
  cell: readonly string[] = [],
): string {
  const parts = [report.id, ...cell, periodText(asked), asked.scope.kind];
  return ended(
    parts.map((part) => part.replace(/[^\x20-\x7E]/g, '_')),
    format,
  );
}

const ended = (parts: readonly string[], format: FileFormat): string =>
  `${[...parts.map(fit).join('_')].slice(0, MAX_LENGTH).join('')}.${format}`;

/** The Content-Disposition of a download (RFC 6266, the name in UTF-8 by RFC 8187). */
export function disposition(name: string, plainName: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plainName.replace(/["\\%;]/g, '_')}"; filename*=UTF-8''${encoded}`;
}
