/** Every report on a large tenant: `npm run bench:reports` as a part of this run, its slowest reports in the table. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, startChild } from '../support/children';
import { figureOf, type Context, type Figure } from './figures';

interface Result {
  size: number;
  report: string;
  question: string;
  bar: number | null;
  p95: number;
  /** Every statement read each time; of a report's first question. */
  anew: { p95: number; rowsRead: number } | null;
  /** Of a report's first question, in turn with those of all others. */
  inTurn: { p95: number } | null;
}

/** Growth is shown over four; at two of them there is a bar. A quick run looks at a hundredth alone. */
const SIZES = { whole: '0.01,0.1,0.3,1', quick: '0.01' };

export async function reports({ quick, say }: Context): Promise<Figure[]> {
  const args = quick
    ? ['--sizes', SIZES.quick, '--repeats', '5', '--settle', '1000']
    : ['--sizes', SIZES.whole, '--repeats', '20'];
  const child = startChild('node', ['test/bench/run.mjs', 'reports', ...args], { UV_THREADPOOL_SIZE: '8' });
  void child
    .line((line) => {
      if (/^(size|parts)/.test(line)) say(line);
      return undefined;
    }, 30 * 60_000)
    .catch(() => undefined);
  const code = await child.exited;
  if (code !== 0) throw new Error(child.output().slice(-4_000));
  const file = join(ROOT, 'test', '.out', 'bench', 'reports.json');
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] };
  return [...new Set(results.map(({ size }) => size))].map((size) => figureAt(size, results));
}

/** The report that comes nearest to its bar, or goes furthest beyond it. */
function figureAt(size: number, results: readonly Result[]): Figure {
  const own = results.filter((result) => result.size === size);
  const share = ({ p95, bar }: Result): number => p95 / (bar ?? 1);
  const worst = own.reduce((most, result) => (share(result) > share(most) ? result : most));
  const slow = own.filter(({ p95, bar }) => bar !== null && p95 >= bar).map(({ report }) => report);
  const beyond = (times: 'anew' | 'inTurn'): number =>
    own.filter(({ [times]: of, bar }) => bar !== null && of !== null && of.p95 >= bar).length;
  const { bar } = worst;
  return figureOf(`reports: p95 of the one nearest to its bar, ${size} M contracts`, 'ms', [worst.p95], {
    ...(bar !== null && { bar: { text: `< ${bar}`, holds: () => slow.length === 0 } }),
    note: `${worst.report}, ${worst.question}; ${own.length} questions, ${new Set(slow).size} reports beyond their bar${slow.length > 0 ? `: ${[...new Set(slow)].join(', ')}` : ''}; a year in turn ${beyond('inTurn')}, read anew each time ${beyond('anew')}; each in reports.json`,
  });
}
