/** What the build hands to a browser before its first screen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUILD = join(__dirname, '..', '..', '..', 'dist', 'apps', 'dashboard');
const size = (file: string): number => gzipSync(readFileSync(join(BUILD, file)), { level: 9 }).length;

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}
const manifest = JSON.parse(readFileSync(join(BUILD, 'manifest.json'), 'utf8')) as Record<string, Chunk>;

/** Files of a chunk and of all that it needs at once. */
function filesOf(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (!chunk || seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file);
  for (const other of chunk.imports ?? []) filesOf(other, seen);
  return seen;
}

describe('the built dashboard', () => {
  it('has a shell under 60 kB, the words of a language included', () => {
    const words = Math.max(...[...filesOf('src/i18n/zh.ts'), ...filesOf('src/i18n/en.ts')].map(size));
    const shell = [...filesOf('index.html')];
    expect(shell.length).toBeGreaterThan(2);
    const bytes = size('index.html') + shell.reduce((sum, file) => sum + size(file), 0);
    expect(words).toBeGreaterThan(1_000);
    console.log(`shell: ${bytes} bytes, words: at most ${words}`);
    expect(bytes + words).toBeLessThan(60_000);
  });

  it('keeps the chart library in a chunk that no screen needs at once', () => {
    const [engine] = filesOf('src/charts/engine.ts');
    expect(size(engine as string)).toBeGreaterThan(100_000);
    const screens = Object.keys(manifest).filter((name) => name.endsWith('Screen.vue'));
    expect(screens.length).toBeGreaterThan(7);
    for (const screen of ['index.html', ...screens]) expect(filesOf(screen)).not.toContain(engine);
  });

  it('asks nobody else for anything', () => {
    const page = readFileSync(join(BUILD, 'index.html'), 'utf8');
    expect(page).not.toMatch(/https?:|\/\/[a-z]|<style|style=|<script>|\son[a-z]+=/i);
  });
});
