/** `forgotten-customers`: who has not been contacted for how long, as of today. */
import type { Customer } from '#crm';
import { daysBetween } from '../dates';
import type { Question, ReportModel } from '../question';
import { covers } from '../scope';
import { localDate } from '../selections';
import { recordSet } from '../tables';

const LIMITS = [7, 15, 30, 90, 180];

/** The local date of the latest follow-up naming a customer, by whomever; its creation date without any. */
function lastContact(q: Question, customer: Customer): string {
  const dates = q.world
    .all('activity')
    .filter((a) => a.kind === 'follow-up' && a.customerId === customer.id)
    .map((a) => localDate(q, a.createdAt));
  return dates.sort().at(-1) ?? localDate(q, customer.createdAt);
}

const owned = (q: Question): Customer[] =>
  q.world.all('customer').filter((customer) => covers(q.scope.people, customer.ownerId));

const forgotten = (q: Question, days: number): Customer[] =>
  owned(q).filter(
    (customer) => customer.dealStatus === 'not-deal' && daysBetween(lastContact(q, customer), q.today) > days,
  );

const overdue = (q: Question): Customer[] =>
  owned(q).filter((customer) => {
    if (typeof customer.nextContactAt !== 'string') return false;
    const next = localDate(q, customer.nextContactAt);
    return next < q.today && lastContact(q, customer) < next;
  });

export const forgottenCustomers: ReportModel = {
  /** No period is defined for this report, so that the answer has none. */
  answer: (q) => ({
    headline: {
      ...Object.fromEntries(LIMITS.map((days) => [`over${days}`, forgotten(q, days).length])),
      overdueContact: overdue(q).length,
    },
  }),
  records(q, { column }) {
    if (column === 'overdueContact') return recordSet('customer', overdue(q));
    const days = LIMITS.find((limit) => column === `over${limit}`);
    return days === undefined ? null : recordSet('customer', forgotten(q, days));
  },
};
