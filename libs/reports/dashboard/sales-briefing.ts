import { elapsedComparison, type Day, type Range } from '#calendar';
import { growth } from '#metrics';
import { decimal, minor } from '../amounts';
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
import { integers, NOTHING, raw, sql, text, type Sql } from '../sql';

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

/** What a source has between one of the days at which a range begins or ends, and the next of them. */
interface StretchRow {
  /** The first day, as {@link stretchOf} numbers it. */
  stretch: number;
  records: number;
  amount?: string;
}

interface Total {
  records: bigint;
  amount: bigint;
}

const HAVE_AMOUNT = new Set(CARDS.filter(({ measure }) => measure === 'amount').map(({ source }) => source));

/**
 * Totals of a source in each of the ranges, which may overlap: one group per stretch between their ends, which costs
 * the engine less to plan and to count than conditions per range.
 */
async function totals(run: Run, source: Source, ranges: readonly Range[]): Promise<Total[]> {
  const days = [...new Set(ranges.flatMap(({ from, to }) => [from, to + 1]))].sort((a, b) => a - b);
  const numbers = days.map((day) => numberOf(run, source, day));
  const rows = await run.rows<StretchRow>(sql`
    SELECT ${stretchOf(source, numbers)} AS stretch, count() AS records
           ${HAVE_AMOUNT.has(source) ? raw(', sum(amount) AS amount') : NOTHING}
    ${run.from(source, { range: { from: days[0] ?? 0, to: (days.at(-1) ?? 0) - 1 } })}
    GROUP BY stretch`);
  return ranges.map(({ from, to }) => {
    const first = numberOf(run, source, from);
    const last = numberOf(run, source, to);
    const within = rows.filter(({ stretch }) => stretch >= first && stretch <= last);
    return {
      records: within.reduce((sum, { records }) => sum + BigInt(records), 0n),
      amount: within.reduce((sum, { amount }) => sum + minor(amount), 0n),
    };
  });
}

/** A day as a number that {@link stretchOf} compares: itself, or the microsecond at which it begins. */
const numberOf = (run: Run, { date }: Source, day: Day): number =>
  date.kind === 'date' ? day : run.zone.startOf(day) * 1000;

function stretchOf({ date: { column: dated, kind } }: Source, numbers: readonly number[]): Sql {
  const number = kind === 'date' ? `toInt64(assumeNotNull(${dated}))` : `toUnixTimestamp64Micro(${dated})`;
  return sql`roundDown(${raw(number)}, ${integers(numbers)})`;
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
    const found = await Promise.all(SOURCES.map((source) => totals(run, source, ranges)));
    const bySource = new Map(SOURCES.map((source, index) => [source, found[index] ?? []]));
    const cardOf = ({ source, measure }: Card): CardValue => {
      const units = (index: number): bigint => {
        const total = bySource.get(source)?.[index];
        return (measure === 'count' ? total?.records : total?.amount) ?? 0n;
      };
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
