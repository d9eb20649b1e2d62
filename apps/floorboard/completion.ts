/**
 * Shell completion from the command tree. The scripts hold all words themselves: a shell that asked the
 * program would wait for Node at each tab.
 */
import type { Command } from 'commander';

/** Words that may follow a command, as `''`, `keys`, `keys create`. */
interface Place {
  path: string;
  words: { word: string; about: string }[];
}

function placesOf(command: Command, path = ''): Place[] {
  const subcommands = command.commands.map((each) => ({ word: each.name(), about: each.description() }));
  const options = command.options.map((each) => ({
    word: each.long ?? each.short ?? '',
    about: each.description,
  }));
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) =>
    argChoices.map((word) => ({ word, about: '' })),
  );
  const words = [...subcommands, ...choices, ...options, { word: '--help', about: 'how to use it' }];
  return [
    { path, words },
    ...command.commands.flatMap((each) => placesOf(each, `${path} ${each.name()}`.trim())),
  ];
}

/** The commands that have been typed, options and their values left out. */
const TYPED = `  local typed= word i
  for ((i = 1; i < $1; i++)); do
    word=\${words[i]}
    [[ $word == -* ]] && continue
    case " $known " in *" \${typed:+$typed-}$word "*) typed="\${typed:+$typed-}$word" ;; esac
  done`;

const slug = (path: string): string => path.replaceAll(' ', '-');
const knownOf = (places: Place[]): string =>
  places
    .map(({ path }) => slug(path))
    .filter(Boolean)
    .join(' ');

function cases(places: Place[]): string {
  return places
    .map(
      ({ path, words }) => `    '${slug(path)}') candidates='${words.map(({ word }) => word).join(' ')}' ;;`,
    )
    .join('\n');
}

/** For bash; a file is completed where a command takes one. */
export function bashCompletion(program: Command): string {
  const places = placesOf(program);
  return `# bash completion of ${program.name()}
_floorboard_typed() {
  local known='${knownOf(places)}'
${TYPED.replaceAll('words[i]', 'COMP_WORDS[i]')}
  echo "$typed"
}
_floorboard() {
  local candidates=
  case "$(_floorboard_typed "$COMP_CWORD")" in
${cases(places)}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _floorboard ${program.name()}
`;
}

/** For zsh, by its own completion system. */
export function zshCompletion(program: Command): string {
  return `#compdef ${program.name()}
# zsh completion of ${program.name()}
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
autoload -Uz bashcompinit && bashcompinit
${bashCompletion(program)}`;
}

/** For fish, with what each word means. */
export function fishCompletion(program: Command): string {
  const name = program.name();
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`;
  const lines = placesOf(program).flatMap(({ path, words }) => {
    const seen =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    return words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c ${name} -n ${quoted(seen)} ${what} -d ${quoted(about)}`;
    });
  });
  return [`# fish completion of ${name}`, ...lines, ''].join('\n');
}
