/**
 * A zip archive whose entries are written while they are made.
 *
 * By yazl, which compresses streams of unknown length one after another and knows zip64: no kept
 * library writes spreadsheets as streams (exceljs and xlsx get no releases any more, write-excel-file
 * holds the whole sheet), and of a workbook only the archive is hard.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface Entry {
  path: string;
  content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Entries carry no time: the same content gives the same bytes. */
const NO_TIME = new Date(Date.UTC(1980, 0, 1, 12));

/**
 * The archive's bytes. The next entry is asked for when the one before is done. An error of an entry is
 * thrown; who stops reading stops the entry that is being made.
 */
export async function* zip(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  // Any error is the output's too, by which it is thrown below.
  archive.on('error', (error: Error) => output.destroy(error));
  const writing = addAll(archive, entries, output);
  writing.catch((error: unknown) => output.destroy(error as Error));
  try {
    for await (const chunk of output) yield chunk as Buffer;
    await writing;
  } finally {
    output.destroy();
  }
}

async function addAll(archive: ZipFile, entries: AsyncIterable<Entry>, output: Readable): Promise<void> {
  for await (const { path, content } of entries) {
    const source = Readable.from(content, { objectMode: false });
    const stop = (): unknown => source.destroy();
    output.once('close', stop);
    archive.addReadStream(source, path, { mtime: NO_TIME });
    await finished(source);
    output.off('close', stop);
  }
  archive.end();
}
