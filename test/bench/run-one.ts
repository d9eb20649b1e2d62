/** One benchmark in a process of its own: `run-one NAME`. */
import { serve } from './worker';
import { BENCHMARKS } from './list';
import type { Context, Figure } from './figures';

serve({
  run: async (context: Omit<Context, 'say'>): Promise<Figure[]> => {
    const benchmark = BENCHMARKS[process.argv[2] ?? ''];
    if (!benchmark) throw new Error(`no benchmark ${process.argv[2]}`);
    return benchmark({ ...context, say: (text) => process.stderr.write(`${text}\n`) });
  },
});
