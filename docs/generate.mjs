// `npm run docs`: writes what is generated from the code and checked in.
//
// A spec (test/documents.spec.ts) fails when one of these files is out of date.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
require('reflect-metadata');
const { generatedDocuments } = require('../dist/apps/query/openapi/generated.js');
const { commandLineDocuments } = require('../dist/apps/floorboard/handbook.js');

for (const [path, content] of Object.entries({ ...generatedDocuments(), ...commandLineDocuments() })) {
  writeFileSync(join(ROOT, path), content);
  console.log(path);
}
