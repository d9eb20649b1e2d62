// Runs a program of this folder as it stands: its TypeScript is translated while it is loaded, the libraries are
// those of dist/.
//
//   node test/bench/run.mjs main [arguments]
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { ensureEngines } from '../../deploy/local/engines.mjs';

const options = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '.swcrc'), 'utf8'));
delete options.exclude;
Module._extensions['.ts'] = (module, file) => {
  module._compile(transformFileSync(file, { ...options, swcrc: false, sourceMaps: 'inline' }).code, file);
};
const [program] = process.argv.splice(2, 1);
// From a clean machine on, as the tests.
if (program === 'main') await ensureEngines();
createRequire(import.meta.url)('reflect-metadata');
createRequire(import.meta.url)(`./${program}`);
