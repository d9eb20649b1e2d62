/**
 * Counts by option in the order the answer gives them, which parsed JSON does not keep of options that are whole
 * numbers ("5" to "1"): as a list of pairs instead of an object.
 */
import type { Row } from './types';

/** An object from strings to whole numbers; what looks like one inside of a text has its quotes escaped. */
const COUNTS = /"counts":\{((?:"(?:[^"\\]|\\.)*":\d+,?)*)\}/;
const OPTION = /"(?:[^"\\]|\\.)*"(?=:)/g;

interface Counted {
  rows?: Row[];
  totals?: Row;
}

/** The answer that a text is, with the counts of its rows and totals as pairs of option and count. */
export function parseCounted<T extends Counted>(text: string): T {
  const answer = JSON.parse(text) as T;
  const [, members] = COUNTS.exec(text) ?? [];
  if (members === undefined) return answer;
  const options = (members.match(OPTION) ?? []).map((option) => JSON.parse(option) as string);
  const paired = (row: Row): Row => {
    const counts = row['counts'] as Readonly<Record<string, number>>;
    return { ...row, counts: options.map((option) => [option, counts[option]]) };
  };
  const { rows, totals } = answer;
  return { ...answer, rows: rows?.map(paired), totals: totals && paired(totals) };
}
