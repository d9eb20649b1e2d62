/** `sales-briefing`: eight cards against the comparison period. */
import type { Range } from '../dates';
import { decimal, growth, sumOf } from '../exact';
import { comparisonRange, elapsedPart } from '../period';
import type { Question, RecordSet, ReportModel, Row } from '../question';
import {
  activitiesOf,
  contactsCreated,
  contractsOrdered,
  customersCreated,
  opportunitiesCreated,
  receivablesReturned,
} from '../selections';
import { recordSet } from '../tables';

interface Card {
  /** Hundredths of an amount, or a count. */
  value: bigint;
  show: (value: bigint) => unknown;
  records: RecordSet;
}

const amounts = <T extends { id: string; amount: string }>(entity: string, records: T[]): Card => ({
  value: sumOf(records, (record) => record.amount),
  show: (value) => decimal(value),
  records: recordSet(entity, records),
});

const counted = (entity: string, records: { id: string }[]): Card => ({
  value: BigInt(records.length),
  show: Number,
  records: recordSet(entity, records),
});

function cards(q: Question, range: Range): Record<string, Card> {
  const { people } = q.scope;
  const opportunities = opportunitiesCreated(q, people, range);
  const contracts = contractsOrdered(q, people, range);
  return {
    newCustomers: counted('customer', customersCreated(q, people, range)),
    newContacts: counted('contact', contactsCreated(q, people, range)),
    newOpportunities: counted('opportunity', opportunities),
    opportunityAmount: amounts('opportunity', opportunities),
    newContracts: counted('contract', contracts),
    contractAmount: amounts('contract', contracts),
    receivedAmount: amounts('receivable', receivablesReturned(q, people, range)),
    followUps: counted('activity', activitiesOf(q, ['follow-up', 'check-in'], people, range)),
  };
}

function compared(card: Card, previous: Card | undefined): { value: unknown; growth: number | null } {
  if (!previous) return { value: null, growth: null };
  return { value: previous.show(previous.value), growth: growth(card.value, previous.value) };
}

export const salesBriefing: ReportModel = {
  answer(q) {
    const comparison = comparisonRange(q.period.preset, q.today);
    const previous = comparison ? cards(q, comparison) : {};
    const toDate = comparison ? cards(q, elapsedPart(comparison, q.period, q.today)) : {};
    const headline: Row = {};
    for (const [key, card] of Object.entries(cards(q, q.period))) {
      const whole = compared(card, previous[key]);
      const part = compared(card, toDate[key]);
      headline[key] = {
        value: card.show(card.value),
        previousValue: whole.value,
        growth: whole.growth,
        toDatePreviousValue: part.value,
        toDateGrowth: part.growth,
      };
    }
    return { period: q.period, headline };
  },
  records: (q, { column }) => cards(q, q.period)[column ?? '']?.records ?? null,
};
