/** `data-summary`: figures for one block of text per stage of selling. */
import type { Contract, Customer, ReceivablePlan } from '#crm';
import { addDays } from '../dates';
import { decimal, hundredths, sum, sumOf } from '../exact';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import { covers } from '../scope';
import {
  contractsOrdered,
  customersCreated,
  followedCustomers,
  isDeal,
  isEffective,
  opportunitiesCreated,
  poolMoves,
  receivablesReturned,
} from '../selections';
import { idSet, recordSet } from '../tables';

/** Days ahead of the expiry reminder; null when it is off. Without a settings record: 3. */
function expiryDays(q: Question): number | null {
  const settings = q.world.get('settings', 'settings');
  return settings ? (settings.contractExpiryDays ?? null) : 3;
}

/** Customers of the period nobody in scope has followed in it. */
function notFollowed(q: Question): Customer[] {
  const followed = new Set(followedCustomers(q, q.scope.people, q.period));
  return customersCreated(q, q.scope.people, q.period).filter((c) => !followed.has(c.id));
}

/** Effective contracts that run out from today to the last day of the reminder; null when it is off. */
function expiring(q: Question): Contract[] | null {
  const days = expiryDays(q);
  if (days === null) return null;
  const last = addDays(q.today, days);
  return q.world
    .all('contract')
    .filter((c) => isEffective(c) && covers(q.scope.people, c.ownerId))
    .filter((c) => typeof c.endDate === 'string' && c.endDate >= q.today && c.endDate <= last);
}

function expired(q: Question): Contract[] | null {
  if (expiryDays(q) === null) return null;
  return q.world
    .all('contract')
    .filter((c) => isEffective(c) && covers(q.scope.people, c.ownerId))
    .filter((c) => typeof c.endDate === 'string' && c.endDate < q.today);
}

const PLANNED_STATUSES = ['pending', 'in-review', 'approved', 'no-approval'];

/** Plans of the period whose contract is alive; a plan whose contract is unknown has no such status. */
function plans(q: Question): ReceivablePlan[] {
  return q.world
    .all('receivable-plan')
    .filter((p) => covers(q.scope.people, p.ownerId))
    .filter((p) => p.plannedDate >= q.period.from && p.plannedDate <= q.period.to)
    .filter((p) => PLANNED_STATUSES.includes(q.world.get('contract', p.contractId)?.status ?? ''));
}

/** What is still open of a plan; effective receivables linked to it count whoever owns them. */
function openAmount(q: Question, plan: ReceivablePlan): bigint {
  const linked = q.world.all('receivable').filter((r) => isEffective(r) && r.planId === plan.id);
  const open = hundredths(plan.amount) - sumOf(linked, (r) => r.amount);
  return open > 0n ? open : 0n;
}

function headline(q: Question): Row {
  const { people } = q.scope;
  const customers = customersCreated(q, people, q.period);
  const opportunities = opportunitiesCreated(q, people, q.period);
  const contracts = contractsOrdered(q, people, q.period);
  return {
    newCustomers: customers.length,
    dealCustomers: customers.filter(isDeal).length,
    putInPool: poolMoves(q, 'put-in', people, q.period).length,
    takenFromPool: poolMoves(q, 'taken', people, q.period).length,
    followedCustomers: followedCustomers(q, people, q.period).length,
    newNotFollowed: notFollowed(q).length,
    newOpportunities: opportunities.length,
    opportunityAmount: decimal(sumOf(opportunities, (o) => o.amount)),
    wonOpportunities: opportunities.filter((o) => o.endState === 'won').length,
    lostOpportunities: opportunities.filter((o) => o.endState === 'lost').length,
    signedContracts: contracts.length,
    contractAmount: decimal(sumOf(contracts, (c) => c.amount)),
    expiringContracts: expiring(q)?.length ?? null,
    expiredContracts: expired(q)?.length ?? null,
    receivedAmount: decimal(sumOf(receivablesReturned(q, people, q.period), (r) => r.amount)),
    plannedAmount: decimal(sum(plans(q).map((plan) => openAmount(q, plan)))),
  };
}

function records(q: Question, column: string | undefined): RecordSet | null {
  const { people } = q.scope;
  const opportunities = opportunitiesCreated(q, people, q.period);
  switch (column) {
    case 'newCustomers':
      return recordSet('customer', customersCreated(q, people, q.period));
    case 'dealCustomers':
      return recordSet('customer', customersCreated(q, people, q.period).filter(isDeal));
    case 'putInPool':
      return recordSet('pool-move', poolMoves(q, 'put-in', people, q.period));
    case 'takenFromPool':
      return recordSet('pool-move', poolMoves(q, 'taken', people, q.period));
    case 'followedCustomers':
      return idSet('customer', followedCustomers(q, people, q.period));
    case 'newNotFollowed':
      return recordSet('customer', notFollowed(q));
    case 'newOpportunities':
    case 'opportunityAmount':
      return recordSet('opportunity', opportunities);
    case 'wonOpportunities':
      return recordSet(
        'opportunity',
        opportunities.filter((o) => o.endState === 'won'),
      );
    case 'lostOpportunities':
      return recordSet(
        'opportunity',
        opportunities.filter((o) => o.endState === 'lost'),
      );
    case 'signedContracts':
    case 'contractAmount':
      return recordSet('contract', contractsOrdered(q, people, q.period));
    case 'expiringContracts':
      return recordSet('contract', expiring(q) ?? []);
    case 'expiredContracts':
      return recordSet('contract', expired(q) ?? []);
    case 'receivedAmount':
      return recordSet('receivable', receivablesReturned(q, people, q.period));
    case 'plannedAmount':
      return recordSet('receivable-plan', plans(q));
    default:
      return null;
  }
}

export const dataSummary: ReportModel = {
  answer: (q) => ({ period: q.period, headline: headline(q) }),
  records: (q, { column }) => records(q, column),
};
