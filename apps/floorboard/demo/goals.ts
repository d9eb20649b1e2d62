/** Goals for every salesperson and department, a little above what they have sold. */
import type { CloudEvent, Goal } from '#crm';
import { fromMinor, toMinorExact } from '#metrics';
import { demoEvent } from './demo-event';
import type { World } from './world';

/** Payments come later than signatures and not all of them come. */
const SHARE_PERCENT = { 'contract-amount': 110n, 'receivable-amount': 85n } as const;
const ROUNDED_TO_CENTS = 50_000n;

/** One goal per subject, metric and year in which a contract was signed, up to the year of `now`. */
export function goalsOf(world: World, years: readonly number[], at: number): CloudEvent[] {
  const months = new Set<string>();
  const sold = new Map<string, bigint>();
  const add = (subject: string, cents: bigint): void => {
    sold.set(subject, (sold.get(subject) ?? 0n) + cents);
  };
  for (const { ownerId, orderDate, amount } of world.contracts.values()) {
    const owner = world.employees.get(ownerId ?? '');
    if (!owner || !orderDate) continue;
    months.add(orderDate.slice(0, 7));
    add(owner.id, toMinorExact(amount));
    for (const department of departmentsAbove(world, owner.departmentId))
      add(department, toMinorExact(amount));
  }
  const monthCount = BigInt(Math.max(months.size, 1));
  const sellers = world.sellers;
  const everyone = sellers.reduce((sum, { id }) => sum + (sold.get(id) ?? 0n), 0n);
  // Who has sold nothing yet starts with half of what the others sell.
  const beginner = everyone / BigInt(Math.max(sellers.length, 1)) / 2n;
  const subjects: [Goal['subjectType'], string, bigint][] = [
    ...sellers.map(
      ({ id }) => ['employee', id, sold.get(id) ?? beginner] as [Goal['subjectType'], string, bigint],
    ),
    ...[...world.departments.keys()].map(
      (id) => ['department', id, sold.get(id) ?? 0n] as [Goal['subjectType'], string, bigint],
    ),
  ];
  return subjects.flatMap(([subjectType, subjectId, total]) =>
    years.flatMap((year) =>
      (['contract-amount', 'receivable-amount'] as const).map((metric) => {
        const target = roundedUp((total / monthCount) * SHARE_PERCENT[metric]);
        const id = `${subjectId}-${year}-${metric}`;
        const months12 = Array.from({ length: 12 }, () => fromMinor(target));
        return demoEvent('goal', 'set', { id, subjectType, subjectId, year, metric, months: months12 }, at);
      }),
    ),
  );
}

/** From hundredths of cents to a round sum. */
const roundedUp = (percentCents: bigint): bigint =>
  ((percentCents / 100n + ROUNDED_TO_CENTS - 1n) / ROUNDED_TO_CENTS) * ROUNDED_TO_CENTS;

function* departmentsAbove(world: World, id: string | null | undefined): Generator<string> {
  for (let next = id; next; next = world.departments.get(next)?.parentId) yield next;
}
