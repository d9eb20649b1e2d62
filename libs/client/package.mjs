// `npm run build:client`: the client as an npm package of its own, in dist/client.
//
// The compiler is given the browser's types alone, so nothing of Node can slip in.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const OUT = join(ROOT, 'dist', 'client');
const { version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

rmSync(OUT, { recursive: true, force: true });
const { status } = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', HERE], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

// Modules name each other with their extension, which the sources leave out.
for (const file of readdirSync(OUT)) {
  const path = join(OUT, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(from '\.\/\w+)'/g, "$1.js'"));
}
writeFileSync(
  join(OUT, 'package.json'),
  `${JSON.stringify(
    {
      name: 'floorboard-client',
      version,
      description: 'Publishes CRM change events to Floorboard',
      license,
      type: 'module',
      engines: { node: '>=20' },
      sideEffects: false,
      exports: { '.': { types: './index.d.ts', default: './index.js' } },
    },
    null,
    2,
  )}\n`,
);
copyFileSync(join(HERE, 'README.md'), join(OUT, 'README.md'));
copyFileSync(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
