import { recordsOf } from '../records/list';
import { column, type Column } from '../columns';
import { NAMED } from '../followed';
import { ScopeQuery } from '../parameters';
import { defineReport } from '../report';
import type { Run } from '../run';
import { CUSTOMERS, FOLLOW_UPS } from '../sources';
import { instant, join, raw, sql, type Sql } from '../sql';

/** Days without a follow-up, each a card. */
const DAYS = [7, 15, 30, 90, 180] as const;

const CARDS: readonly Column[] = [
  ...DAYS.map((days) =>
    column(`over${days}`, 'count', `超过${days}天未跟进`, `Not followed for over ${days} days`),
  ),
  column('overdueContact', 'count', '逾期未联系', 'Contact overdue'),
];

/** Customers of the scope with their last follow-up by anybody, else their creation, as `last_contact`. */
export const withLastContact = (run: Run): Sql => sql`
  FROM (
    SELECT id, key, deal_status, created_at, next_contact_at ${run.from(CUSTOMERS, { range: null })}
  ) AS customers
  LEFT JOIN (
    SELECT customer_key, max(created_at) AS followed_at
    ${run.from(FOLLOW_UPS, { range: null, whose: 'anybody', where: NAMED })}
    GROUP BY customer_key
  ) AS follow_ups ON follow_ups.customer_key = customers.key`;

const LAST = raw('ifNull(followed_at, created_at)');

/** Condition of a card over {@link withLastContact}. */
export function forgottenIf(run: Run, card: string): Sql {
  const startOf = (day: number): Sql => instant(run.zone.startOf(day));
  const days = DAYS.find((days) => card === `over${days}`);
  if (days !== undefined) return sql`deal_status = 'not-deal' AND ${LAST} < ${startOf(run.today - days)}`;
  return sql`isNotNull(next_contact_at) AND next_contact_at < ${startOf(run.today)}
    AND ${run.localDate('ifNull(followed_at, created_at)')} < ${run.localDate('assumeNotNull(next_contact_at)')}`;
}

export default defineReport({
  id: 'forgotten-customers',
  group: 'dashboard',
  name: { 'zh-CN': '客户遗忘提醒', en: 'Forgotten customers' },
  about: {
    'zh-CN':
      '未成交客户中，距最近一次跟进（没有则自创建起）超过若干天的数量，以及已过下次联系时间而未联系的客户数。',
    en: 'Customers without a deal whose last follow-up (else creation) is more than so many days ago, and those whose next contact is overdue.',
  },
  period: { kind: 'none' },
  query: ScopeQuery,
  columns: { headline: CARDS },
  charts: ['cards'],
  drill: {
    records: Object.fromEntries(
      CARDS.map(({ key }) => [
        key,
        (run: Run) => {
          const ids = sql`SELECT id ${withLastContact(run)} WHERE ${forgottenIf(run, key)}`;
          return recordsOf(run, CUSTOMERS, { range: null, where: sql`id IN (${ids})` });
        },
      ]),
    ),
  },
  run: async (run) => {
    const counts = CARDS.map(({ key }) => sql`countIf(${forgottenIf(run, key)}) AS ${raw(key)}`);
    const [headline] = await run.rows<Record<string, number>>(
      sql`SELECT ${join(counts, ', ')} ${withLastContact(run)}`,
    );
    return { headline: headline ?? {} };
  },
});
