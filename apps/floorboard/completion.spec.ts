/** The completion scripts, asked by a real shell. */
import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { bashCompletion, fishCompletion } from './completion';

const program = new Command('floorboard');
program.command('start').description('run everything');
const keys = program.command('keys').description("an operator's keys");
keys.command('create').option('--name <text>', 'what for').option('--json', 'as JSON');
keys.command('list');

/** What bash offers after these words; the last is being typed. */
function offered(...words: string[]): string[] {
  const script = `${bashCompletion(program)}
COMP_WORDS=(floorboard "$@"); COMP_CWORD=$#
_floorboard; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\n').filter(Boolean);
}

test('bash completes commands, subcommands and options where they belong', () => {
  expect(offered('')).toEqual(['start', 'keys', '--help']);
  expect(offered('k')).toEqual(['keys']);
  expect(offered('keys', '')).toEqual(['create', 'list', '--help']);
  expect(offered('keys', 'create', '--')).toEqual(['--name', '--json', '--help']);
  // What belongs to an option, or is an argument, does not count as a command.
  expect(offered('keys', 'create', '--name', 'list', '--j')).toEqual(['--json']);
});

test('fish is told what each word means, quotes kept', () => {
  const script = fishCompletion(program);
  expect(script).toContain(String.raw`-f -a keys -d 'an operator\'s keys'`);
  expect(script).toContain(
    "'__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from create' -l name",
  );
});
