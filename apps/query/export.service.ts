/** Reports and lists of records as downloads. */
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { recordsDownload, reportDownload, type Download, type FileFormat } from '#export';
import { LANGUAGES, type Language } from '#reports';
import { FreshnessReader } from './freshness';
import { ReportsService, type ReportQuestion } from './reports.service';

export interface DownloadQuestion extends ReportQuestion {
  format: FileFormat;
}

@Injectable()
export class ExportService {
  constructor(
    private readonly reports: ReportsService,
    private readonly freshness: FreshnessReader,
  ) {}

  report(question: DownloadQuestion, reply: FastifyReply): Promise<StreamableFile> {
    return this.send(reportDownload, question, reply);
  }

  records(question: DownloadQuestion, reply: FastifyReply): Promise<StreamableFile> {
    return this.send(recordsDownload, question, reply);
  }

  private async send(
    make: typeof reportDownload,
    question: DownloadQuestion,
    reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { asOf } = await this.freshness.of('warehouse');
    const { id, query, format, tenant } = question;
    const download = await make(id, query, this.reports.contextOf(question), {
      format,
      language: languageOf(question),
      currency: tenant.currency,
      asOf,
    });
    void reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(asOf === null ? {} : { 'x-as-of': asOf }),
    });
    return streamed(download, reply);
  }
}

/** A wrong `lang` is refused with the other parameters. */
const languageOf = ({ query, tenant }: DownloadQuestion): Language =>
  LANGUAGES.find((language) => language === query['lang']) ?? tenant.locale;

/**
 * The file as it is made, no faster than it is read. A failure on the way resets the connection: its mere
 * end would look like the file's to a reader that knows no chunks, as some proxies are.
 */
function streamed({ bytes, contentType, contentDisposition }: Download, reply: FastifyReply): StreamableFile {
  const stream = Readable.from(bytes, { objectMode: false });
  stream.once('error', () => {
    if (reply.raw.headersSent) reply.raw.socket?.resetAndDestroy();
  });
  return new StreamableFile(stream, { type: contentType, disposition: contentDisposition });
}
