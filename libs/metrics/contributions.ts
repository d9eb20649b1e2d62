/**
 * From a record's state to what it contributes to the live boards: a pure function, compiled once
 * from the declarations, so that nothing is looked up per event that is known at start.
 */
import type { Zone } from '#calendar';
import { dayOf } from '#calendar';
import { instantMs, type Change, type EntityName, type Opportunity } from '#crm';
import type { Contribution, RecordChange } from '#counters';
import { BOARDS, type BoardMetric } from './boards';
import { toMinor } from './decimal';

type State = Readonly<Record<string, unknown>>;
type Contribute = (state: State, zone: Zone, out: Contribution[]) => void;

/** Entities kept whole beside the counters: names, trees and targets are read from them live. */
export const REFERENCE_ENTITIES: readonly EntityName[] = ['employee', 'department', 'goal'];

/** A won opportunity enters the feed only when its change happened this recently. */
const FEED_WITHIN_MS = 10 * 60_000;

const contributors = new Map<EntityName, Contribute[]>();
for (const board of BOARDS) {
  const list = contributors.get(board.entity) ?? [];
  list.push(compile(board));
  contributors.set(board.entity, list);
}

/** Every entity that the counters hold something of. */
export const COUNTED_ENTITIES: readonly EntityName[] = [
  ...contributors.keys(),
  'opportunity',
  ...REFERENCE_ENTITIES,
];

/** Contributions of one record's state, empty when it counts nowhere. */
export function contributionsOf(entity: EntityName, state: State, zone: Zone): Contribution[] {
  const out: Contribution[] = [];
  for (const contribute of contributors.get(entity) ?? []) contribute(state, zone, out);
  return out;
}

/**
 * What a change means to the counters, or null when its entity is neither counted nor referred to.
 * `now` (epoch milliseconds) decides whether a deal is fresh enough for the feed.
 */
export function recordChange(change: Change, zone: Zone, now: number): RecordChange | null {
  if (change.kind === 'unknown') return null;
  const { tenant, entity, id, version, source } = change;
  const base = { tenant, entity, id, version, source };
  if (REFERENCE_ENTITIES.includes(entity)) {
    const reference = change.kind === 'upsert' ? JSON.stringify(change.data) : null;
    return { ...base, contributions: [], reference };
  }
  if (entity === 'opportunity') return opportunityChange(change, base, now);
  if (!contributors.has(entity)) return null;
  const contributions = change.kind === 'upsert' ? contributionsOf(entity, change.data, zone) : [];
  return { ...base, contributions };
}

const STATE_LETTER = { open: 'o', won: 'w', lost: 'l', invalid: 'i' } as const;

/** Opportunities count on no board; their end state is held so that a win is seen as it happens. */
function opportunityChange(
  change: Exclude<Change, { kind: 'unknown' }>,
  base: Omit<RecordChange, 'contributions'>,
  now: number,
): RecordChange {
  if (change.kind === 'deletion') return { ...base, contributions: [], state: '' };
  const data = change.data as Opportunity;
  const state = STATE_LETTER[data.endState];
  if (data.endState !== 'won' || Math.abs(now - change.time) > FEED_WITHIN_MS) {
    return { ...base, contributions: [], state };
  }
  const item = JSON.stringify({
    key: data.id,
    kind: 'deal-won',
    at: new Date(change.time).toISOString(),
    employeeId: data.ownerId ?? null,
    customerId: data.customerId ?? null,
    amount: data.amount,
  });
  return { ...base, contributions: [], state, feed: { from: ['o', 'l', 'i'], item } };
}

/** Turns one declaration into a closure that reads exactly the fields it needs. */
function compile(board: BoardMetric): Contribute {
  const { id, credit, measure } = board;
  const counts = conditionOf(board);
  const dayIn = dayReader(board);
  const add = (
    state: State,
    zone: Zone,
    value: number,
    item: string | undefined,
    out: Contribution[],
  ): void => {
    const employee = state[credit];
    const day = dayIn(state, zone);
    if (typeof employee !== 'string' || employee === '' || day === null) return;
    out.push(
      item === undefined ? { board: id, employee, day, value } : { board: id, employee, day, value, item },
    );
  };
  switch (measure.kind) {
    case 'count':
      return (state, zone, out) => counts(state) && add(state, zone, 1, undefined, out);
    case 'sum':
      return (state, zone, out) =>
        counts(state) && add(state, zone, toMinor(state[measure.field] as string), undefined, out);
    case 'sum-items':
      return (state, zone, out) => {
        const items = state[measure.items] as State[];
        if (items.length === 0 || !counts(state)) return;
        let sum = 0;
        for (const item of items) sum += toMinor(item[measure.field] as string);
        add(state, zone, sum, undefined, out);
      };
    case 'distinct':
      return (state, zone, out) => {
        const item = state[measure.field];
        if (typeof item === 'string' && counts(state)) add(state, zone, 1, item, out);
      };
    case 'count-items':
      return (state, zone, out) => counts(state) && countItems(board, measure.items, state, zone, out);
  }
}

/** One contribution per day that items fall on, however many there are that day. */
function countItems(board: BoardMetric, items: string, state: State, zone: Zone, out: Contribution[]): void {
  const employee = state[board.credit];
  if (typeof employee !== 'string') return;
  const dayIn = dayReader(board);
  const perDay = new Map<number, number>();
  for (const item of state[items] as State[]) {
    const day = dayIn(item, zone);
    if (day !== null) perDay.set(day, (perDay.get(day) ?? 0) + 1);
  }
  for (const [day, value] of perDay) out.push({ board: board.id, employee, day, value });
}

function conditionOf(board: BoardMetric): (state: State) => boolean {
  const [first, ...rest] = board.where;
  if (!first) return () => true;
  if (rest.length > 0) throw new Error(`${board.id}: more than one condition`);
  const { field } = first;
  const values = new Set<unknown>(first.in);
  return (state) => values.has(state[field]);
}

function dayReader({ date }: BoardMetric): (state: State, zone: Zone) => number | null {
  const { field } = date;
  if (date.kind === 'date') {
    return (state) => (typeof state[field] === 'string' ? dayOf(state[field]) : null);
  }
  return (state, zone) => {
    const ms = typeof state[field] === 'string' ? instantMs(state[field]) : null;
    return ms === null ? null : zone.dayAt(ms);
  };
}
