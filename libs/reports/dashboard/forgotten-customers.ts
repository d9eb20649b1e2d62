import { recordsOf } from '../records/list';
import { column, type Column } from '../columns';
import { NAMED } from '../followed';
import { ScopeQuery } from '../parameters';
import { defineReport } from '../report';
import type { Run } from '../run';
import { CUSTOMERS, FOLLOW_UPS } from '../sources';
import { integer, join, raw, sql, type Sql } from '../sql';

/** Days without a follow-up, each a card. */
const DAYS = [7, 15, 30, 90, 180] as const;

const CARDS: readonly Column[] = [
  ...DAYS.map((days) =>
    column(`over${days}`, 'count', `超过${days}天未跟进`, `Not followed for over ${days} days`),
  ),
  column('overdueContact', 'count', '逾期未联系', 'Contact overdue'),
];

const micros = (column: string): Sql => raw(`toUnixTimestamp64Micro(${column})`);

/**
 * Customers of the scope by `key`, with whether they are no deal, their next contact and their last
 * follow-up by anybody, else their creation, as `last_contact`; instants in microseconds.
 */
const withLastContact = (run: Run): Sql => sql`
  FROM (
    SELECT key, not_deal, next_contact, ifNull(followed, created) AS last_contact
    FROM (
      SELECT key, deal_status = 'not-deal' AS not_deal, ${micros('next_contact_at')} AS next_contact,
             ${micros('created_at')} AS created
      ${run.from(CUSTOMERS, { range: null })}
    ) AS customers
    LEFT JOIN (
      SELECT customer_key, max(${micros('created_at')}) AS followed
      ${run.from(FOLLOW_UPS, { range: null, whose: 'anybody', where: NAMED })} GROUP BY customer_key
    ) AS follow_ups ON follow_ups.customer_key = customers.key
  )`;

/** Condition of a card over {@link withLastContact}. */
function forgottenIf(run: Run, card: string): Sql {
  const startOf = (day: number): Sql => sql`toInt64(${integer(run.zone.startOf(day) * 1000)})`;
  const dateOf = (column: string): Sql => run.localDate(`fromUnixTimestamp64Micro(${column})`);
  const days = DAYS.find((days) => card === `over${days}`);
  if (days !== undefined) return sql`not_deal AND last_contact < ${startOf(run.today - days)}`;
  return sql`next_contact < ${startOf(run.today)} AND last_contact < next_contact
    AND ${dateOf('last_contact')} < ${dateOf('assumeNotNull(next_contact)')}`;
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
          const keys = sql`SELECT key ${withLastContact(run)} WHERE ${forgottenIf(run, key)}`;
          return recordsOf(run, CUSTOMERS, { range: null, where: sql`key IN (${keys})` });
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
