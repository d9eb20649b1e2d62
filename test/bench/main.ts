/**
 * `npm run bench -- [--quick] [--only a,b] [--seed N] [--profile DIR]`: what Floorboard exists for, beside the limits.
 *
 * Prints one table and writes test/.out/bench/bench.json. Every benchmark ends by holding what the stores hold
 * against a plain recomputation, and fails when it differs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../support/children';
import type { Figure } from './figures';
import { BENCHMARKS, NOT_QUICK } from './list';
import { tableOf } from './table';
import { Worker } from './worker';

const OUT = join(ROOT, 'test', '.out', 'bench');

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
  },
});

function chosen(): string[] {
  const all = Object.keys(BENCHMARKS);
  const names = options.only?.split(',') ?? all.filter((name) => !options.quick || !NOT_QUICK.has(name));
  const unknown = names.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    throw new Error(`no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}`);
  }
  return names;
}

function machine(): object {
  const version = (name: string): string =>
    (
      JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      }
    ).version;
  return {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    load: loadavg(),
    versions: Object.fromEntries(
      ['@nestjs/core', 'kafkajs', 'ioredis', 'lmdb', 'chdb', '@clickhouse/client'].map((name) => [
        name,
        version(name),
      ]),
    ),
    redis: execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).trim(),
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).trim(),
  };
}

interface Outcome {
  name: string;
  seconds: number;
  figures: Figure[];
  error?: string;
}

async function runOne(name: string, earlier: readonly Figure[]): Promise<Outcome> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  const worker = Worker.start('run-one', [name], { BENCH_PROFILE: options.profile }, (line) =>
    process.stderr.write(`${name}, ${seconds()} s: ${line}\n`),
  );
  try {
    const context = { quick: options.quick, seed: Number(options.seed), earlier };
    const figures = await worker.ask<Figure[]>('run', context);
    return { name, seconds: seconds(), figures };
  } catch (error) {
    return { name, seconds: seconds(), figures: [], error: String(error) };
  } finally {
    await worker.kill();
  }
}

async function main(): Promise<void> {
  const started = new Date();
  const outcomes: Outcome[] = [];
  const before = machine();
  for (const name of chosen()) {
    process.stderr.write(`${name} …\n`);
    const outcome = await runOne(
      name,
      outcomes.flatMap(({ figures }) => figures),
    );
    if (outcome.error) process.stderr.write(`${name} FAILED: ${outcome.error}\n`);
    outcomes.push(outcome);
    mkdirSync(OUT, { recursive: true });
    const settings = { quick: options.quick, seed: Number(options.seed), only: options.only };
    const text = JSON.stringify({ started, machine: before, settings, outcomes }, null, 2);
    writeFileSync(join(OUT, 'bench.json'), `${text}\n`);
  }
  console.log(tableOf(outcomes.flatMap(({ figures }) => figures)));
  for (const { name, error } of outcomes) if (error) console.log(`${name} FAILED: ${error}`);
  process.exitCode = outcomes.some(({ error }) => error !== undefined) ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
