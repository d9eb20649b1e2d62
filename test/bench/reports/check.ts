/**
 * That the answers are right: at full size against sums over the newest versions told by GROUP BY alone,
 * beside it every report on a small tenant against the model.
 */
import { isDeepStrictEqual } from 'node:util';
import { REPORTS, runReport, type ReportAnswer } from '#reports';
import type { Warehouse } from '#warehouse';
import { naiveReport, randomQuestion } from '../../model';
import { contextOf, outcome, plantFloor, rawQuery, type Floor } from '../../reports/floor';
import { TODAY } from './fill';

const QUESTIONS = 4;

/** A small tenant beside the large ones. */
export const plantSmall = (warehouse: Warehouse): Promise<Floor> =>
  plantFloor(warehouse, 7, { timeZone: 'Asia/Shanghai', size: 30 });

/** @throws Error when a report differs from the model. */
export async function checkSmall(warehouse: Warehouse, floor: Floor): Promise<number> {
  let compared = 0;
  for (const { id } of REPORTS) {
    for (let seed = 0; seed < QUESTIONS; seed++, compared++) {
      const { params, ctx } = randomQuestion(seed, id, floor);
      const expected = await outcome(() => naiveReport(floor.world, id, params, ctx));
      const answer = await outcome(() =>
        runReport(id, rawQuery(params), contextOf(warehouse, floor.tenant, ctx)),
      );
      same(`${id} ${JSON.stringify(params)}`, plain(answer), plain(expected));
    }
  }
  return compared;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function same(what: string, answered: unknown, expected: unknown): void {
  if (isDeepStrictEqual(answered, expected)) return;
  throw new Error(`${what}: answered ${JSON.stringify(answered)}, expected ${JSON.stringify(expected)}`);
}

type Figures = Record<string, string | number>;

/** A table's newest versions without FINAL, deleted records left out. */
const newest = (table: string, columns: string): string => {
  const names = columns.split(', ');
  const values = names.map((name, index) => `held.${index + 1} AS \`${name}\``).join(', ');
  return `(SELECT id, ${values} FROM (
    SELECT id, argMax(tuple(${columns}, deleted), version) AS held FROM ${table} WHERE tenant = {tenant:String} GROUP BY id
  ) WHERE held.${names.length + 1} = 0)`;
};

const EFFECTIVE = "status IN ('approved', 'no-approval')";
const THIS_YEAR = `toYear(toTimeZone(created_at, 'Asia/Shanghai')) = ${TODAY.slice(0, 4)}`;
const YEAR_OF = (column: string): string => `toYear(${column}) = ${TODAY.slice(0, 4)}`;
const CONTRACTS = newest(
  'contract',
  'owner_id, order_date, amount, status, lines.product_id, lines.quantity',
);
const CUSTOMERS = newest('customer', 'owner_id, created_at, deal_status, next_contact_at');
const RECEIVABLES = newest('receivable', 'owner_id, contract_id, plan_id, return_date, amount, status');
const ACTIVITIES = newest('activity', 'kind, author_id, customer_id, created_at');
const INVOICES = newest('invoice', 'owner_id, contract_id, amount, status, issued, issue_date');
const OURS = `${EFFECTIVE} AND owner_id != '' AND ${YEAR_OF('order_date')}`;
const startOf = (day: string): string => `toDateTime64('${day} 00:00:00', 6, 'Asia/Shanghai')`;

interface Answered {
  headline: Record<string, unknown>;
  series: readonly Record<string, unknown>[];
  totals: Record<string, unknown>;
}

interface Check {
  report: string;
  query: Record<string, string>;
  /** The same figures in the answer. */
  figures: (answer: Answered) => Figures;
  sql: string;
}

const sumOf = (rows: readonly Record<string, unknown>[], key: string): number =>
  rows.reduce((sum, row) => sum + Math.round(Number(row[key]) * 100), 0) / 100;

const YEAR = { preset: 'year' };

const CHECKS: readonly Check[] = [
  {
    report: 'contract-amount-trend',
    query: {},
    figures: ({ series }) => ({ amount: sumOf(series, 'value') }),
    sql: `SELECT toFloat64(sum(amount)) AS amount FROM ${CONTRACTS} WHERE ${OURS}`,
  },
  {
    report: 'product-sales',
    query: YEAR,
    figures: ({ totals }) => ({
      contracts: Number(totals['contractCount']),
      quantity: Number(totals['quantity']),
    }),
    sql: `SELECT countIf(notEmpty(\`lines.product_id\`)) AS contracts,
            toFloat64(sum(arraySum(\`lines.quantity\`))) AS quantity FROM ${CONTRACTS} WHERE ${OURS}`,
  },
  {
    report: 'contract-summary',
    query: {},
    figures: ({ headline }) => ({ received: Number(headline['receivedAmount']) }),
    sql: `SELECT toFloat64(sum(amount)) AS received FROM ${RECEIVABLES}
          WHERE ${EFFECTIVE} AND contract_id IN (SELECT id FROM ${CONTRACTS} WHERE ${OURS})`,
  },
  {
    report: 'invoice-statistics',
    query: {},
    figures: ({ headline, series }) => ({
      invoiced: Number(headline['invoicedAmount']),
      open: sumOf(series, 'invoicedNotReceived'),
    }),
    sql: `SELECT toFloat64(sum(amount)) AS invoiced,
            toFloat64(sum(if(contract_id = '', amount, greatest(amount - received, 0)))) AS open
          FROM (SELECT contract_id, toMonth(issue_date) AS month, sum(amount) AS amount FROM ${INVOICES}
                WHERE ${EFFECTIVE} AND issued AND owner_id != '' AND ${YEAR_OF('issue_date')}
                GROUP BY contract_id, month) AS invoices
          LEFT JOIN (SELECT contract_id, sum(amount) AS received FROM ${RECEIVABLES} WHERE ${EFFECTIVE}
                     GROUP BY contract_id) AS payments USING contract_id
          SETTINGS join_use_nulls = 0`,
  },
  {
    report: 'customer-total',
    query: YEAR,
    figures: ({ totals }) => ({
      customers: Number(totals['newCustomers']),
      deals: Number(totals['dealCustomers']),
    }),
    sql: `SELECT count() AS customers, countIf(deal_status = 'deal') AS deals
          FROM ${CUSTOMERS} WHERE owner_id != '' AND ${THIS_YEAR}`,
  },
  {
    report: 'data-summary',
    query: YEAR,
    figures: ({ headline }) => ({
      followed: Number(headline['followedCustomers']),
      newNotFollowed: Number(headline['newNotFollowed']),
    }),
    sql: `WITH followed AS (SELECT DISTINCT customer_id FROM ${ACTIVITIES}
            WHERE kind = 'follow-up' AND author_id != '' AND customer_id != '' AND ${THIS_YEAR})
          SELECT (SELECT count() FROM followed) AS followed,
                 (SELECT count() FROM ${CUSTOMERS} WHERE owner_id != '' AND ${THIS_YEAR}
                  AND id NOT IN (SELECT customer_id FROM followed)) AS newNotFollowed`,
  },
  {
    report: 'forgotten-customers',
    query: {},
    figures: ({ headline }) => ({
      over30: Number(headline['over30']),
      overdueContact: Number(headline['overdueContact']),
    }),
    sql: `SELECT countIf(deal_status = 'not-deal' AND at < ${startOf(TODAY)} - INTERVAL 30 DAY) AS over30,
            countIf(next_contact_at < ${startOf(TODAY)}
              AND toDate32(toTimeZone(at, 'Asia/Shanghai')) < toDate32(toTimeZone(next_contact_at, 'Asia/Shanghai')))
              AS overdueContact
          FROM (SELECT deal_status, next_contact_at, if(follow_ups.n = 0, created_at, follow_ups.last) AS at
                FROM ${CUSTOMERS} AS customers
                LEFT JOIN (SELECT customer_id, count() AS n, max(created_at) AS last FROM ${ACTIVITIES}
                           WHERE kind = 'follow-up' AND customer_id != '' GROUP BY customer_id) AS follow_ups
                  ON follow_ups.customer_id = customers.id
                WHERE owner_id != '')
          SETTINGS join_use_nulls = 0`,
  },
];

/** Compares figures of the large tenant; nothing may be written meanwhile. @throws Error when one differs. */
export async function checkLarge(
  warehouse: Warehouse,
  tenant: string,
  ask: (report: string, query: Record<string, string>) => Promise<ReportAnswer>,
): Promise<number> {
  for (const { report, query, figures, sql } of CHECKS) {
    const { headline = {}, series = [], totals = {} } = await ask(report, query);
    const answered = figures({ headline, series, totals } as Answered);
    const options = { tag: { report: 'bench', tenant }, timeoutMs: 300_000, maxMemoryBytes: 12 * 1024 ** 3 };
    const [expected] = await warehouse.query<Figures>(sql, { tenant }, options);
    same(report, answered, expected);
  }
  return CHECKS.length;
}
