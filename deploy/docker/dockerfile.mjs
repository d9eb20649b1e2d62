// The Dockerfile as data: its stages with their instructions, and a stage carried out in a folder without Docker.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, matchesGlob, relative } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';

const ROOT = join(import.meta.dirname, '..', '..');
const FILE = join(import.meta.dirname, 'Dockerfile');

/**
 * @typedef {{keyword: string, text: string, words: string[], from?: string}} Instruction
 *   `text`: its arguments; `words`: the same split, or the items of a JSON form; `from`: the stage COPY takes from.
 * @typedef {{name: string, base: string, instructions: Instruction[]}} Stage
 */

/** @returns {Stage[]} in order. */
export function readStages(text = readFileSync(FILE, 'utf8')) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      const [base, , name] = instruction.getArguments().map((argument) => argument.getValue());
      stages.push({ name, base, instructions: [] });
    } else stages.at(-1)?.instructions.push(readInstruction(keyword, instruction));
  }
  return stages;
}

function readInstruction(keyword, instruction) {
  const flags = (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]);
  const text = instruction
    .getArgumentsContent()
    .replace(/\\\s*\n/g, ' ')
    .trim();
  const json = /\[[\s\S]*\]$/.exec(text)?.[0];
  const words = json ? JSON.parse(json) : text.split(/\s+/).filter((word) => !word.startsWith('--'));
  return { keyword, text, words, from: Object.fromEntries(flags).from };
}

/** The instructions that hold in a stage: those of the stages it is made from first. */
export function inherited(stages, name) {
  const stage = stages.find((one) => one.name === name);
  return stage ? [...inherited(stages, stage.base), ...stage.instructions] : [];
}

/** What an image runs: ENTRYPOINT with CMD, or with other arguments in its place. */
export function commandOf(stages, name, args) {
  const last = (keyword) => inherited(stages, name).findLast((one) => one.keyword === keyword)?.words ?? [];
  return [...last('ENTRYPOINT'), ...(args ?? last('CMD'))];
}

/** The variables that an image sets. */
export function variablesOf(stages, name) {
  const pairs = inherited(stages, name)
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap(({ words }) => words.map((word) => word.split(/=(.*)/s).slice(0, 2)));
  return Object.fromEntries(pairs);
}

/** Whether the build sees a file of the project, by .dockerignore's rules that this project uses. */
export function isInContext(path) {
  const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  let isIn = true;
  for (const rule of rules) {
    const pattern = rule.replace(/^!/, '');
    const matches = matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`);
    if (matches) isIn = rule.startsWith('!');
  }
  return isIn;
}

/**
 * Carries out a stage: COPY and RUN, in `folder/STAGE`, which is the image's /app. Users and owners are left to Docker.
 * @throws when a command fails or a file is not there.
 */
export function carryOut(stages, stage, folder) {
  const app = join(folder, stage.name);
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  if (stages.some(({ name }) => name === stage.base)) cpSync(join(folder, stage.base), app, COPY);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variablesOf(stages, stage.name) };
  for (const { keyword, text, words, from } of stage.instructions) {
    if (keyword === 'COPY') copy(words, from, app, folder);
    if (keyword === 'RUN') {
      // Only root may give a folder away.
      const command = process.getuid?.() === 0 ? text : text.replace(/ -[og] 1000/g, '');
      const { status } = spawnSync('sh', ['-ec', command], { cwd: app, env, stdio: ['ignore', 2, 2] });
      if (status !== 0) throw new Error(`${stage.name}: RUN ${text} ended with ${status}`);
    }
  }
  return app;
}

const COPY = { recursive: true, verbatimSymlinks: true };

function copy(words, from, app, folder) {
  const target = words.at(-1);
  for (const source of words.slice(0, -1)) {
    const path = from ? join(folder, from, relative('/app', source)) : join(ROOT, source);
    if (!existsSync(path)) throw new Error(`COPY ${source}: it is not there`);
    const into = target.endsWith('/') ? join(app, target, basename(source)) : join(app, target);
    mkdirSync(dirname(into), { recursive: true });
    const filter = from ? undefined : (file) => file === path || isInContext(relative(ROOT, file));
    cpSync(path, into, { ...COPY, filter });
  }
}

/** Bytes of all files below a folder. */
export function sizeOf(folder) {
  const { stdout } = spawnSync('du', ['-sb', folder], { encoding: 'utf8' });
  return Number(stdout.split('\t')[0]);
}

/** Names and versions of the packages in a folder's node_modules, `name@version`, nested ones too. */
export function packagesIn(folder) {
  const found = new Set();
  const look = (modules) => {
    if (!existsSync(modules)) return;
    for (const entry of readdirSync(modules)) {
      if (entry.startsWith('.')) continue;
      if (entry.startsWith('@')) look(join(modules, entry));
      else {
        const file = join(modules, entry, 'package.json');
        if (!existsSync(file)) continue;
        const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
        found.add(`${name}@${version}`);
        look(join(modules, entry, 'node_modules'));
      }
    }
  };
  look(join(folder, 'node_modules'));
  return [...found].sort();
}

if (process.argv[1] === import.meta.filename) {
  // For programs that cannot import this one: each stage with what holds in it.
  const stages = readStages();
  const images = stages.map(({ name, base }) => {
    const of = { base, variables: variablesOf(stages, name), instructions: inherited(stages, name) };
    return [
      name,
      {
        ...of,
        entrypoint: commandOf(stages, name, []),
        command: commandOf(stages, name).slice(commandOf(stages, name, []).length),
      },
    ];
  });
  console.log(JSON.stringify(Object.fromEntries(images)));
}
