// Runs programs of the tests as they stand: their TypeScript is translated while it is loaded, the libraries are
// those of dist/.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';

/** Loads, and so runs, a file of TypeScript by its absolute path. */
export function run(path) {
  const options = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '.swcrc'), 'utf8'));
  delete options.exclude;
  Module._extensions['.ts'] = (module, file) => {
    module._compile(transformFileSync(file, { ...options, swcrc: false, sourceMaps: 'inline' }).code, file);
  };
  const require = createRequire(import.meta.url);
  require('reflect-metadata');
  require(path);
}
