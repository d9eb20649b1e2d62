/**
 * Every command of README and guides, run as it stands there (but for port, folders and the key) on one
 * running server; those that cannot are named with the reason and what tests them instead.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { Settings } from '#platform';
import { ROOT, startChild, type Child } from '../support/children';
import { blocksOf, linksOf, type Block } from '../support/fences';
import { Floor } from '../support/floor';
import { makeKey } from '../support/keys';

const GUIDES = readdirSync(join(ROOT, 'docs/guides'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guides/${name}`);
const DOCUMENTS = ['README.md', 'libs/client/README.md', ...GUIDES];
const BLOCKS = DOCUMENTS.flatMap(blocksOf);
const SHELL = BLOCKS.filter(({ language }) => language === 'sh');

/** Commands that are not run here as they stand, by how they begin. */
const ELSEWHERE: Record<string, string> = {
  'npm ci\nnpm run demo': 'its second line is run below; the first is how every test got here',
  'export KAFKA_BROKERS=127.0.0.1:9092': 'needs servers; test/support/floor.ts starts the same apps on some',
  'npm test': 'is what runs this',
  'export KAFKA_BROKERS=kafka.example:9092': 'needs servers; test/e2e/move.spec.ts moves a folder',
  'npm run build:client\nnpm pack ./dist/client --pack-destination':
    'needs a database; test/outbox runs the same files on a MariaDB of its own',
};

describe('the documents', () => {
  let floor: Floor;
  let home: string;
  const done = new Set<Block>();
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'documents-'));
    floor = await Floor.start('embedded');
  }, 120_000);
  afterAll(async () => {
    await floor?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** With the address of the running server. */
  const here = (code: string): string => code.replaceAll('http://127.0.0.1:3000', floor.queryUrl);

  const shell = (script: string): Child =>
    startChild(
      'bash',
      ['-euo', 'pipefail', '-c', here(script)],
      { HOME: home, DATA_DIR: floor.dataDir, FLOORBOARD_KEY: floor.key ?? undefined },
      { group: true },
    );

  /** The blocks of a section. Asking for them says that they are run. */
  function blocks(document: string, heading: string, language = 'sh'): string[] {
    const found = BLOCKS.filter(
      (b) => b.document === document && b.heading === heading && b.language === language,
    );
    found.forEach((block) => done.add(block));
    expect({ document, heading, language, found: found.length > 0 }).toMatchObject({ found: true });
    return found.map(({ code }) => code);
  }

  /** Runs a script, which must succeed; resolves with what it printed. */
  async function succeed(script: string): Promise<string> {
    const child = shell(script);
    expect({ code: await child.exited, output: child.output() }).toMatchObject({ code: 0 });
    return child.output();
  }

  it('publishes a change by curl and shows it on a board', async () => {
    const [script = ''] = blocks('README.md', 'Publish a change and see it on a board');
    // The stream never ends: it is read for a moment.
    const output = await succeed(script.replace('curl -N ', 'timeout 5 curl -sN ').trimEnd() + ' || true');
    expect(output).toContain('{"accepted":2,"rejected":[]}');
    expect(output).toContain('event: leaderboards');
    await floor.settle();
    const board = await succeed(script.slice(script.indexOf("curl -sS 'http"), script.indexOf('curl -N')));
    expect(board).toContain('"employeeName":"Ann Lee"');
    expect(board).toContain('"value":"1200.00"');
  }, 120_000);

  it('packs the client, whose examples compile and publish', async () => {
    const [pack = ''] = blocks('libs/client/README.md', 'floorboard-client');
    await succeed(
      `${pack.trimEnd()}\nmv floorboard-client-*.tgz "$HOME"\ncd "$HOME" && tar xzf floorboard-client-*.tgz`,
    );
    mkdirSync(join(home, 'node_modules'));
    symlinkSync(join(home, 'package'), join(home, 'node_modules/floorboard-client'));
    const [ofClient = ''] = blocks('libs/client/README.md', 'Publish', 'ts');
    const [ofReadme = ''] = blocks('README.md', 'Publish a change and see it on a board', 'ts');
    const given = `const contract = { id: 'k8', number: 'C-8', name: 'Lamps', ownerId: 'e1',
      orderDate: '2026-05-20', amount: '0.25', status: 'approved' as const, lines: [] };\nconst rowVersion = 7;\n`;
    const programs = { 'client.mts': ofClient, 'readme.mts': given + ofReadme };
    for (const [name, code] of Object.entries(programs)) writeFileSync(join(home, name), here(code));
    await succeed(
      `cd "$HOME" && ${ROOT}/node_modules/.bin/tsc --noEmit --strict --module nodenext --target es2022 ` +
        `--lib es2022,dom,dom.iterable --types node --typeRoots ${ROOT}/node_modules/@types client.mts readme.mts`,
    );
    for (const name of Object.keys(programs)) {
      const { code } = transformSync(readFileSync(join(home, name), 'utf8'), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      writeFileSync(join(home, name.replace('.mts', '.mjs')), code);
    }
    expect(await succeed('cd "$HOME" && node client.mjs')).toBe('1 taken\n/time');
    expect(await succeed('cd "$HOME" && node readme.mjs')).toBe('');
    await floor.settle();
    const { rows } = await floor.get('/v1/leaderboards/rank-contract-amount?from=2026-05-20&to=2026-05-20');
    expect(rows).toEqual([expect.objectContaining({ employeeId: 'e1', value: '1200.75' })]);
  }, 120_000);

  it('imports the dataset into the running server, and a second time without effect', async () => {
    const [script = ''] = blocks('README.md', 'Import');
    const once = async (): Promise<string> => {
      await succeed(script);
      await floor.settle();
      return JSON.stringify(
        (await floor.get('/v1/reports/rank-contract-count?from=2017-01-01&to=2017-12-31')).rows,
      );
    };
    const first = await once();
    expect(JSON.parse(first)).toHaveLength(30);
    expect(await once()).toBe(first);
  }, 120_000);

  it('makes keys, lists and revokes them', async () => {
    const [create = '', more = ''] = blocks('README.md', 'Access');
    floor.key = /fb_[0-9a-f]{16}_\S+/.exec(await succeed(create))?.[0] ?? null;
    const { id } = await makeKey(floor, floor.key, { roles: ['publish'] });
    const output = await succeed(more.replace('0123456789abcdef', id));
    expect(output).toContain("Ann's browser");
    const { rows } = await floor.get<{ rows: { id: string; revokedAt: string | null }[] }>('/v1/keys');
    expect(rows.find((key) => key.id === id)?.revokedAt).not.toBeNull();
  }, 120_000);

  it('sets a goal, shows how far it is, and takes it away', async () => {
    const [set = '', ask = '', end = ''] = blocks('docs/guides/set-goals.md', 'By HTTP');
    expect(JSON.parse(await succeed(set))).toMatchObject({ id: 'e1-2026' });
    await floor.settle();
    expect(await succeed(ask)).toContain('"target":"12000.00"');
    expect(await succeed(end)).toContain('"e1-2026"');
    await floor.settle();
    expect(await succeed(ask)).not.toContain('"target":"12000.00"');
  }, 120_000);

  it('makes a token for a wall screen that opens it', async () => {
    const guide = 'docs/guides/wall-screen.md';
    const [make = '', list = ''] = blocks(guide, 'Put up a wall screen');
    const { token } = JSON.parse(await succeed(make)) as { token: string };
    const opened = await fetch(`${floor.queryUrl}/tv?token=${token}`, { redirect: 'manual' });
    expect(opened.headers.get('set-cookie')).toContain('HttpOnly');
    expect(await succeed(list)).toContain('Hall, second floor');
    const text = readFileSync(join(ROOT, guide), 'utf8');
    expect(text).toContain(`${token.split('_')[0]}_…`);
  }, 120_000);

  it('backs up, restores to another folder, and finds every number right', async () => {
    const [backup = '', restore = ''] = blocks('docs/guides/back-up.md', 'One process');
    await succeed(backup);
    expect(await succeed(restore)).toContain(' 0 differ');
  }, 120_000);

  it('shows the demo at work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-'));
    const demo = startChild('npm', ['run', 'demo'], { DATA_DIR: folder, PORT: '0' }, { group: true });
    try {
      const url = await demo.line((line) => /^Ready\. Open (\S+) /.exec(line)?.[1], 110_000);
      const page = await fetch(url);
      expect(await page.text()).toContain('<title>Floorboard</title>');
      const board = (await (
        await fetch(`${url}/v1/leaderboards/rank-contract-amount?preset=quarter`)
      ).json()) as { source: string; rows: unknown[] };
      expect(board.source).toBe('live');
      expect(board.rows.length).toBeGreaterThan(5);
    } finally {
      await demo.stop('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    }
  }, 150_000);

  it('has no command that nobody runs', () => {
    const excused = (code: string): boolean => Object.keys(ELSEWHERE).some((start) => code.startsWith(start));
    expect(SHELL.length).toBeGreaterThan(10);
    expect(SHELL.filter((block) => !done.has(block) && !excused(block.code))).toEqual([]);
    // Nor one that is hidden behind a fence without a language, nor an excuse for what is not there.
    expect(BLOCKS.filter(({ language }) => !['sh', 'ts', 'js'].includes(language))).toEqual([]);
    for (const start of Object.keys(ELSEWHERE)) {
      expect({ start, found: SHELL.some(({ code }) => code.startsWith(start)) }).toEqual({
        start,
        found: true,
      });
    }
  });

  it('names only commands that exist, and links only to files that are there', async () => {
    const { output } = await floor.command(['--help']);
    const commands = new Set([...output.matchAll(/^ {2}([a-z][a-z-]+)/gm)].map(([, name]) => name));
    expect(commands.size).toBeGreaterThan(10);
    for (const document of DOCUMENTS) {
      const text = readFileSync(join(ROOT, document), 'utf8');
      for (const [, name] of text.matchAll(/(?:`floorboard|floorboard --) ([a-z][a-z-]+)/g)) {
        expect({ document, name, exists: commands.has(name) }).toEqual({ document, name, exists: true });
      }
      for (const to of linksOf(document)) {
        expect({ document, to, exists: existsSync(join(ROOT, dirname(document), to)) }).toMatchObject({
          exists: true,
        });
      }
    }
  }, 30_000);

  it('has every setting in the table of the README, with its default', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const defaults = new Settings() as unknown as Record<string, string | number | undefined>;
    const source = readFileSync(join(ROOT, 'libs/platform/settings.ts'), 'utf8');
    const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+)[?!]?[:\s=]/gm)].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      expect({ name, row }).toEqual({ name, row: expect.any(String) as unknown });
      const standard = String(defaults[name] ?? '');
      if (standard !== '') expect(row).toContain(`\`${standard}\``);
    }
  });
});
