/**
 * Every command of every document, run as it stands there (but for port, folders and the key) on one running
 * server; those that cannot are named with the reason, and what tests them instead or as far as it goes.
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
import { loadSettings, Settings } from '#platform';
import { ROOT, startChild, type Child } from '../support/children';
import {
  commandsOf,
  dockerProblems,
  floorboardProblems,
  helmProblems,
  npmProblems,
  secretProblems,
  type Command,
} from '../support/commands';
import { blocksOf, linksOf, type Block } from '../support/fences';
import { Floor } from '../support/floor';
import { makeKey } from '../support/keys';

const NOT_OURS = ['node_modules', 'dist', '.git', '.out', '.engines'];
const documentsIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : documentsIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
const DOCUMENTS = documentsIn('.');
const BLOCKS = DOCUMENTS.flatMap(blocksOf);
const COMMANDS = DOCUMENTS.flatMap(commandsOf);

/** What is not run here as it stands, by how it begins, and the file that runs the same or does what it does. */
const ELSEWHERE: Record<string, { why: string; file: string; says: string }> = {
  'npm ci': { why: 'how every test got here', file: 'README.md', says: 'npm ci\nnpm run demo' },
  'npm test': { why: 'is what runs this', file: 'package.json', says: 'deploy/local/test.mjs' },
  'npm run build': { why: 'a step of npm test', file: 'deploy/local/test.mjs', says: "script('build')" },
  'npm run docs': {
    why: 'would write into the checkout; what it writes is compared',
    file: 'test/documents.spec.ts',
    says: 'is up to date (npm run docs)',
  },
  'npm start': {
    why: 'the same program',
    file: 'test/support/floor.ts',
    says: "'apps/floorboard', ['start']",
  },
  'npm run test:faults': {
    why: 'takes as many minutes as it is told; a short run of it',
    file: 'test/faults/faults.spec.ts',
    says: 'runFaults(',
  },
  'npm run test:fuzz': { why: 'builds; starts these tests', file: 'test/fuzz/run.mjs', says: "'test/fuzz'" },
  'npm run bench': {
    why: 'takes minutes and a quiet machine; the counts of the same work',
    file: 'test/bench/ceilings.spec.ts',
    says: 'ceilings.json',
  },
  'npm run fixture:upgrade': {
    why: 'writes what is checked in; what it has written is opened',
    file: 'test/upgrade/upgrade.spec.ts',
    says: 'fixture',
  },
  'npx jest libs/change-log': {
    why: 'a part of npm test',
    file: 'jest.config.mjs',
    says: '<rootDir>/libs/**',
  },
  'node deploy/local/engines.mjs up': {
    why: 'the same, until it prints its settings',
    file: 'test/support/floor.ts',
    says: "['deploy/local/engines.mjs', 'up']",
  },
  'node docs/guides/size-a-cluster.mjs': {
    why: 'run beside what its guide shows',
    file: 'test/documents.spec.ts',
    says: 'shows what its command prints',
  },
  'export KAFKA_BROKERS=… REDIS_URL=… CLICKHOUSE_URL=…': {
    why: 'what the line before it prints',
    file: 'test/support/floor.ts',
    says: 'readEngineSettings(',
  },
  'export KAFKA_BROKERS=127.0.0.1:9092': {
    why: 'needs servers; the same apps on some',
    file: 'test/support/floor.ts',
    says: "['apps/ingest', 'apps/query', 'apps/leaderboards']",
  },
  'npm run -s floorboard -- migrate': {
    why: 'needs a server',
    file: 'test/upgrade/upgrade.spec.ts',
    says: "'migrate'",
  },
  'export CLICKHOUSE_URL=https://floorboard:PASSWORD@': {
    why: 'needs a cluster; its statements, as far as one engine takes them',
    file: 'test/clickhouse-cluster.spec.ts',
    says: 'migrat',
  },
  'export KAFKA_BROKERS=kafka.example:9092': {
    why: 'needs servers; a folder moves to some',
    file: 'test/e2e/move.spec.ts',
    says: "'move'",
  },
  'DATA_DIR=./data npm run -s floorboard -- move': {
    why: 'the same',
    file: 'test/e2e/move.spec.ts',
    says: "'move'",
  },
  'floorboard move': { why: 'the same', file: 'test/e2e/move.spec.ts', says: "'move'" },
  'floorboard restore': { why: 'run by its npm form', file: 'docs/guides/back-up.md', says: '-- restore' },
  'floorboard backup': { why: 'run by its npm form', file: 'docs/guides/back-up.md', says: '-- backup' },
  'floorboard import': { why: 'run by its npm form', file: 'README.md', says: '-- import' },
  'floorboard start': { why: 'what this runs on', file: 'test/support/floor.ts', says: "['start']" },
  'floorboard migrate': { why: 'needs a server', file: 'test/upgrade/upgrade.spec.ts', says: "'migrate'" },
  'floorboard dead-letters list|show|replay|delete': {
    why: 'need one',
    file: 'test/e2e/dead-letters.spec.ts',
    says: "'dead-letters', 'replay'",
  },
};

/** Blocks that need what is not here, and the spec that runs the same files. */
const BLOCKS_ELSEWHERE: Record<string, string> = {
  'docs/guides/publish-with-an-outbox.md': 'test/outbox/outbox.spec.ts',
};

/** Cannot be run here, why, and how far they are looked at all the same. */
const CANNOT: readonly { begins: string; why: string; problems: (text: string) => string[] }[] = [
  { begins: 'docker ', why: 'no Docker engine', problems: dockerProblems },
  { begins: 'kubectl create secret generic ', why: 'no Kubernetes', problems: secretProblems },
  { begins: 'helm install ', why: 'no Kubernetes', problems: helmProblems },
  { begins: 'npm audit ', why: "asks the registry's service", problems: npmProblems },
  { begins: 'npm run check:images', why: 'takes minutes and the registry', problems: npmProblems },
  { begins: 'npm run check:deploy', why: 'needs Helm, which it builds', problems: npmProblems },
  { begins: 'npm run report:table', why: 'needs the outcome of a whole npm test', problems: npmProblems },
];

describe('the documents', () => {
  let floor: Floor;
  let home: string;
  const done = new Set<Block>();
  /** Commands of sentences that were run. */
  const run = new Set<string>();
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
    const ended = { script, code: await child.exited, output: child.output() };
    expect(ended).toEqual({ ...ended, code: 0 });
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
    run.add('floorboard verify');
  }, 120_000);

  it('shows the demo at work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-'));
    run.add('npm run demo');
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

  /** Runs a command that documents name inside a sentence, where `floorboard` is what is installed. */
  async function succeedNamed(named: string, script = named): Promise<string> {
    run.add(named);
    return succeed(`floorboard() { node dist/apps/floorboard/main.js "$@"; }\n${script}`);
  }

  it('answers an operator: doctor, verify, rebuild, keys, dead letters, erasure, completion', async () => {
    const doctor = await succeedNamed('floorboard doctor [--json]', 'floorboard doctor --json');
    expect(doctor).toContain('"ok"');
    const verify = await succeedNamed(
      'floorboard verify [--tenant ID] [--no-repair] [--json]',
      'floorboard verify --tenant default --no-repair --json',
    );
    expect(JSON.parse(verify.split('\n').at(-1) ?? '')).toMatchObject({ drift: 0 });
    await succeedNamed('floorboard rebuild [--tenant ID]', 'floorboard rebuild --tenant default');
    run.add('floorboard rebuild');
    expect(await succeedNamed('floorboard keys list')).toContain('admin');
    await succeedNamed('floorboard dead-letters list');
    const erased = await succeedNamed('floorboard erase ENTITY ID', 'floorboard erase employee e1');
    expect(erased).toMatch(/^erased: [1-9]\d* versions/m);
    run.add('floorboard erase');
    const completed = await succeedNamed(
      'floorboard completion bash',
      `source <(floorboard completion bash)
       COMP_WORDS=(floorboard dead-l) COMP_CWORD=1 COMP_LINE='floorboard dead-l'
       "$(complete -p floorboard | sed 's/.*-F \\([^ ]*\\).*/\\1/')" && echo "\${COMPREPLY[@]}"`,
    );
    expect(completed).toContain('dead-letters');
  }, 180_000);

  it('makes a secret that is taken as the first key, and a list of what is inside', async () => {
    const secret = await succeedNamed('openssl rand -base64 48', 'openssl rand -base64 48');
    expect(loadSettings({ ADMIN_KEY: secret.trim() }).ADMIN_KEY).toHaveLength(64);
    const sbom = await succeedNamed('npm run -s sbom', 'npm run -s sbom');
    expect((JSON.parse(sbom) as { bomFormat: string; components: object[] }).bomFormat).toBe('CycloneDX');
  }, 60_000);

  it('has a settings file to copy, in which everything stands that compose asks for', async () => {
    const [script = ''] = blocks('docs/deploy.md', 'Docker Compose');
    await succeed(`cp .env.example "$HOME/.env"`);
    const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    const asked = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    const told = /# set (.*) in it/.exec(script)?.[1]?.split(', ');
    expect([...new Set(asked)].sort()).toEqual(told?.sort());
    run.add('cp .env.example .env');
  });

  it('has no command that nobody runs', () => {
    const begins = (text: string, starts: readonly string[]): string | undefined =>
      starts.find((start) => text.startsWith(start));
    const isRun = ({ document, text, block }: Command): boolean =>
      run.has(text) ||
      document in BLOCKS_ELSEWHERE ||
      [...done].some(({ code }) => code === block?.code || code.includes(text)) ||
      begins(text, Object.keys(ELSEWHERE)) !== undefined ||
      CANNOT.some((one) => text.startsWith(one.begins));
    expect(COMMANDS.length).toBeGreaterThan(60);
    expect(
      COMMANDS.filter((command) => !isRun(command)).map(({ document, text }) => ({ document, text })),
    ).toEqual([]);
    // Nor one that is hidden behind a fence of another language, nor an excuse for what is not there.
    const languages = new Set(BLOCKS.map(({ language }) => language));
    expect([...languages].sort()).toEqual(['js', 'sh', 'text', 'ts']);
    for (const start of [...Object.keys(ELSEWHERE), ...CANNOT.map((one) => one.begins)]) {
      const found = COMMANDS.some(({ text }) => text.startsWith(start));
      expect({ start, found }).toEqual({ start, found: true });
    }
  });

  it.each(Object.entries(BLOCKS_ELSEWHERE))('runs the files of %s', (document, spec) => {
    const folder = join(ROOT, dirname(spec));
    const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const files = linksOf(document).filter((to) => to.startsWith('outbox/'));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(sources.join('\n')).toContain(file.slice('outbox/'.length));
  });

  it.each(Object.entries(ELSEWHERE))('finds elsewhere: %s', (_start, { file, says }) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(says);
  });

  it('names in commands only what is there: scripts, options, targets, profiles, values, keys of secrets', () => {
    const problems = COMMANDS.flatMap(({ document, text }) => {
      const check = CANNOT.find(({ begins }) => text.startsWith(begins))?.problems;
      const found = check
        ? check(text)
        : text.startsWith('npm ')
          ? npmProblems(text)
          : text.startsWith('floorboard ')
            ? floorboardProblems(text)
            : [];
      return found.map((problem) => `${document}: ${text}: ${problem}`);
    });
    expect(problems).toEqual([]);
  });

  it('would find what is not there', () => {
    expect(npmProblems('npm run nothing')).toEqual(['no script nothing']);
    expect(npmProblems('npm run test:faults -- --seed 1 --hours 2')).toEqual(['test:faults --hours']);
    expect(npmProblems('npm test -- libs/nothing')).toEqual(['libs/nothing']);
    expect(floorboardProblems('floorboard verify --all')).toEqual(['verify --all']);
    expect(floorboardProblems('floorboard verifies')).toEqual(['no command verifies']);
    expect(dockerProblems('docker build -f deploy/Dockerfile --target web -t floorboard:9.9.9 .')).toEqual([
      'deploy/Dockerfile',
      'web',
      '9.9.9',
    ]);
    expect(dockerProblems('docker run -v a:/data -e KEY -p 127.0.0.1:1:2 floorboard:0.1.0')).toEqual([
      'KEY',
      '2',
      '/data',
    ]);
    expect(dockerProblems('docker compose --profile all up')).toEqual(['all']);
    expect(secretProblems('kubectl create secret generic floorboard --from-literal=key=a')).toContain(
      'floorboard key',
    );
    expect(helmProblems('helm install fb deploy/helm/floorboard --set image.name=a')).toEqual([
      'image.name=a',
    ]);
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
