/** The README's own commands, run as they stand there (but for the port and the data folder). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { Settings } from '#platform';
import { ROOT, startChild, type Child } from '../support/children';
import { Floor } from '../support/floor';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The fenced blocks of a section, in order. */
function blocks(heading: string, language: string): string[] {
  const section = README.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, lang, code]) =>
    lang === language && code !== undefined ? [code] : [],
  );
}

const shell = (script: string, env: Record<string, string> = {}): Child =>
  startChild('bash', ['-euo', 'pipefail', '-c', script], env, { group: true });

describe('the README', () => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.start('embedded');
  }, 60_000);
  afterAll(() => floor?.stop());

  /** A block with the address of the running server. */
  const here = (code: string): string => code.replaceAll('http://127.0.0.1:3000', floor.queryUrl);

  it('publishes a change by curl and shows it on a board', async () => {
    const [script = ''] = blocks('Publish a change', 'sh');
    // The stream never ends: it is read for a moment.
    const child = shell(here(script).replace('curl -N ', 'timeout 5 curl -sN ').trimEnd() + ' || true');
    await child.exited;
    expect(child.output()).toContain('{"accepted":2,"rejected":[]}');
    await floor.settle();
    const board = here(script.slice(script.indexOf("curl -sS 'http"), script.indexOf('curl -N')));
    const again = shell(board);
    expect(await again.exited).toBe(0);
    expect(again.output()).toContain('"employeeName":"Ann Lee"');
    expect(again.output()).toContain('"value":"1200.00"');
    expect(child.output()).toContain('event: leaderboards');
  }, 60_000);

  it('publishes a change from TypeScript', async () => {
    const [snippet = ''] = blocks('Publish a change', 'ts');
    const contract = {
      id: 'k9',
      number: 'C-9',
      name: 'Chairs',
      ownerId: 'e1',
      orderDate: '2026-05-20',
      amount: '0.50',
      status: 'approved',
      lines: [],
      rowVersion: 7,
    };
    const program = `const contract = ${JSON.stringify(contract)};\n${here(snippet)}`;
    const { code } = transformSync(program, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const child = startChild('node', ['--input-type=module', '-e', code], {});
    expect({ code: await child.exited, output: child.output() }).toEqual({ code: 0, output: '' });
    await floor.settle();
    const { rows } = await floor.get('/v1/leaderboards/rank-contract-amount?from=2026-05-20&to=2026-05-20');
    expect(rows).toEqual([expect.objectContaining({ employeeId: 'e1', value: '1200.50' })]);
  }, 30_000);

  it('imports the dataset into the running server, and a second time without effect', async () => {
    const [script = ''] = blocks('Import', 'sh');
    const once = async (): Promise<string> => {
      const child = shell(script, { DATA_DIR: floor.dataDir });
      expect({ code: await child.exited, output: child.output() }).toMatchObject({ code: 0 });
      await floor.settle();
      return JSON.stringify(
        (await floor.get('/v1/reports/rank-contract-count?from=2017-01-01&to=2017-12-31')).rows,
      );
    };
    const first = await once();
    expect(JSON.parse(first)).toHaveLength(30);
    expect(await once()).toBe(first);
  }, 120_000);

  it('shows the demo at work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-'));
    // `npm ci` stands before it in the README; here the packages are installed and the build is done.
    const demo = shell('exec npm run demo', { DATA_DIR: folder, PORT: '0' });
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

  it('has every setting in its table, with its default', () => {
    const defaults = new Settings() as unknown as Record<string, string | number | undefined>;
    const source = readFileSync(join(ROOT, 'libs/platform/settings.ts'), 'utf8');
    const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+)[?!]?[:\s=]/gm)].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const row = README.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      expect({ name, row }).toEqual({ name, row: expect.any(String) as unknown });
      if (defaults[name] !== undefined) expect(row).toContain(`\`${String(defaults[name])}\``);
    }
  });
});
