import { elapsedComparison, type Range } from '#calendar';
import { growth } from '#metrics';
import { decimal, indexBy, minor } from '../amounts';
import {
  column,
  CONTRACT_AMOUNT,
  FOLLOW_UPS_COUNT,
  NEW_CUSTOMERS,
  NEW_OPPORTUNITIES,
  OPPORTUNITY_AMOUNT,
  RECEIVED_AMOUNT,
  type Column,
} from '../columns';
import { badParameter } from '../errors';
import { StandardQuery } from '../parameters';
import { recordsOf, type RecordList } from '../records/list';
import { defineReport } from '../report';
import type { Run } from '../run';
import {
  CONTACTS,
  CONTACTS_MADE,
  CONTRACTS,
  CUSTOMERS,
  OPPORTUNITIES,
  RECEIVABLES,
  type Source,
} from '../sources';
import { integer, join, raw, sql, text, type Sql } from '../sql';

interface Card {
  column: Column;
  source: Source;
  measure: 'count' | 'amount';
}

/** The eight cards, as the screen orders them. */
export const CARDS: readonly Card[] = [
  { column: NEW_CUSTOMERS, source: CUSTOMERS, measure: 'count' },
  {
    column: column('newContacts', 'count', '新增联系人数', 'New contacts'),
    source: CONTACTS,
    measure: 'count',
  },
  { column: NEW_OPPORTUNITIES, source: OPPORTUNITIES, measure: 'count' },
  { column: OPPORTUNITY_AMOUNT, source: OPPORTUNITIES, measure: 'amount' },
  {
    column: column('newContracts', 'count', '新增合同数', 'New contracts'),
    source: CONTRACTS,
    measure: 'count',
  },
  { column: CONTRACT_AMOUNT, source: CONTRACTS, measure: 'amount' },
  { column: RECEIVED_AMOUNT, source: RECEIVABLES, measure: 'amount' },
  { column: FOLLOW_UPS_COUNT, source: CONTACTS_MADE, measure: 'count' },
];

const SOURCES = [...new Set(CARDS.map(({ source }) => source))];

/** Counts of a source in the period, in the comparison and in its elapsed part; amounts, where a card shows them. */
interface SourceRow {
  source: number;
  counts: number[];
  amounts: string[];
}

const HAVE_AMOUNT = new Set(CARDS.filter(({ measure }) => measure === 'amount').map(({ source }) => source));

function measures(run: Run, source: Source, index: number, ranges: readonly Range[]): Sql {
  const within = ranges.map((range) => sql`(${run.during(source.date, range)})`);
  const each = (measure: (range: Sql) => Sql): Sql => sql`[${join(within.map(measure), ', ')}]`;
  const amounts = HAVE_AMOUNT.has(source)
    ? each((range) => sql`toString(sumIf(amount, ${range}))`)
    : raw('emptyArrayString()');
  const hull = { from: Math.min(...ranges.map((r) => r.from)), to: Math.max(...ranges.map((r) => r.to)) };
  return sql`
    SELECT ${integer(index)} AS source, ${each((range) => sql`countIf(${range})`)} AS counts, ${amounts} AS amounts
    ${run.from(source, { range: hull })}`;
}

interface CardValue {
  value: string | number;
  previousValue: string | number | null;
  growth: number | null;
  toDatePreviousValue: string | number | null;
  toDateGrowth: number | null;
}

/** The card of follow-ups opens their number per kind of target; a kind narrows the list. */
const followUpRecords = (run: Run, row: string | null): RecordList => ({
  ...recordsOf(run, CONTACTS_MADE, row === null ? {} : { where: sql`target_type = ${text(row)}` }),
  counted: { key: 'targetTypes', column: 'target_type' },
});

const cardRecords =
  ({ source }: Card) =>
  (run: Run, row: string | null): RecordList => {
    if (row !== null) throw badParameter('row', 'is given, but only follow-ups have rows: kinds of targets');
    return recordsOf(run, source);
  };

export default defineReport({
  id: 'sales-briefing',
  group: 'dashboard',
  name: { 'zh-CN': '销售简报', en: 'Sales briefing' },
  about: {
    'zh-CN': '期间内新增的客户、联系人、商机、合同、回款与跟进，及与上一期间、与上一期间同期相比的增长。',
    en: 'What was added in the period, against the previous one and against the same elapsed days of it.',
  },
  period: { kind: 'period', standard: 'month' },
  query: StandardQuery,
  columns: { headline: CARDS.map(({ column }) => column) },
  charts: ['cards'],
  drill: {
    row: 'other',
    records: {
      ...Object.fromEntries(CARDS.map((card) => [card.column.key, cardRecords(card)])),
      [FOLLOW_UPS_COUNT.key]: followUpRecords,
    },
  },
  run: async (run) => {
    const { compare } = run.period;
    const elapsed = elapsedComparison(run.period, run.today);
    const ranges = [run.period, ...(compare && elapsed ? [compare, elapsed] : [])];
    const rows = await run.rows<SourceRow>(
      join(
        SOURCES.map((source, index) => measures(run, source, index, ranges)),
        ' UNION ALL ',
      ),
    );
    const bySource = indexBy(rows, ({ source }) => SOURCES[source]);
    const cardOf = ({ source, measure }: Card): CardValue => {
      const row = bySource.get(source);
      const units = (index: number): bigint =>
        measure === 'count' ? BigInt(row?.counts[index] ?? 0) : minor(row?.amounts[index]);
      const shown = (index: number): string | number =>
        measure === 'count' ? Number(units(index)) : decimal(units(index));
      return {
        value: shown(0),
        previousValue: compare ? shown(1) : null,
        growth: compare ? growth(units(0), units(1)) : null,
        toDatePreviousValue: compare ? shown(2) : null,
        toDateGrowth: compare ? growth(units(0), units(2)) : null,
      };
    };
    return { headline: Object.fromEntries(CARDS.map((card) => [card.column.key, cardOf(card)])) };
  },
});
