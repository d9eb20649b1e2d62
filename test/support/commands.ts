/** The commands that a document names: lines of its shell blocks, and pieces of code in its sentences. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTING_NAMES } from '#platform';
import { ROOT } from './children';
import { readCompose, readImages } from './compose';
import { blocksOf, textBetweenBlocks, type Block } from './fences';

export interface Command {
  document: string;
  /** As one line, without comment. */
  text: string;
  /** The block it is a line of; null inside a sentence. */
  block: Block | null;
}

/** What a piece of code begins with when it is a command and not a name, a path or a setting. */
const PROGRAMS =
  /^(?:npm|npx|node|floorboard|docker|kubectl|helm|curl|wget|openssl|mariadb|mysql|redis-cli|kafka-\S+|clickhouse\S*|promtool|git|cp|mv|cd|export|timeout|sleep|bash|sh|sudo|apt-get|[A-Z_]+=\S+ npm)(?= |$)/;

/** Lines of a shell block, each as one command: continued ones together, texts in quotes whole, no comments. */
export function linesOf(code: string): string[] {
  const joined = code.replaceAll(/\\\n\s*/g, '');
  const commented = joined.replaceAll(/(^|\s)# .*$/gm, '$1');
  // A quote that is still open at the end of a line goes on in the next one.
  const lines = commented.match(/(?:'[^']*'|"[^"]*"|[^'"\n])+/g) ?? [];
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

export function commandsOf(document: string): Command[] {
  const inBlocks = blocksOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap((block) => linesOf(block.code).map((text) => ({ document, text, block })));
  const spans = textBetweenBlocks(document).matchAll(/`([^`]+)`/g);
  const inSentences = [...spans]
    .map(([, code = '']) => code.replaceAll(/\s+/g, ' ').replaceAll('\\|', '|'))
    .filter((text) => PROGRAMS.test(text) && !text.endsWith(' COMMAND'))
    .map((text) => ({ document, text, block: null }));
  return [...inBlocks, ...inSentences];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> };

/** Values of an option, written `--name value` or `--name=value`. */
const valuesOf = (text: string, option: string): string[] =>
  [...text.matchAll(new RegExp(`(?:^|\\s)${option}[ =](\\S+)`, 'g'))].map(([, value]) => value ?? '');

const without = (given: string[], known: readonly string[]): string[] =>
  given.filter((one) => !known.includes(one));

/** What is wrong with `npm run NAME -- --options`: a script that is none, options its program does not name. */
export function npmProblems(text: string): string[] {
  const [, run, name = ''] = /^npm (?:(run) (?:-s )?)?(\S+)/.exec(text) ?? [];
  const script = manifest.scripts[name];
  if (script === undefined) return run ? [`no script ${name}`] : [];
  const [, given = ''] = text.split(' -- ');
  if (name === 'test') return given.split(' ').filter((path) => path !== '' && !existsSync(join(ROOT, path)));
  if (name === 'floorboard') return floorboardProblems(`floorboard ${given}`);
  const options = [...given.matchAll(/--([a-z]+)/g)].map(([, option = '']) => option);
  // Beside the file that the script starts stands the one that reads its options.
  const folder = /node (test\/\w+)\//.exec(script)?.[1];
  const sources = ['main.ts', 'run.mjs'].map((file) => `${folder}/${file}`);
  const source = sources
    .filter((path) => existsSync(join(ROOT, path)))
    .map(read)
    .join('\n');
  return options.filter((option) => !source.includes(`${option}: { type:`)).map((o) => `${name} --${o}`);
}

/** What is wrong with a call of `floorboard`: by the handbook, which is made from the commands themselves. */
export function floorboardProblems(text: string): string[] {
  const [, command = '', more = ''] = text.split(' ');
  if (command === '' || command === 'COMMAND' || command === '--help') return [];
  const usages = read('docs/command-line.md');
  const usageOf = (name: string): string | undefined =>
    new RegExp(`^Usage: floorboard ${name} [^]*?^\`\`\`$`, 'm').exec(usages)?.[0];
  // `dead-letters list|show` names several.
  return more.split('|').flatMap((one) => {
    const usage = usageOf(`${command} ${one}`) ?? usageOf(command);
    if (usage === undefined) return [`no command ${command}`];
    const options = [...text.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    return options.filter((option) => !usage.includes(`  ${option}`)).map((o) => `${command} ${o}`);
  });
}

let images: ReturnType<typeof readImages> | undefined;

/** What is wrong with a call of docker: files, targets, tags, settings, ports, folders and profiles that are none. */
export function dockerProblems(text: string): string[] {
  if (text.startsWith('docker compose')) {
    const profiles = Object.values(readCompose().services).flatMap((service) => service?.profiles ?? []);
    return without(valuesOf(text, '--profile'), profiles);
  }
  images ??= readImages();
  const files = valuesOf(text, '-f').filter((file) => !existsSync(join(ROOT, file)));
  const targets = without(valuesOf(text, '--target'), Object.keys(images));
  const versions = [...text.matchAll(/floorboard\S*:(\d\S*)/g)].map(([, version = '']) => version);
  const image = images['all-in-one'];
  const exposed = (image?.instructions ?? []).flatMap(({ keyword, words }) =>
    keyword === 'EXPOSE' ? words : [],
  );
  return [
    ...files,
    ...targets,
    ...without(versions, [manifest.version]),
    ...without(valuesOf(text, '-e'), SETTING_NAMES),
    ...without(
      valuesOf(text, '-p').map((port) => port.split(':').at(-1) ?? ''),
      exposed,
    ),
    ...without(
      valuesOf(text, '-v').map((volume) => volume.split(':')[1] ?? ''),
      [image?.variables['DATA_DIR'] ?? ''],
    ),
  ];
}

const CHART = 'deploy/helm/floorboard';
interface Values extends Record<string, unknown> {
  secrets: Record<string, { name: string; key: string }>;
  querySecrets: Record<string, { name: string; key: string }>;
}
const values = (): Values => parse(read(`${CHART}/values.yaml`)) as Values;

/** What is wrong with `kubectl create secret generic`: it holds exactly what the chart's values read. */
export function secretProblems(text: string): string[] {
  const { secrets, querySecrets } = values();
  const asked = [secrets, querySecrets].flatMap(Object.values) as { name: string; key: string }[];
  const name = /secret generic (\S+)/.exec(text)?.[1] ?? '';
  const given = valuesOf(text, '--from-literal').map((literal) => `${name} ${literal.split('=')[0]}`);
  const wanted = asked.map((secret) => `${secret.name} ${secret.key}`);
  return [...without(given, wanted), ...without(wanted, given)];
}

/** What is wrong with `helm install`: a folder without a chart, values that it does not have. */
export function helmProblems(text: string): string[] {
  const chart = /^helm install \S+ (\S+)/.exec(text)?.[1] ?? '';
  const unknown = valuesOf(text, '--set').filter((assignment) => {
    const path = (assignment.split('=')[0] ?? '').split('.');
    let at: unknown = values();
    for (const name of path) at = (at as Record<string, unknown> | undefined)?.[name];
    return at === undefined;
  });
  return [...(existsSync(join(ROOT, chart, 'Chart.yaml')) ? [] : [chart]), ...unknown];
}
