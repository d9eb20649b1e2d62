/**
 * Days from a customer's creation to the deal: calendar days of the tenant's zone, at least 0 (a
 * back-dated deal counts 0). A deal without a date counts as a customer, not in the mean.
 */
import { mean } from '#metrics';
import type { Run } from '../run';
import { CUSTOMERS, DEAL, type Source } from '../sources';
import { sql, type Sql } from '../sql';

/** Sums of a group of deal customers. */
export interface DealDays {
  customers: number;
  /** Those with a deal date, and the sum of their days. */
  dated: number;
  days: number;
}

export const NO_DEALS: DealDays = { customers: 0, dated: 0, days: 0 };

/** The population, by owner and creation: customers that are deals now. */
export const DEALS: Source = { ...CUSTOMERS, where: [...CUSTOMERS.where, DEAL] };

/** Those of the population that the mean is over. */
export const DATED_DEAL = sql`${DEAL} AND isNotNull(deal_at)`;

/** Days of one customer; null without a deal date. */
export const daysToDeal = (run: Run): Sql => sql`
  if(isNull(deal_at), NULL, greatest(0,
    toInt32(${run.localDate('assumeNotNull(deal_at)')}) - toInt32(${run.localDate('created_at')})))`;

/** The columns of {@link DealDays} over customers. */
export const dealDays = (run: Run): Sql => sql`
  count() AS customers, countIf(isNotNull(deal_at)) AS dated, sum(ifNull(${daysToDeal(run)}, 0)) AS days`;

/** The population's customers with their days, as a subquery. */
export const dealCustomers = (run: Run): Sql => sql`
  SELECT key, isNotNull(deal_at) AS dated, ifNull(${daysToDeal(run)}, 0) AS days
  ${run.from(DEALS)}`;

export const shownDays = ({
  customers,
  dated,
  days,
}: DealDays): { avgDays: number | null; dealCustomers: number } => ({
  avgDays: mean(BigInt(days), BigInt(dated)),
  dealCustomers: customers,
});

/** The sums of several groups. */
export const addDays = (groups: Iterable<DealDays>): DealDays => {
  const sum = { ...NO_DEALS };
  for (const { customers, dated, days } of groups) {
    sum.customers += customers;
    sum.dated += dated;
    sum.days += days;
  }
  return sum;
};
