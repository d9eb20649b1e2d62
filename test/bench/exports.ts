/**
 * Large downloads from the embedded engines in one process, whose memory must not grow by more than
 * 250 MB: 500,000 rows as CSV and 100,000 as a spreadsheet.
 *
 *     npx nest build && npx swc test --out-dir dist/test --strip-leading-paths
 *     node dist/test/bench/exports.js [CSV rows] [spreadsheet rows]
 */
import { LONG_TABLES, loadContracts, measureDownload, type Measured } from '../support/download-load';
import { Floor } from '../support/floor';
import type { Format } from '../support/files';

const MAX_GROWTH = 250e6;
const [csvRows = 500_000, xlsxRows = 100_000] = process.argv.slice(2).map(Number);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function main(): Promise<void> {
  const results: (Measured & { name: string })[] = [];
  for (const [format, count] of [
    ['xlsx', xlsxRows],
    ['csv', csvRows],
  ] as [Format, number][]) {
    const floor = await Floor.start('embedded');
    try {
      await loadContracts(floor, count);
      for (const [name, path] of Object.entries(LONG_TABLES)) {
        const measured = await measureDownload(floor, path, format);
        // A header and a totals row; a spreadsheet's rows are compressed.
        if (format === 'csv' && measured.rows !== count + 2) throw new Error(`${measured.rows} lines`);
        results.push({ name: `${name}, ${count} rows as ${format}`, ...measured });
      }
    } finally {
      await floor.stop();
    }
  }
  for (const { name, seconds, firstByteSeconds, bytes, growth } of results) {
    const times = `${seconds.toFixed(1)} s, first byte after ${firstByteSeconds.toFixed(1)} s`;
    console.log(`${name}: ${times}, ${megabytes(bytes)}, memory + ${megabytes(growth)}`);
  }
  if (results.some(({ growth }) => growth > MAX_GROWTH)) process.exitCode = 1;
}

void main();
