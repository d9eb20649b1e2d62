import { recordsById, recordsOf, type RecordList } from '../records/list';
import { isoOf } from '#calendar';
import { decimal, minor } from '../amounts';
import {
  column,
  CONTRACT_AMOUNT,
  DEAL_CUSTOMERS,
  FOLLOWED_CUSTOMERS,
  NEW_CUSTOMERS,
  NEW_OPPORTUNITIES,
  OPPORTUNITY_AMOUNT,
  PUT_IN_POOL,
  RECEIVED_AMOUNT,
  TAKEN_FROM_POOL,
  WON_OPPORTUNITIES,
} from '../columns';
import { StandardQuery } from '../parameters';
import { defineReport } from '../report';
import type { Run } from '../run';
import { followedIds, followedKeys } from '../followed';
import { readSettings } from '../settings';
import {
  CONTRACTS,
  CUSTOMERS,
  DEAL,
  OPPORTUNITIES,
  PLANS,
  POOL_MOVES,
  PUT_IN,
  RECEIVABLES,
  TAKEN,
} from '../sources';
import { date, raw, sql, type Sql } from '../sql';

/** Contracts whose plans still count: they may yet become effective, or are. */
export const PLANNED_STATUSES = sql`status IN ('pending', 'in-review', 'approved', 'no-approval')`;

async function one<T>(run: Run, statement: Sql): Promise<T> {
  const [row] = await run.rows<T>(statement);
  if (!row) throw new Error('an aggregate without a row');
  return row;
}

interface Customers {
  created: number;
  deals: number;
  notFollowed: number;
  followed: number;
}

/**
 * Customers created and customers followed in one pass over both tables. Those created and not followed are
 * what all of them are more than those followed: sets of keys cost much less than to group by key.
 */
const customers = (run: Run): Promise<Customers> =>
  one(
    run,
    sql`SELECT countIf(NOT was_followed) AS created, countIf(is_deal) AS deals,
               uniqExactIf(key, was_followed) AS followed, uniqExact(key) - followed AS notFollowed
        FROM (
          SELECT key, ${DEAL} AS is_deal, 0 AS was_followed ${run.from(CUSTOMERS)}
          UNION ALL
          SELECT key, 0 AS is_deal, 1 AS was_followed FROM (${followedKeys(run)})
        )`,
  );

const moves = (run: Run): Promise<{ putIn: number; taken: number }> =>
  one(run, sql`SELECT countIf(${PUT_IN}) AS putIn, countIf(${TAKEN}) AS taken ${run.from(POOL_MOVES)}`);

const opportunities = (run: Run): Promise<{ created: number; amount: string; won: number; lost: number }> =>
  one(
    run,
    sql`SELECT count() AS created, sum(amount) AS amount,
               countIf(end_state = 'won') AS won, countIf(end_state = 'lost') AS lost
        ${run.from(OPPORTUNITIES)}`,
  );

/** Contracts signed in the period, and those that end soon or have ended whatever the period. */
interface Contracts {
  signed: number;
  amount: string;
  expiring: number | null;
  expired: number | null;
}

/** Signed and ending contracts in one pass; without the reminder only the period's are read. */
async function contracts(run: Run): Promise<Contracts> {
  const { contractExpiryDays } = await readSettings(run);
  if (contractExpiryDays === null) {
    const { signed, amount } = await one<{ signed: number; amount: string }>(
      run,
      sql`SELECT count() AS signed, sum(amount) AS amount ${run.from(CONTRACTS)}`,
    );
    return { signed, amount, expiring: null, expired: null };
  }
  const inPeriod = run.during(CONTRACTS.date);
  return one<Contracts>(
    run,
    sql`SELECT countIf(${inPeriod}) AS signed, sumIf(amount, ${inPeriod}) AS amount,
               countIf(${expiring(run, contractExpiryDays)}) AS expiring, countIf(${expired(run)}) AS expired
        ${run.from(CONTRACTS, { range: null })}`,
  );
}

const received = (run: Run): Promise<{ amount: string }> =>
  one(run, sql`SELECT sum(amount) AS amount ${run.from(RECEIVABLES)}`);

/** Plans of the period whose contract still counts, with what was paid on them by whomever as `paid`. */
function plansWithPaid(run: Run): Sql {
  const payments = run.from(RECEIVABLES, { range: null, whose: 'anybody', where: raw('plan_key != 0') });
  // The plans of the period are fewer than the contracts that count, so they are what is held while those pass by.
  return sql`
    FROM (SELECT key AS counting FROM ${run.newest('contract', PLANNED_STATUSES)}) AS contracts
    INNER JOIN (
      SELECT id, contract_id, contract_key, owner_id, planned_date, amount, paid
      FROM (SELECT key, id, contract_id, contract_key, owner_id, planned_date, amount ${run.from(PLANS)}) AS plans
      LEFT JOIN (SELECT plan_key, sum(amount) AS paid ${payments} GROUP BY plan_key) AS payments
        ON payments.plan_key = plans.key
    ) AS planned ON planned.contract_key = contracts.counting`;
}

/** What is still to be received on a plan of {@link plansWithPaid}. */
const OPEN_AMOUNT = raw('greatest(amount - ifNull(paid, 0), toDecimal128(0, 2))');

const planned = (run: Run): Promise<{ amount: string }> =>
  one(run, sql`SELECT sum(${OPEN_AMOUNT}) AS amount ${plansWithPaid(run)}`);

const planRecords = (run: Run): RecordList => ({
  entity: 'receivable-plan',
  from: sql`FROM (SELECT id, contract_id, owner_id, planned_date, amount, ${OPEN_AMOUNT} AS open_amount
                  ${plansWithPaid(run)}) WHERE id != ''`,
  added: { key: 'openAmount', type: 'money', expression: raw('open_amount') },
});

/** Contracts of the scope under a condition that the setting decides; none while the reminder is off. */
async function endingRecords(run: Run, condition: (days: number) => Sql): Promise<RecordList> {
  const { contractExpiryDays } = await readSettings(run);
  const where = contractExpiryDays === null ? raw('0') : condition(contractExpiryDays);
  return recordsOf(run, CONTRACTS, { range: null, where });
}

/** The last date that a record can have. */
const LAST_DATE = '2299-12-31';

export const expired = (run: Run): Sql => sql`end_date < ${date(isoOf(run.today))}`;

export function expiring(run: Run, days: number): Sql {
  const last = isoOf(run.today + days);
  return sql`end_date >= ${date(isoOf(run.today))} AND end_date <= ${date(last < LAST_DATE ? last : LAST_DATE)}`;
}

export default defineReport({
  id: 'data-summary',
  group: 'dashboard',
  name: { 'zh-CN': '数据汇总', en: 'Summary' },
  about: {
    'zh-CN': '期间内客户、跟进、商机、合同与回款各阶段的汇总；即将到期与已到期合同不受期间限制。',
    en: 'Every stage of selling in figures; expiring and expired contracts do not depend on the period.',
  },
  period: { kind: 'period', standard: 'month' },
  query: StandardQuery,
  columns: {
    headline: [
      NEW_CUSTOMERS,
      DEAL_CUSTOMERS,
      PUT_IN_POOL,
      TAKEN_FROM_POOL,
      FOLLOWED_CUSTOMERS,
      column('newNotFollowed', 'count', '新增未跟进客户数', 'New, not followed'),
      NEW_OPPORTUNITIES,
      OPPORTUNITY_AMOUNT,
      WON_OPPORTUNITIES,
      column('lostOpportunities', 'count', '输单商机数', 'Lost opportunities'),
      column('signedContracts', 'count', '签约合同数', 'Contracts signed'),
      CONTRACT_AMOUNT,
      column('expiringContracts', 'count', '即将到期合同数', 'Contracts about to end'),
      column('expiredContracts', 'count', '已到期合同数', 'Contracts ended'),
      RECEIVED_AMOUNT,
      column('plannedAmount', 'money', '待回款金额', 'Still to be received'),
    ],
  },
  charts: ['text'],
  drill: {
    records: {
      newCustomers: (run) => recordsOf(run, CUSTOMERS),
      dealCustomers: (run) => recordsOf(run, CUSTOMERS, { where: DEAL }),
      putInPool: (run) => recordsOf(run, POOL_MOVES, { where: PUT_IN }),
      takenFromPool: (run) => recordsOf(run, POOL_MOVES, { where: TAKEN }),
      followedCustomers: (run) => recordsById(run, 'customer', followedIds(run)),
      newNotFollowed: (run) => recordsOf(run, CUSTOMERS, { where: sql`id NOT IN (${followedIds(run)})` }),
      newOpportunities: (run) => recordsOf(run, OPPORTUNITIES),
      opportunityAmount: (run) => recordsOf(run, OPPORTUNITIES),
      wonOpportunities: (run) => recordsOf(run, OPPORTUNITIES, { where: raw("end_state = 'won'") }),
      lostOpportunities: (run) => recordsOf(run, OPPORTUNITIES, { where: raw("end_state = 'lost'") }),
      signedContracts: (run) => recordsOf(run, CONTRACTS),
      contractAmount: (run) => recordsOf(run, CONTRACTS),
      expiringContracts: (run) => endingRecords(run, (days) => expiring(run, days)),
      expiredContracts: (run) => endingRecords(run, () => expired(run)),
      receivedAmount: (run) => recordsOf(run, RECEIVABLES),
      plannedAmount: planRecords,
    },
  },
  run: async (run) => {
    const [people, pool, sales, signed, paid, plans] = await Promise.all([
      customers(run),
      moves(run),
      opportunities(run),
      contracts(run),
      received(run),
      planned(run),
    ]);
    return {
      headline: {
        newCustomers: people.created,
        dealCustomers: people.deals,
        putInPool: pool.putIn,
        takenFromPool: pool.taken,
        followedCustomers: people.followed,
        newNotFollowed: people.notFollowed,
        newOpportunities: sales.created,
        opportunityAmount: decimal(minor(sales.amount)),
        wonOpportunities: sales.won,
        lostOpportunities: sales.lost,
        signedContracts: signed.signed,
        contractAmount: decimal(minor(signed.amount)),
        expiringContracts: signed.expiring,
        expiredContracts: signed.expired,
        receivedAmount: decimal(minor(paid.amount)),
        plannedAmount: decimal(minor(plans.amount)),
      },
    };
  },
});
