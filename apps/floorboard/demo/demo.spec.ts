import { isoOf, zoneNamed } from '#calendar';
import { checkEvent, type Change, type CloudEvent, type RecordOf } from '#crm';
import { contributionsOf } from '#metrics';
import { daysToMove, runDemo } from './demo';

const zone = zoneNamed('Asia/Shanghai');
const NOW = Date.parse('2026-05-20T08:30:00+08:00');
const LIVE_CHANGES = 400;

let changes: Change[];
let loaded: number;

beforeAll(async () => {
  const stop = new AbortController();
  changes = [];
  let now = NOW;
  let live = 0;
  await runDemo({
    zone,
    signal: stop.signal,
    now: () => now,
    pace: [0, 0],
    onLoaded: () => (loaded = changes.length),
    publish: async (events: readonly CloudEvent[]) => {
      for (const event of events) {
        const checked = checkEvent(event, { tenant: 'default', now });
        if (!checked.ok) throw new Error(JSON.stringify([event, checked.problems]));
        changes.push(checked.change);
      }
      if (loaded !== undefined) {
        live += 1;
        now += 1_500;
        if (live === LIVE_CHANGES) stop.abort();
      }
      return { rejected: [] };
    },
  });
});

const states = <E extends 'opportunity' | 'contract' | 'goal' | 'employee'>(
  entity: E,
  from: Change[],
): RecordOf<E>[] =>
  from.flatMap((change) =>
    change.kind === 'upsert' && change.entity === entity ? [change.data as RecordOf<E>] : [],
  );

it('moves the dataset by whole weeks so that it ends in the last seven days', () => {
  for (const hour of [0, 9, 10, 11, 23]) {
    for (let day = 0; day < 8; day++) {
      const now = NOW + day * 86_400_000 + hour * 3_600_000;
      const moved = daysToMove('2017-12-31', zone, now);
      const age = now - (Date.parse('2017-12-31T10:00:00+08:00') + moved * 86_400_000);
      expect(moved % 7).toBe(0);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(7 * 86_400_000);
    }
  }
  const dates = states('contract', changes.slice(0, loaded))
    .map(({ orderDate }) => orderDate!)
    .sort();
  expect(dates.at(-1)! >= isoOf(zone.dayAt(NOW) - 9)).toBe(true);
});

it('publishes nothing that lies ahead', () => {
  expect(changes.slice(0, loaded).filter(({ time }) => time > NOW)).toEqual([]);
});

it('gives every board something in the current month', () => {
  const boards = new Set<string>();
  const month = isoOf(zone.dayAt(NOW)).slice(0, 7);
  for (const change of changes.slice(0, loaded)) {
    if (change.kind !== 'upsert') continue;
    for (const { board, day } of contributionsOf(change.entity, change.data, zone)) {
      if (isoOf(day).startsWith(month)) boards.add(board);
    }
  }
  expect(boards.size).toBe(9);
});

it('sets goals for every salesperson and department in every year', () => {
  const goals = states('goal', changes);
  const sellers = states('employee', changes).filter(({ managerId }) => managerId);
  expect(sellers).toHaveLength(35);
  // 35 sellers, 3 offices and the company; 2025 and 2026; two metrics.
  expect(goals).toHaveLength(39 * 2 * 2);
  for (const { months } of goals) expect(months.every((target) => Number(target) > 0)).toBe(true);
});

it('wins opportunities that were open before, signs, corrects and voids contracts', () => {
  const verbs = new Set(changes.slice(loaded).map(({ event }) => event.type));
  for (const type of [
    'crm.customer.created',
    'crm.customer.owner-changed',
    'crm.activity.recorded',
    'crm.contact.created',
    'crm.opportunity.created',
    'crm.opportunity.won',
    'crm.opportunity.lost',
    'crm.contract.approved',
    'crm.contract.amount-corrected',
    'crm.contract.voided',
    'crm.receivable.approved',
    'crm.business-trip.approved',
  ]) {
    expect(verbs).toContain(type);
  }
  const held = new Map<string, string>();
  for (const { id, endState } of states('opportunity', changes)) {
    if (held.has(id)) expect(held.get(id)).toBe('open');
    held.set(id, endState);
  }
});
