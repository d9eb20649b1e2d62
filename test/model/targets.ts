/** Monthly targets (R14): goals of one subject, year and metric add up. */
import { hundredths, percent, sum } from './exact';
import { covers, type IdSet } from './scope';
import type { World } from './world';

export type TargetMetric = 'contract-amount' | 'receivable-amount';

/** Σ of the subjects' targets over months (`YYYY-MM`), in hundredths. */
export function targetOf(
  world: World,
  metric: TargetMetric,
  { subjectType, subjects }: { subjectType: 'department' | 'employee'; subjects: IdSet },
  months: string[],
): bigint {
  const goals = world
    .all('goal')
    .filter((g) => g.metric === metric && g.subjectType === subjectType && covers(subjects, g.subjectId));
  return sum(
    months.flatMap((month) =>
      goals
        .filter((goal) => goal.year === Number(month.slice(0, 4)))
        .map((goal) => hundredths(goal.months[Number(month.slice(5, 7)) - 1] ?? '0')),
    ),
  );
}

/** done / target; null without a target. */
export const completion = (done: bigint, target: bigint): number | null => percent(done, target);
