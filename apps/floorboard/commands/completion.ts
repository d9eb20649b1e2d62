import { Argument, type Command } from 'commander';
import { bashCompletion, fishCompletion, zshCompletion } from '../completion';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `floorboard completion bash|zsh|fish`: a script by which a shell completes commands and options. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script by which a shell completes commands and options')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      [
        '',
        'bash:  source <(floorboard completion bash)',
        'zsh:   source <(floorboard completion zsh)',
        'fish:  floorboard completion fish | source',
      ].join('\n'),
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](program));
    });
}
