/**
 * What a release leaves behind: a data folder (tar.gz) and the contents of the servers (gzipped JSON), with the
 * answers it gave on them. One folder per release, `test/upgrade/RELEASE`, made by `make.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { REPORTS } from '#reports';
import { ROOT, startChild } from '../support/children';
import type { Floor } from '../support/floor';
import type { ServerContents } from './servers';

/** The moment at which fixtures are made and opened: the day that random histories are dated around. */
export const CLOCK_AT = '2026-05-20T06:00:00.000Z';

/** For all processes that make or open a fixture. */
export const FIXTURE_ENV: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=${join(ROOT, 'test/upgrade/clock.mjs')}`,
  CLOCK_AT,
  // Brokers know only their own clock.
  LOG_RETENTION_DAYS: '36500',
};

/** A key with all roles that was made then, and by question the parts of the answer that must stay. */
interface Answered {
  key: string;
  answers: Record<string, unknown>;
}

export interface Answers {
  embedded: Answered;
  servers: Answered;
}

const folderOf = (release: string): string => join(ROOT, 'test/upgrade', release);

export const dataFolderFile = (release: string): string => join(folderOf(release), 'data-folder.tar.gz');

export const readAnswers = (release: string): Answers =>
  JSON.parse(gunzipSync(readFileSync(join(folderOf(release), 'answers.json.gz'))).toString()) as Answers;

export const readServers = (release: string): ServerContents =>
  JSON.parse(
    gunzipSync(readFileSync(join(folderOf(release), 'servers.json.gz'))).toString(),
  ) as ServerContents;

export function writeFixture(release: string, answers: Answers, servers: ServerContents): void {
  const write = (file: string, contents: unknown): void =>
    writeFileSync(join(folderOf(release), file), gzipSync(JSON.stringify(contents), { level: 9 }));
  write('answers.json.gz', answers);
  write('servers.json.gz', servers);
}

/** Packs a stopped process's folder, or unpacks one. */
export async function tar(mode: 'pack' | 'unpack', file: string, folder: string): Promise<void> {
  const args = mode === 'pack' ? ['-czf', file, '-C', folder, '.'] : ['-xzf', file, '-C', folder];
  const child = startChild('tar', args, {});
  if ((await child.exited) !== 0) throw new Error(`tar: ${child.output()}`);
}

/** Every report and board over the year, and who may ask. */
const QUESTIONS: readonly string[] = [
  ...REPORTS.map(({ id }) => `/v1/reports/${id}`),
  ...['dashboard-funnel', 'sales-funnel', 'dashboard-leaderboard'].map(
    (id) => `/v1/reports/${id}?preset=year`,
  ),
  ...REPORTS.filter(({ id }) => id.startsWith('rank-')).flatMap(({ id }) =>
    ['year', 'month', 'week'].map((preset) => `/v1/leaderboards/${id}?preset=${preset}&limit=1000`),
  ),
  '/v1/goals?year=2026',
  '/v1/keys',
  '/v1/dead-letters',
];

/** What an answer says of the moment, at any depth. */
const OF_THE_MOMENT = new Set(['freshness', 'lastUsedAt', 'asOf']);

const lasting = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, part: unknown) => (OF_THE_MOMENT.has(name) ? undefined : part)));

/** The answers to all questions, without what depends on the moment. */
export async function answersOf(floor: Floor): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const path of QUESTIONS) answers[path] = lasting(await floor.get<unknown>(path));
  return answers;
}
