// Runs main.ts as it stands: its TypeScript is translated while it is loaded, the libraries are those of dist/.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';

const options = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '.swcrc'), 'utf8'));
delete options.exclude;
Module._extensions['.ts'] = (module, file) => {
  module._compile(transformFileSync(file, { ...options, swcrc: false, sourceMaps: 'inline' }).code, file);
};
createRequire(import.meta.url)('reflect-metadata');
createRequire(import.meta.url)('./main.ts');
