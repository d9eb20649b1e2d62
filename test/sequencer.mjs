/**
 * The longest spec files first. A fresh checkout knows no durations, and jest would go by the size of the files: the
 * longest one then begins last and is waited for by everybody.
 */
import Sequencer from '@jest/test-sequencer';

/** What takes minutes or tens of seconds, longest first; the others follow by their size. */
const FIRST = [
  'test/reports/property.spec.ts',
  'test/browser/',
  'test/faults/',
  'test/e2e/',
  'test/leaks/',
  'test/reports/',
  'test/upgrade/',
  'test/',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const bySize = super.sort(tests);
    const rank = ({ path, context }) => {
      const name = path.slice(context.config.rootDir.length + 1);
      const found = FIRST.findIndex((start) => name.startsWith(start));
      return found < 0 ? FIRST.length : found;
    };
    return [...bySize].sort((a, b) => rank(a) - rank(b));
  }
}
