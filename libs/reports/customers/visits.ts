/** Return visits and their answers, counted by option. */
import { column } from '../columns';
import { inOrder } from '../in-order';
import { recordsOf, type RecordList } from '../records/list';
import { readSettings } from '../settings';
import { sql, text, type Sql } from '../sql';
import { RETURN_VISITS } from '../sources';
import type { Run } from '../run';

/** Visits with one answer; '' for none. */
export interface AnswerCount {
  satisfaction: string;
  visits: number;
}

export interface Visits {
  visits: number;
  /** Visits by option in the configured order; other answers and none count in `visits` only. */
  counts: Record<string, number>;
}

export const VISITS_COLUMN = column('visits', 'count', '回访次数', 'Visits');
export const COUNTS_COLUMN = column('counts', 'counts', '满意度', 'Answers');

export function countAnswers(options: readonly string[], answers: readonly AnswerCount[]): Visits {
  const of = (wanted: readonly AnswerCount[]): number => wanted.reduce((sum, { visits }) => sum + visits, 0);
  return {
    visits: of(answers),
    counts: inOrder(
      options.map((option) => [option, of(answers.filter(({ satisfaction }) => satisfaction === option))]),
    ),
  };
}

/** A visit is linked to a contract, whatever its status. */
export const LINKED = sql`contract_key != 0`;

/** Visits that are linked to a contract. */
export const contractVisits = (run: Run): Sql => run.from(RETURN_VISITS, { where: LINKED });

/** Visits under a condition with one answer; null when the answer is no configured option. */
export async function answerRecords(run: Run, option: string, where: Sql): Promise<RecordList | null> {
  const { satisfactionOptions } = await readSettings(run);
  if (!satisfactionOptions.includes(option)) return null;
  return recordsOf(run, RETURN_VISITS, { where: sql`${where} AND satisfaction = ${text(option)}` });
}

/** Groups by a key. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
