import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// The build's compiler settings, less its rule to leave specs out.
const compiler = JSON.parse(readFileSync(join(import.meta.dirname, '.swcrc'), 'utf8'));
delete compiler.exclude;

/** Unit specs sit beside the source; `test/` holds what needs more than one library. */
export default {
  rootDir: '.',
  testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/.out/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...compiler, swcrc: false }] },
  moduleNameMapper: { '^#(.+)$': '<rootDir>/libs/$1/index.ts' },
  setupFiles: ['reflect-metadata'],
  testTimeout: 60_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/sequencer.mjs',
};
