// `node test/bench/run.mjs PROGRAM [arguments]`: a program of this folder.
import { join } from 'node:path';
import { ensureEngines } from '../../deploy/local/engines.mjs';
import { run } from '../support/typescript.mjs';

const [program] = process.argv.splice(2, 1);
// From a clean machine on, as the tests.
if (program === 'main') await ensureEngines();
run(join(import.meta.dirname, program));
