import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import type { DeadLetter } from '#dead-letters';
import { ConfigurationError, EXIT_INCOMPLETE } from '#platform';
import { operate, tenantsAsked } from '../operations/ask';
import type { DeadLetterAnswer, DeadLetterArguments } from '../operations/dead-letters';
import { jsonLine } from '../output';

const LISTED = 50;

interface Options {
  tenant?: string;
  json?: boolean;
  all?: boolean;
  limit?: number;
  event?: string;
}

/** `floorboard dead-letters list|show|replay|delete`: what could not be taken, of all tenants. */
export function registerDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('list, show, replay and delete what could not be taken');
  withTenant(letters.command('list').description('list the open ones, newest first'))
    .option('--limit <n>', 'how many at most', wholeNumber, LISTED)
    .option('--json', 'print them as JSON, one a line')
    .action(async ({ json, limit, tenant }: Options) => {
      const answer = await ask({ action: 'list', limit }, tenant);
      process.stdout.write(answer.letters.map(json ? jsonLine : line).join(''));
      if (!json) process.stderr.write(`${answer.total} open\n`);
    });
  withTenant(letters.command('show').description('print one as JSON: reason, errors and event'))
    .argument('<id>')
    .action(async (id: string, { tenant }: Options) => {
      const { letters: found } = await ask({ action: 'show', ids: [id] }, tenant);
      process.stdout.write(`${JSON.stringify(found[0], null, 2)}\n`);
    });
  withTenant(letters.command('replay').description('send their events to the log again, in the order given'))
    .argument('[ids...]')
    .option('--all', 'all open ones, the oldest first')
    .option('--event <file>', 'the corrected event as JSON, of one letter')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\nExit code ${EXIT_INCOMPLETE}: some still cannot be taken, the others were.`)
    .action(async (ids: string[], options: Options) => {
      if (options.event !== undefined && ids.length !== 1) {
        throw new ConfigurationError('--event goes with the id of one dead letter');
      }
      const event = options.event === undefined ? {} : { event: eventIn(options.event) };
      const answer = await ask({ action: 'replay', ...chosen(ids, options), ...event }, options.tenant);
      report('replayed', answer, options);
    });
  withTenant(letters.command('delete').description('close them for good'))
    .argument('[ids...]')
    .option('--all', 'all open ones')
    .option('--json', 'print the outcome as JSON')
    .action(async (ids: string[], options: Options) => {
      report('deleted', await ask({ action: 'delete', ...chosen(ids, options) }, options.tenant), options);
    });
}

const withTenant = (command: Command): Command =>
  command.option('--tenant <id>', 'only of this tenant (default: of all)');

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

function chosen(ids: string[], { all }: Options): { ids?: string[] } {
  if (all === true) return {};
  if (ids.length === 0) throw new ConfigurationError('name the dead letters, or say --all');
  return { ids };
}

function eventIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigurationError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function ask(args: DeadLetterArguments, tenant: string | undefined): Promise<DeadLetterAnswer> {
  if (tenant !== undefined) tenantsAsked(tenant);
  return operate<DeadLetterAnswer>('dead-letters', { ...args, tenant });
}

function report(what: string, { done, failed }: DeadLetterAnswer, { json }: Options): void {
  process.stdout.write(json ? jsonLine({ [what]: done, failed }) : `${done.length} ${what}\n`);
  for (const { id, reason } of failed) process.stderr.write(`${id}: ${reason}\n`);
  if (failed.length > 0) process.exitCode = EXIT_INCOMPLETE;
}

function line({ id, tenant, receivedAt, reason, errors, source }: DeadLetter): string {
  const what = errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; ');
  return `${id} ${receivedAt} ${tenant ?? '(no tenant)'} ${source ?? '(no source)'} ${reason}: ${what}\n`;
}
