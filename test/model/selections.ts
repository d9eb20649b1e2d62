/**
 * The records a measure counts. Reports count and sum these lists; drill-downs are these lists.
 *
 * Every selection takes the people in scope and a range of local dates; `null` for a range is any date.
 */
import type {
  Activity,
  Contact,
  Contract,
  Customer,
  Invoice,
  Opportunity,
  PoolMove,
  Receivable,
  ReturnVisit,
} from '#crm';
import { dateOfInstant, isIn, type Range } from './dates';
import type { Question } from './question';
import { covers, type IdSet } from './scope';

export const isEffective = (document: { status: string }): boolean =>
  document.status === 'approved' || document.status === 'no-approval';

/** The local date of an instant. */
export const localDate = (q: Question, instant: string): string => dateOfInstant(instant, q.timeZone);

const happened = (q: Question, instant: string, range: Range): boolean => isIn(localDate(q, instant), range);

export const customersCreated = (q: Question, people: IdSet, range: Range): Customer[] =>
  q.world.all('customer').filter((c) => covers(people, c.ownerId) && happened(q, c.createdAt, range));

export const contactsCreated = (q: Question, people: IdSet, range: Range): Contact[] =>
  q.world.all('contact').filter((c) => covers(people, c.ownerId) && happened(q, c.createdAt, range));

export const opportunitiesCreated = (q: Question, people: IdSet, range: Range): Opportunity[] =>
  q.world.all('opportunity').filter((o) => covers(people, o.ownerId) && happened(q, o.createdAt, range));

/** Effective contracts by order date. */
export const contractsOrdered = (q: Question, people: IdSet, range: Range): Contract[] =>
  q.world
    .all('contract')
    .filter((c) => isEffective(c) && covers(people, c.ownerId) && isIn(c.orderDate, range));

/** Effective receivables by return date, credited to their own owner. */
export const receivablesReturned = (q: Question, people: IdSet, range: Range): Receivable[] =>
  q.world
    .all('receivable')
    .filter((r) => isEffective(r) && covers(people, r.ownerId) && isIn(r.returnDate, range));

export const countsAsInvoiced = (invoice: Invoice): boolean => isEffective(invoice) && invoice.issued;

/** Effective, issued invoices by issue date. */
export const invoicesIssued = (q: Question, people: IdSet, range: Range): Invoice[] =>
  q.world
    .all('invoice')
    .filter((i) => countsAsInvoiced(i) && covers(people, i.ownerId) && isIn(i.issueDate, range));

/** Effective receivables on a contract: any date, any owner. */
export const receivablesOn = (q: Question, contractId: string): Receivable[] =>
  q.world.all('receivable').filter((r) => isEffective(r) && r.contractId === contractId);

/** Effective, issued invoices on a contract: any date, any owner. */
export const invoicesOn = (q: Question, contractId: string): Invoice[] =>
  q.world.all('invoice').filter((i) => countsAsInvoiced(i) && i.contractId === contractId);

export const activitiesOf = (
  q: Question,
  kinds: Activity['kind'][],
  people: IdSet,
  range: Range,
): Activity[] =>
  q.world
    .all('activity')
    .filter((a) => kinds.includes(a.kind) && covers(people, a.authorId) && happened(q, a.createdAt, range));

/**
 * Distinct customers that follow-ups name (R15). The link alone counts: a customer whose record is not
 * known (yet, or any more) is a customer somebody followed; the CRM deletes the follow-ups with it.
 */
export const followedCustomers = (q: Question, people: IdSet, range: Range): string[] => {
  const named = activitiesOf(q, ['follow-up'], people, range).map((activity) => activity.customerId);
  return [...new Set(named.filter((id) => typeof id === 'string'))];
};

export const poolMoves = (
  q: Question,
  direction: PoolMove['direction'],
  people: IdSet,
  range: Range,
): PoolMove[] =>
  q.world
    .all('pool-move')
    .filter(
      (m) => m.direction === direction && covers(people, m.employeeId) && happened(q, m.movedAt, range),
    );

/** Return visits linked to a contract, whatever its status. */
export const contractVisits = (q: Question, people: IdSet, range: Range): ReturnVisit[] =>
  q.world
    .all('return-visit')
    .filter(
      (v) =>
        typeof v.contractId === 'string' && covers(people, v.visitorId) && happened(q, v.visitedAt, range),
    );

export const isDeal = (customer: Customer): boolean => customer.dealStatus === 'deal';
