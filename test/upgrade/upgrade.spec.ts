/** Data of every release opens with this program and answers as it did; data of a newer one stops the start. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { ROOT, startChild } from '../support/children';
import { Floor } from '../support/floor';
import { answersOf, dataFolderFile, FIXTURE_ENV, readAnswers, readServers, tar } from './fixture';
import { fillServers, type ServerSettings } from './servers';

const RELEASES = readdirSync(join(ROOT, 'test/upgrade')).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

/** Exit code of what the configuration must change. */
const EXIT_CONFIGURATION = 78;

/** Runs a program of the product to its end. */
async function ended(
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = startChild('node', [`dist/apps/${program}/main.js`, ...args], { PORT: '0', ...env });
  const code = await child.exited;
  return { code, output: child.output() };
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

    it('opens, answers as it did and agrees with itself', async () => {
      const floor = await Floor.start('embedded', { ...FIXTURE_ENV, DATA_DIR: dataDir });
      floor.key = answers.embedded.key;
      try {
        await floor.settle();
        expect(await answersOf(floor)).toEqual(answers.embedded.answers);
        expect(await floor.command(['verify', '--no-repair'])).toMatchObject({ code: 0 });
      } finally {
        await floor.stop();
      }
    });

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

    it('open, answer as they did and agree with each other', async () => {
      const floor = await Floor.start('servers', { ...FIXTURE_ENV, ...settings });
      floor.key = answers.servers.key;
      try {
        await floor.settle();
        expect(await answersOf(floor)).toEqual(answers.servers.answers);
        expect(await floor.command(['verify', '--no-repair'])).toMatchObject({ code: 0 });
      } finally {
        await floor.stop();
      }
    });

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
