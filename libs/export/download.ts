/** A report or list of records as a file to send: its name, its type, and its bytes as they are made. */
import { runWholeRecords, runWholeReport, type Language, type RawQuery, type ReportContext } from '#reports';
import type { CoverFacts } from './cover';
import { csv } from './csv';
import { disposition, fileName, MEDIA_TYPES, plainFileName, type FileFormat } from './file-name';
import { columnLabel, recordDocument } from './record-document';
import { reportDocument } from './report-document';
import type { Document } from './table';
import { xlsx } from './xlsx/workbook';

export interface Download {
  contentType: string;
  contentDisposition: string;
  /**
   * Not held anywhere: the next part is made when it is asked for. Throws when the warehouse fails on
   * the way; what came before is then no whole file.
   */
  bytes: AsyncGenerator<Buffer>;
}

export interface DownloadOptions {
  format: FileFormat;
  language: Language;
  /** ISO 4217 code of the tenant's amounts. */
  currency: string;
  /** Everything accepted before this instant is in the file; null while that is not known. */
  asOf: string | null;
}

/**
 * A report as a file with all its rows.
 * @throws UnknownReport | BadParameters | NotFound, and the warehouse's errors.
 */
export async function reportDownload(
  id: string,
  query: RawQuery,
  context: ReportContext,
  options: DownloadOptions,
): Promise<Download> {
  const { format, language } = options;
  const whole = await runWholeReport(id, query, context);
  const { report, asked } = whole;
  return download(
    await reportDocument(whole, factsOf(context, options)),
    format,
    disposition(fileName(report, asked, language, format), plainFileName(report, asked, format)),
  );
}

/**
 * The records behind a number as a file with all of them.
 * @throws UnknownReport | BadParameters | NotFound | Forbidden, and the warehouse's errors.
 */
export async function recordsDownload(
  id: string,
  query: RawQuery,
  context: ReportContext,
  options: DownloadOptions,
): Promise<Download> {
  const { format, language } = options;
  const whole = await runWholeRecords(id, query, context);
  const { report, asked, cell } = whole;
  const narrowed = [cell.bucket, cell.row].filter((part) => part !== undefined);
  return download(
    await recordDocument(whole, factsOf(context, options)),
    format,
    disposition(
      fileName(report, asked, language, format, [columnLabel(whole)[language], ...narrowed]),
      plainFileName(report, asked, format, [cell.column, ...narrowed]),
    ),
  );
}

const factsOf = ({ tenant }: ReportContext, { language, currency, asOf }: DownloadOptions): CoverFacts => ({
  language,
  zone: tenant.zone,
  currency,
  asOf,
});

const download = (document: Document, format: FileFormat, contentDisposition: string): Download => ({
  contentType: MEDIA_TYPES[format],
  contentDisposition,
  bytes: format === 'csv' ? csv(document) : xlsx(document),
});
