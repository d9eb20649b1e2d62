// `node test/faults/run.mjs PROGRAM [options]`: a program of this folder.
import { join } from 'node:path';
import { run } from '../support/typescript.mjs';

const [program] = process.argv.splice(2, 1);
run(join(import.meta.dirname, program));
