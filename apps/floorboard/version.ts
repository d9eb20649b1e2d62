/** Version of this program. */
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** As package.json says it, which lies beside `dist`. */
export function programVersion(): string {
  // From the compiled file, or from the source in tests.
  const root = __dirname.split(`${sep}dist${sep}`)[0] ?? '';
  const file = join(root === __dirname ? join(__dirname, '..', '..') : root, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
