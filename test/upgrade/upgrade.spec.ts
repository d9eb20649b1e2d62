/** Data of every release opens with this program and answers as it did; data of a newer one stops the start. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { ROOT } from '../support/children';
import { Floor, type EngineSet } from '../support/floor';
import { runProgram, type Ended } from '../support/processes';
import {
  answersOf,
  dataFolderFile,
  FIXTURE_ENV,
  readAnswers,
  readServers,
  tar,
  type Answers,
} from './fixture';
import { fillServers, type ServerSettings } from './servers';

const RELEASES = readdirSync(join(ROOT, 'test/upgrade')).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

/** Exit code of what the configuration must change. */
const EXIT_CONFIGURATION = 78;

/** Runs a program of the product, which is to stop by itself. */
const ended = (program: string, args: string[], env: Record<string, string>): Promise<Ended> =>
  runProgram(program, args, { PORT: '0', ...env });

/** Opens a release's data with this program: it answers as it did, and counters and warehouse agree. */
async function answersAsItDid(
  set: EngineSet,
  env: Record<string, string>,
  { key, answers }: Answers['embedded'],
): Promise<void> {
  const floor = await Floor.start(set, { ...FIXTURE_ENV, ...env });
  floor.key = key;
  try {
    await floor.settle();
    expect(await answersOf(floor)).toEqual(answers);
    expect(await floor.command(['verify', '--no-repair'])).toMatchObject({ code: 0 });
  } finally {
    await floor.stop();
  }
}

it('has a fixture', () => {
  expect(RELEASES).toContain('0.1.0');
});

describe.each(RELEASES)('%s', (release) => {
  const answers = readAnswers(release);

  describe('a data folder', () => {
    let dataDir: string;
    beforeAll(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'floorboard-upgrade-'));
      await tar('unpack', dataFolderFile(release), dataDir);
    });
    afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

    it('opens, answers as it did and agrees with itself', () =>
      answersAsItDid('embedded', { DATA_DIR: dataDir }, answers.embedded));

    it('is not opened when a newer release has written it', async () => {
      writeFileSync(join(dataDir, 'layout.json'), '{"layout":99}\n');
      const start = await ended('floorboard', ['start'], { ...FIXTURE_ENV, DATA_DIR: dataDir });
      expect(start).toMatchObject({ code: EXIT_CONFIGURATION });
      expect(start.output).toContain('has layout 99 and this program knows layouts up to 1');
      writeFileSync(join(dataDir, 'layout.json'), '{"layout":');
      const damaged = await ended('floorboard', ['start'], { ...FIXTURE_ENV, DATA_DIR: dataDir });
      expect(damaged).toMatchObject({ code: EXIT_CONFIGURATION });
      expect(damaged.output).toContain('layout.json is damaged');
    });
  });

  describe('the servers', () => {
    let engines: Floor;
    let settings: ServerSettings;
    beforeAll(async () => {
      engines = await Floor.startEngines();
      settings = engines.env as unknown as ServerSettings;
      await fillServers(settings, readServers(release));
    }, 120_000);
    afterAll(() => engines?.stop());

    it('open, answer as they did and agree with each other', () =>
      answersAsItDid('servers', { ...settings }, answers.servers));

    it('are not used when a newer release has written the counters', async () => {
      const redis = new Redis(settings.REDIS_URL);
      await redis.set('floorboard:counters:layout', '99');
      const start = await ended('leaderboards', [], { ...FIXTURE_ENV, ...settings });
      await redis.del('floorboard:counters:layout');
      redis.disconnect();
      expect(start).toMatchObject({ code: EXIT_CONFIGURATION });
      expect(start.output).toContain(
        'counters: the store has layout 99 and this program knows layouts up to 1',
      );
    });

    it('are not used when a newer release has migrated the warehouse', async () => {
      const client = createClient({ url: settings.CLICKHOUSE_URL });
      await client.command({
        query: "INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, '9999_new.sql', 'x')",
      });
      await client.close();
      for (const [program, args] of [
        ['facts', []],
        ['floorboard', ['migrate']],
      ] as [string, string[]][]) {
        const start = await ended(program, args, { ...FIXTURE_ENV, ...settings });
        expect(start).toMatchObject({ code: EXIT_CONFIGURATION });
        expect(start.output).toContain('has the migration 9999_new.sql, which this release does not know');
      }
    });
  });
});
