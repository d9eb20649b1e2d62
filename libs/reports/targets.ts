/** Monthly targets (R14): goals of one subject, year and metric add up. */
import { bucketsOf, isWholeMonths, monthsOf, type Range } from '#calendar';
import { percent, type TargetMetric } from '#metrics';
import { minor, sumOf } from './amounts';
import type { Run } from './run';
import type { TargetSubjects } from './scope';
import { CONTRACTS, RECEIVABLES, type Source } from './sources';
import { integer, NOTHING, sql, text, texts } from './sql';

/** What is counted as done against the targets of a metric. */
export const DONE_SOURCES: Record<TargetMetric, Source> = {
  'contract-amount': CONTRACTS,
  'receivable-amount': RECEIVABLES,
};

/** Up to this many subjects are named to the warehouse; of more all goals are read. */
const NAMED_SUBJECTS = 300;

interface GoalRow {
  subjectId: string;
  year: number;
  /** Sums of the twelve months. */
  months: string[];
}

interface Month {
  year: number;
  /** 0 to 11. */
  index: number;
}

const monthOf = (key: string): Month => ({
  year: Number(key.slice(0, 4)),
  index: Number(key.slice(5, 7)) - 1,
});

/** Targets by subject, year and month, in minor units. */
export class Targets {
  /** The months of the range asked about last: a list asks for each of its rows. */
  private asked: { range: Range; months: readonly Month[] | null } | undefined;

  constructor(private readonly bySubject: ReadonlyMap<string, ReadonlyMap<number, readonly bigint[]>>) {}

  /** Those of some subjects. */
  among(ids: ReadonlySet<string>): Targets {
    return new Targets(new Map([...this.bySubject].filter(([subject]) => ids.has(subject))));
  }

  /** Those who have a goal, in no order. */
  get subjects(): string[] {
    return [...this.bySubject.keys()];
  }

  /** Target of one subject in a month given as `YYYY-MM`. */
  of(subjectId: string, month: string): bigint {
    return this.ofOne(subjectId, monthOf(month));
  }

  /** Target of all subjects in a month given as `YYYY-MM`. */
  inMonth(key: string): bigint {
    return this.ofAll(monthOf(key));
  }

  /** Target of one subject over the months of a range; null unless it is made of whole months. */
  overFor(subjectId: string, range: Range): bigint | null {
    const months = this.months(range);
    return months && sumOf(months, (month) => this.ofOne(subjectId, month));
  }

  /** Target of all subjects over the months of a range; null unless it is made of whole months. */
  over(range: Range): bigint | null {
    const months = this.months(range);
    return months && sumOf(months, (month) => this.ofAll(month));
  }

  private ofOne(subjectId: string, { year, index }: Month): bigint {
    return this.bySubject.get(subjectId)?.get(year)?.[index] ?? 0n;
  }

  private ofAll(month: Month): bigint {
    return sumOf(this.bySubject.keys(), (subject) => this.ofOne(subject, month));
  }

  private months(range: Range): readonly Month[] | null {
    if (this.asked?.range !== range) {
      const months = isWholeMonths(range) ? bucketsOf(range, 'month').map(monthOf) : null;
      this.asked = { range, months };
    }
    return this.asked.months;
  }
}

function byYearOf(rows: readonly GoalRow[]): Map<string, Map<number, bigint[]>> {
  const bySubject = new Map<string, Map<number, bigint[]>>();
  for (const { subjectId, year, months } of rows) {
    const years = bySubject.get(subjectId) ?? new Map<number, bigint[]>();
    bySubject.set(subjectId, years.set(year, months.map(minor)));
  }
  return bySubject;
}

/** Reads the targets of a metric for subjects, for the years that a range touches. */
export async function readTargets(
  run: Run,
  metric: TargetMetric,
  { type, ids }: TargetSubjects,
  range: Range,
): Promise<Targets> {
  const years = monthsOf(range).map(({ year }) => year);
  const named = ids === null || ids.size > NAMED_SUBJECTS ? null : [...ids];
  const targets = await run.kept<GoalRow, Targets>(
    ['goal'],
    sql`
      SELECT subject_id AS subjectId, year, sumForEach(months) AS months
      FROM goal FINAL
      WHERE tenant = ${run.tenant} AND metric = ${text(metric)} AND subject_type = ${text(type)}
        AND year >= ${integer(Math.min(...years))} AND year <= ${integer(Math.max(...years))}
        ${named === null ? NOTHING : sql`AND subject_id IN ${texts(named)}`}
      GROUP BY subject_id, year`,
    (rows) => new Targets(byYearOf(rows)),
  );
  return ids === null || named !== null ? targets : targets.among(ids);
}

/** Done against target; null without a target. */
export const completion = (done: bigint, target: bigint | null): number | null =>
  target === null ? null : percent(done, target);
