/** `floorboard import`: CSV files as change events, by a mapping. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Zone } from '#calendar';
import {
  Importer,
  loadMapping,
  MappingError,
  progressOn,
  PublishError,
  runImport,
  type EventSink,
  type ImportSummary,
  type Refused,
} from '#import';
import { ConfigurationError, EXIT_FAILURE, EXIT_INCOMPLETE } from '#platform';
import { jsonLine } from '../output';

/** Where a command line's events go. */
export interface ImportTarget {
  sink: EventSink;
  /** Zone of the tenant the records belong to. */
  zone: Zone;
  close: () => Promise<void>;
}

export interface ImportTargetOptions {
  /** Server to publish to; absent: the one on the data folder, or the folder itself. */
  url?: string;
  /** API key with the role `publish`. */
  key?: string;
}

export interface ImportDependencies {
  openTarget: (options: ImportTargetOptions) => Promise<ImportTarget>;
}

interface ImportOptions extends ImportTargetOptions {
  mapping: string;
  errors?: string;
  json?: boolean;
}

export function registerImport(program: Command, { openTarget }: ImportDependencies): void {
  program
    .command('import')
    .description('publish records from CSV files; running it again changes nothing')
    .argument('<dir>', 'folder of the CSV files')
    .requiredOption('--mapping <file>', 'YAML file that says how rows become records')
    .option('--errors <file>', 'write the rows that were left out to this CSV file')
    .option('--json', 'print the outcome as JSON')
    .option('--url <url>', 'publish to this server (default: the one on DATA_DIR, or DATA_DIR itself)')
    .option('--key <key>', 'API key with the role publish, for --url')
    .addHelpText(
      'after',
      `\nExit code ${EXIT_INCOMPLETE}: some rows were left out, the others were taken.\nInterrupted, run it again: what was taken changes nothing.`,
    )
    .action(async (dir: string, options: ImportOptions) => {
      try {
        const importer = new Importer(loadMapping(options.mapping), dir);
        report(await publishAll(importer, await openTarget(options)), options);
      } catch (error) {
        if (error instanceof MappingError) throw new ConfigurationError(error.message);
        if (!(error instanceof PublishError)) throw error;
        process.stderr.write(`floorboard: ${error.message}\n`);
        process.exitCode = EXIT_FAILURE;
      }
    });
}

async function publishAll(importer: Importer, { sink, zone, close }: ImportTarget): Promise<ImportSummary> {
  try {
    return await runImport(importer, sink, { zone, progress: progressOn(process.stderr, 'import') });
  } finally {
    await close();
  }
}

function report({ entities, refused }: ImportSummary, { errors, json }: ImportOptions): void {
  if (errors !== undefined) writeFileSync(errors, csvOf(refused));
  if (refused.length > 0) process.exitCode = EXIT_INCOMPLETE;
  process.stdout.write(json ? jsonLine({ entities, refused }) : table({ entities, refused }));
}

function table({ entities, refused }: ImportSummary): string {
  const rows = entities.map(({ entity, read, published, refused: out }) => [entity, read, published, out]);
  const lines = [['', 'read', 'published', 'refused'], ...rows].map(
    ([name, ...counts]) =>
      String(name).padEnd(18) + counts.map((count) => String(count).padStart(11)).join(''),
  );
  const left =
    refused.length === 0 ? [] : ['', `${refused.length} could not be taken:`, ...refused.map(describe)];
  return [...lines, ...left, ''].join('\n');
}

/** As in `sales_pipeline.csv:12 close_value: "ten" is no decimal number`. */
function describe({ entity, file, line, column, reason }: Refused): string {
  const place = file === null ? `the ${entity} of the mapping` : `${file}:${line}`;
  return `${place}${column === null ? '' : ` ${column}`}: ${reason}`;
}

function csvOf(refused: readonly Refused[]): string {
  const quote = (value: string | number | null): string => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const rows = refused.map(({ file, line, column, entity, reason }) =>
    [file, line, column, entity, reason].map(quote).join(','),
  );
  return ['file,line,column,entity,reason', ...rows, ''].join('\n');
}
