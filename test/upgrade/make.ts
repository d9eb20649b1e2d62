/**
 * Makes the fixture of this release, before it is released: `npm run fixture:upgrade`. Fixtures of releases are
 * never made anew.
 */
import 'reflect-metadata';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomHistory } from '../model';
import { ROOT } from '../support/children';
import { Floor, type EngineSet } from '../support/floor';
import { makeKeyByCommand } from '../support/keys';
import { answersOf, dataFolderFile, FIXTURE_ENV, tar, writeFixture, type Answers } from './fixture';
import { readServerContents, type ServerContents, type ServerSettings } from './servers';

const SEED = 8;
const SIZE = 10;

/** A floor of this release with a world on it, closed by a key. */
async function filledFloor(set: EngineSet): Promise<{ floor: Floor; key: string }> {
  const floor = await Floor.start(set, FIXTURE_ENV);
  const { key } = await makeKeyByCommand(floor, 'default');
  floor.key = key;
  await floor.publish(randomHistory(SEED, { size: SIZE }).events);
  await floor.settle();
  return { floor, key };
}

async function makeEmbedded(release: string): Promise<Answers['embedded']> {
  const { floor, key } = await filledFloor('embedded');
  try {
    const answers = await answersOf(floor);
    await floor.stopApps();
    await tar('pack', dataFolderFile(release), floor.dataDir);
    return { key, answers };
  } finally {
    await floor.stop();
  }
}

async function makeServers(): Promise<{ made: Answers['servers']; contents: ServerContents }> {
  const { floor, key } = await filledFloor('servers');
  try {
    const answers = await answersOf(floor);
    await floor.stopApps();
    const contents = await readServerContents(floor.env as unknown as ServerSettings);
    return { made: { key, answers }, contents };
  } finally {
    await floor.stop();
  }
}

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  mkdirSync(join(ROOT, 'test/upgrade', version), { recursive: true });
  const embedded = await makeEmbedded(version);
  const { made, contents } = await makeServers();
  writeFixture(version, { embedded, servers: made }, contents);
  console.log(`test/upgrade/${version}: ${Object.keys(embedded.answers).length} answers`);
}

void main();
