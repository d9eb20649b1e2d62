// `npm run check:images`: what can be shown of the images without Docker. Carries out each stage of the Dockerfile in
// a clean folder, looks at what would be in the images, prints their sizes (without the base image) and runs what
// compose would run from those folders. Takes minutes and needs the npm registry; hadolint is used where it is on the
// PATH, or HADOLINT names it.
//
//   npm run check:images [-- --keep DIR [--from STAGE]]     keeps the folders; goes on with those of a run before
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { carryOut, packagesIn, readStages, sizeOf } from './dockerfile.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const IMAGES = ['ingest', 'facts', 'leaderboards', 'query', 'cli', 'all-in-one'];
const MB = 1_000_000;

const problems = [];

function expect(isSo, problem) {
  if (!isSo) problems.push(problem);
}

function lint() {
  const hadolint = process.env.HADOLINT ?? 'hadolint';
  const { error, status } = spawnSync(hadolint, [join(import.meta.dirname, 'Dockerfile')], {
    stdio: 'inherit',
  });
  if (error) console.log('hadolint: not here');
  else {
    console.log(`hadolint: ${status === 0 ? 'nothing to say' : 'see above'}`);
    expect(status === 0, 'hadolint has something to say');
  }
}

const productionPackages = () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
};

function look(image, app) {
  const packages = packagesIn(app);
  const known = new Set(productionPackages().map(([path, { version }]) => `${nameOf(path)}@${version}`));
  for (const one of packages)
    expect(known.has(one), `${image}: ${one} is no dependency of a running program`);
  const hasChdb = packages.some((one) => /^@?chdb/.test(one));
  expect(hasChdb === (image === 'all-in-one'), `${image}: chDB is ${hasChdb ? '' : 'not '}in it`);
  const hasPage = existsSync(join(app, 'dist/apps/dashboard/index.html'));
  expect(hasPage === ['query', 'cli', 'all-in-one'].includes(image), `${image}: the dashboard ${hasPage}`);
  const sbom = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8'));
  const listed = new Set(sbom.components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', ''))));
  for (const one of packages) expect(listed.has(one), `${image}: the SBOM does not name ${one}`);
  for (const one of listed)
    expect(packages.includes(one), `${image}: the SBOM names ${one}, which is not in it`);
  return { packages: packages.length, sbom: `${sbom.bomFormat} ${sbom.specVersion}` };
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function sizes(app) {
  const of = (path) => (existsSync(join(app, path)) ? sizeOf(join(app, path)) / MB : 0).toFixed(1);
  return { 'all (MB)': of('.'), 'node_modules (MB)': of('node_modules'), 'dist (MB)': of('dist') };
}

/** The processes of compose, each from the folder of its image. */
function runCompose(folder) {
  const { status } = spawnSync('npx', ['jest', 'test/compose-run', '--maxWorkers=1'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, IMAGES: folder },
  });
  expect(status === 0, 'the processes of compose did not do their work');
}

const { values } = parseArgs({ options: { keep: { type: 'string' }, from: { type: 'string' } } });
const folder = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'floorboard-images-'));
mkdirSync(folder, { recursive: true });
try {
  lint();
  const stages = readStages();
  const table = {};
  const first = Math.max(0, values.from ? stages.findIndex(({ name }) => name === values.from) : 0);
  for (const stage of stages.slice(first)) {
    const app = carryOut(stages, stage, folder);
    console.log(`${stage.name}: carried out`);
    if (IMAGES.includes(stage.name)) table[stage.name] = { ...sizes(app), ...look(stage.name, app) };
  }
  console.table(table);
  runCompose(folder);
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'the images are as they should be' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
