/** What both engines must do alike: the port's contract, as tests that every engine runs. */
import fc from 'fast-check';
import { dayOf, windowsOf, type Day, type WindowKind } from '#calendar';
import type {
  ApplyBatch,
  ApplyResult,
  BoardSpec,
  Cell,
  Contribution,
  Counters,
  RecordChange,
  Touched,
  WindowRef,
} from './port';
import { PositionLost } from './position-lost';
import { byRank } from './ranking';

/** One engine under test, on a store of its own that starts empty. */
export interface Harness {
  /** Counters as a process that has just started sees them: those opened before stay usable where the engine allows several. */
  open(): Promise<Counters>;
  /** Whether several may be open at a time. */
  readonly shared: boolean;
  /** Empties the store under the counters that are open; returns those to go on with. */
  flush(counters: Counters): Promise<Counters>;
  /** Remembers what the store holds; calling the result puts that back and returns the counters to go on with. */
  snapshot(counters: Counters): Promise<{ counters: Counters; restore: () => Promise<Counters> }>;
  close(): Promise<void>;
}

export const BOARDS: BoardSpec[] = [
  { id: 'amount', kind: 'sum' },
  { id: 'number', kind: 'count' },
  { id: 'customers', kind: 'distinct' },
];

/** A day whose week, month, quarter and year all differ in where they begin; no real clock comes near. */
const TODAY = dayOf('2091-05-16');
const KINDS: WindowKind[] = ['day', 'week', 'month', 'quarter', 'year'];

const versionOf = (sequence: number, tie = 0): string =>
  sequence.toString(16).padStart(16, '0') + tie.toString(16).padStart(16, '0');

const windowKey = (kind: WindowKind, day: Day): string => windowsOf(day)[KINDS.indexOf(kind)]?.key ?? '';

interface Deal {
  id?: string;
  sequence?: number;
  tie?: number;
  employee?: string;
  day?: Day;
  value?: number;
  tenant?: string;
}

/** A contract that counts on the board of amounts and the one of numbers. */
function deal({
  id = 'c1',
  sequence = 1,
  tie,
  employee = 'ann',
  day = TODAY,
  value = 100,
  tenant = 'acme',
}: Deal): RecordChange {
  return {
    ...{ tenant, entity: 'contract', id, version: versionOf(sequence, tie) },
    contributions: [
      { board: 'amount', employee, day, value },
      { board: 'number', employee, day, value: 1 },
    ],
  };
}

const gone = (of: Deal): RecordChange => ({ ...deal(of), contributions: [] });

function visit(
  id: string,
  sequence: number,
  employee: string,
  item: string | null,
  day = TODAY,
): RecordChange {
  const contributions = item === null ? [] : [{ board: 'customers', employee, day, value: 1, item }];
  return { tenant: 'acme', entity: 'activity', id, version: versionOf(sequence), contributions };
}

/** Applies batch after batch as the owner of one partition does. */
class Owner {
  constructor(
    readonly counters: Counters,
    public at = 0,
    private readonly partition = 0,
  ) {}

  async apply(changes: RecordChange[], options: Partial<ApplyBatch> = {}): Promise<ApplyResult> {
    const batch = { partition: this.partition, from: this.at, to: this.at + changes.length, changes };
    const result = await this.counters.apply({ ...batch, today: () => TODAY, ...options });
    if (result.outcome === 'applied' && !options.outOfLog) this.at = options.to ?? batch.to;
    return result;
  }
}

const repair = { outOfLog: true };

const ref = (board: string, kind: WindowKind = 'month', day = TODAY, tenant = 'acme'): WindowRef => ({
  tenant,
  board,
  window: windowKey(kind, day),
});

const sorted = (cells: Cell[]): Cell[] => [...cells].sort(byRank);

/** Registers the suite; `start` makes an empty store. */
export function countersConformance(name: string, start: () => Promise<Harness>): void {
  describe(`counters: ${name}`, () => {
    let harness: Harness;
    let counters: Counters;
    let owner: Owner;

    beforeEach(async () => {
      harness = await start();
      counters = await harness.open();
      await counters.initialize(0, 0, true);
      owner = new Owner(counters);
    });
    afterEach(() => harness.close());

    const expectCells = async (at: WindowRef, expected: [string, number, number][]): Promise<void> => {
      const rows = expected.map(([employee, value, records]) => ({ employee, value, records }));
      expect(sorted(await counters.cells(at))).toEqual(sorted(rows));
    };

    describe('changes of a record', () => {
      it('counts a record in each window of its day', async () => {
        await owner.apply([deal({})]);
        for (const kind of KINDS) await expectCells(ref('amount', kind), [['ann', 100, 1]]);
        await expectCells(ref('amount', 'day', TODAY - 1), []);
      });

      it('moves it to another employee', async () => {
        await owner.apply([deal({})]);
        await owner.apply([deal({ sequence: 2, employee: 'bob' })]);
        for (const board of ['amount', 'number']) {
          expect((await counters.cells(ref(board))).map(({ employee }) => employee)).toEqual(['bob']);
        }
      });

      it('takes a void or deleted record back, unlists the emptied cell, and never revives it', async () => {
        await owner.apply([deal({}), deal({ id: 'c2', employee: 'bob' })]);
        await owner.apply([gone({ sequence: 3 })]);
        await expectCells(ref('amount'), [['bob', 100, 1]]);
        expect(await owner.apply([deal({ sequence: 2 })])).toMatchObject({ applied: 0, stale: 1 });
        await expectCells(ref('amount'), [['bob', 100, 1]]);
        expect(await counters.around(ref('amount'), 'ann', 2)).toBeNull();
      });

      it('moves a corrected record between windows and across the year', async () => {
        const december = dayOf('2090-12-31');
        await owner.apply([deal({ day: december })]);
        await expectCells(ref('amount', 'year', december), [['ann', 100, 1]]);
        await owner.apply([deal({ sequence: 2, day: dayOf('2091-05-15'), value: 70 })]);
        for (const kind of KINDS) await expectCells(ref('amount', kind, december), []);
        await expectCells(ref('amount', 'year'), [['ann', 70, 1]]);
        await expectCells(ref('amount', 'day', dayOf('2091-05-15')), [['ann', 70, 1]]);
      });

      it('ignores duplicates and older versions, in one batch and over batches', async () => {
        await owner.apply([
          deal({ sequence: 2, value: 5 }),
          deal({ sequence: 2, value: 5 }),
          deal({ sequence: 1 }),
        ]);
        const again = await owner.apply([deal({ sequence: 2, value: 5 }), deal({ sequence: 1, value: 9 })]);
        expect(again).toMatchObject({ outcome: 'applied', applied: 0, stale: 2 });
        expect(await owner.apply([deal({ sequence: 2, value: 8 })])).toMatchObject({ applied: 0, stale: 1 });
        await expectCells(ref('amount'), [['ann', 5, 1]]);
      });

      it('orders equal sequences by the tie hash, and versions beyond 2^53', async () => {
        await owner.apply([deal({ sequence: 7, tie: 5, value: 5 })]);
        await owner.apply([deal({ sequence: 7, tie: 4, value: 4 })]);
        await expectCells(ref('amount'), [['ann', 5, 1]]);
        await owner.apply([deal({ sequence: 7, tie: 6, value: 6 })]);
        await expectCells(ref('amount'), [['ann', 6, 1]]);
        const huge = (last: string, value: number): RecordChange => ({
          ...deal({ id: 'c9', employee: 'eve', value }),
          version: `0de0b6b3a763fff${last}${'f'.repeat(16)}`,
        });
        await owner.apply([huge('e', 1)]);
        await owner.apply([huge('f', 2)]);
        await owner.apply([huge('e', 3)]);
        await expectCells(ref('amount'), [
          ['ann', 6, 1],
          ['eve', 2, 1],
        ]);
      });

      it('keeps negative sums and lists zero amounts', async () => {
        await owner.apply([
          deal({ id: 'c1', value: -250 }),
          deal({ id: 'c2', employee: 'bob', value: 0 }),
          deal({ id: 'c3', employee: 'cyd', value: 30 }),
          deal({ id: 'c4', employee: 'cyd', value: -30 }),
        ]);
        await expectCells(ref('amount'), [
          ['ann', -250, 1],
          ['bob', 0, 1],
          ['cyd', 0, 2],
        ]);
        for (const { value } of await counters.top(ref('amount'))) expect(Object.is(value, -0)).toBe(false);
      });

      it('keeps tenants apart', async () => {
        await owner.apply([deal({}), deal({ tenant: 'other', value: 7 })]);
        await expectCells(ref('amount'), [['ann', 100, 1]]);
        await expectCells(ref('amount', 'month', TODAY, 'other'), [['ann', 7, 1]]);
      });

      it('refuses a board that was not declared', async () => {
        const change = {
          ...deal({}),
          contributions: [{ board: 'nope', employee: 'ann', day: TODAY, value: 1 }],
        };
        await expect(owner.apply([change])).rejects.toThrow('unknown board nope');
        await expect(counters.top(ref('nope'))).rejects.toThrow('unknown board nope');
      });

      it('applies a batch far larger than one transaction', async () => {
        const changes = Array.from({ length: 1_200 }, (_, index) =>
          deal({ id: `c${index}`, employee: `e${index % 7}`, day: TODAY - (index % 2) }),
        );
        expect(await owner.apply(changes)).toMatchObject({ applied: 1_200, stale: 0 });
        const cells = await counters.cells(ref('amount'));
        expect(cells.reduce((sum, { value }) => sum + value, 0)).toBe(120_000);
        expect(await counters.position(0)).not.toBeNull();
      });
    });

    describe('ranks', () => {
      const astral = '\u{1F600}';
      const last = '\uFFFD';
      beforeEach(() =>
        owner.apply(
          [
            ['d', 40],
            ['b', 30],
            ['a', 30],
            ['c', 10],
            [astral, 5],
            [last, 5],
          ].map(([employee, value], index) =>
            deal({ id: `c${index}`, employee: String(employee), value: Number(value) }),
          ),
        ),
      );

      it('ranks 1, 2, 2, 4 and lists ties by code point', async () => {
        const rows = await counters.top(ref('amount'));
        expect(rows.map(({ employee, rank }) => [employee, rank])).toEqual([
          ['d', 1],
          ['a', 2],
          ['b', 2],
          ['c', 4],
          [last, 5],
          [astral, 5],
        ]);
        expect(await counters.top(ref('amount'), 3)).toEqual(rows.slice(0, 3));
        expect(await counters.top(ref('amount'), 0)).toEqual([]);
        expect(await counters.top(ref('amount'), 1_000_000)).toEqual(rows);
      });

      it('shows the rows around an employee, cut at both ends', async () => {
        const rows = await counters.top(ref('amount'));
        for (const [index, { employee }] of rows.entries()) {
          for (const span of [0, 1, 2, 10]) {
            const expected = rows.slice(Math.max(0, index - span), index + span + 1);
            expect(await counters.around(ref('amount'), employee, span)).toEqual(expected);
          }
        }
        expect(await counters.around(ref('amount'), 'nobody', 1)).toBeNull();
      });

      it('answers for many members at once', async () => {
        const cells = await counters.members(ref('amount'), ['a', 'nobody', 'd']);
        expect(sorted(cells)).toEqual([
          { employee: 'd', value: 40, records: 1 },
          { employee: 'a', value: 30, records: 1 },
        ]);
        expect(await counters.members(ref('amount'), [])).toEqual([]);
        expect(await counters.members(ref('number'), ['a'])).toEqual([
          { employee: 'a', value: 1, records: 1 },
        ]);
      });
    });

    describe('distinct counts', () => {
      it('change with the first and the last record that names an item', async () => {
        await owner.apply([
          visit('v1', 1, 'ann', 'x'),
          visit('v2', 1, 'ann', 'x'),
          visit('v3', 1, 'ann', 'y'),
        ]);
        await expectCells(ref('customers'), [['ann', 2, 2]]);
        await owner.apply([visit('v1', 2, 'ann', null)]);
        await expectCells(ref('customers'), [['ann', 2, 2]]);
        await owner.apply([visit('v2', 2, 'bob', 'x')]);
        await expectCells(ref('customers'), [
          ['ann', 1, 1],
          ['bob', 1, 1],
        ]);
        await owner.apply([visit('v3', 2, 'ann', null)]);
        await expectCells(ref('customers'), [['bob', 1, 1]]);
      });

      it('are taken per window', async () => {
        await owner.apply([visit('v1', 1, 'ann', 'x'), visit('v2', 1, 'ann', 'x', TODAY - 1)]);
        await expectCells(ref('customers', 'day'), [['ann', 1, 1]]);
        await expectCells(ref('customers', 'day', TODAY - 1), [['ann', 1, 1]]);
        await expectCells(ref('customers', 'week'), [['ann', 1, 1]]);
        await owner.apply([visit('v2', 2, 'ann', null)]);
        await expectCells(ref('customers', 'day', TODAY - 1), []);
        await expectCells(ref('customers', 'week'), [['ann', 1, 1]]);
      });

      it('stay exact beyond the size at which storage changes its form', async () => {
        const items = Array.from({ length: 700 }, (_, index) => `item-${index}-${'x'.repeat(30)}`);
        await owner.apply(items.slice(0, 40).map((item) => visit(`v-${item}`, 1, 'ann', item)));
        await owner.apply(items.map((item) => visit(`w-${item}`, 1, 'ann', item)));
        await expectCells(ref('customers'), [['ann', 700, 700]]);
        await owner.apply(items.map((item) => visit(`w-${item}`, 2, 'ann', null)));
        await expectCells(ref('customers'), [['ann', 40, 40]]);
      });
    });

    describe('what may be believed', () => {
      it('is a complete generation, a known window and a declared board', async () => {
        await owner.apply([deal({})]);
        expect(await counters.isLive(ref('amount'))).toBe(true);
        expect(await counters.isLive(ref('undeclared'))).toBe(false);
        expect(await counters.isLive({ ...ref('amount'), window: 'm2091' })).toBe(false);
      });

      it('is not a store that begins in the middle of a log', async () => {
        counters = await harness.flush(counters);
        expect(await counters.isLive(ref('amount'))).toBe(false);
        await counters.initialize(0, 50, false);
        expect(await counters.isLive(ref('amount'))).toBe(false);
        expect(await counters.rebuildState()).toEqual({ building: null, current: 1, complete: false });
      });

      it('is not a window in which a cell went beyond the exact range', async () => {
        await owner.apply([
          deal({ id: 'c1', value: 9e15 }),
          deal({ id: 'c2', employee: 'bob', day: TODAY - 1 }),
        ]);
        expect(await counters.isLive(ref('amount', 'day'))).toBe(true);
        await owner.apply([deal({ id: 'c3', value: 1 })]);
        expect(await counters.isLive(ref('amount', 'day'))).toBe(false);
        expect(await counters.isLive(ref('amount', 'year'))).toBe(false);
        expect(await counters.isLive(ref('amount', 'day', TODAY - 1))).toBe(true);
        expect(await counters.isLive(ref('number', 'day'))).toBe(true);
        await owner.apply([deal({ id: 'c4', day: TODAY - 1, value: -3e16 })]);
        expect(await counters.isLive(ref('amount', 'day', TODAY - 1))).toBe(false);
      });
    });

    describe('a board at once', () => {
      const ask = { limit: 2, around: { employee: 'cat', span: 1 } };

      it('is its rows, those around an employee, and what was published', async () => {
        const people = ['ann', 'bob', 'cat', 'dan', 'eve'];
        await owner.apply(
          people.map((employee, index) =>
            deal({ id: employee, employee, value: index < 3 ? 50 : 70 - index }),
          ),
        );
        await counters.publishStatus('leaderboards/0', { position: 7 });
        await counters.publishStatus('facts/0', { position: 3 });
        for (const board of ['amount', 'number']) {
          expect(await counters.board(ref(board), ask, 'leaderboards/')).toEqual({
            statuses: new Map([['leaderboards/0', { position: 7 }]]),
            board: {
              rows: await counters.top(ref(board), 2),
              around: await counters.around(ref(board), 'cat', 1),
            },
          });
        }
        const { board } = await counters.board(ref('amount'), { ...ask, limit: 5_000 }, 'none/');
        expect(board?.rows.map(({ employee, rank }) => [employee, rank])).toEqual([
          ['dan', 1],
          ['eve', 2],
          ['ann', 3],
          ['bob', 3],
          ['cat', 3],
        ]);
        expect(board?.around?.map(({ employee }) => employee)).toEqual(['bob', 'cat']);
        const nobody = { limit: 0, around: { employee: 'zoe', span: 1 } };
        expect((await counters.board(ref('amount'), nobody, '')).board).toEqual({ rows: [], around: null });
      });

      it('is nothing where the window may not be believed', async () => {
        await owner.apply([deal({ employee: 'cat' })]);
        await counters.publishStatus('leaderboards/0', { position: 7 });
        const nothing = { board: null, statuses: new Map([['leaderboards/0', { position: 7 }]]) };
        expect(await counters.board(ref('undeclared'), ask, 'leaderboards/')).toEqual(nothing);
        await owner.apply([deal({ id: 'c2', value: 2e16 })]);
        expect(await counters.board(ref('amount'), ask, 'leaderboards/')).toEqual(nothing);
        counters = await harness.flush(counters);
        expect((await counters.board(ref('number'), ask, 'leaderboards/')).board).toBeNull();
      });
    });

    describe('positions', () => {
      it('are the lowest of all shards, move forward only, and are unknown at first', async () => {
        expect(await counters.position(0)).toBe(0);
        expect(await counters.position(1)).toBeNull();
        await owner.apply([deal({})]);
        await counters.advance(0, 10);
        expect(await counters.position(0)).toBe(10);
        await counters.advance(0, 5);
        expect(await counters.position(0)).toBe(10);
        await counters.initialize(0, 3, false);
        expect(await counters.position(0)).toBe(10);
        expect(await counters.isLive(ref('amount'))).toBe(true);
      });

      it('of several partitions move side by side, each by itself', async () => {
        await counters.initialize(2, 5, true);
        const moved = await Promise.allSettled([
          ...[0, 2, 1, 0, 2, 0].map((partition, index) => counters.advance(partition, 10 + index)),
        ]);
        expect(moved.map(({ status }) => status)).toEqual([
          ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
        ]);
        expect(moved[2]).toMatchObject({ reason: { partition: 1, shard: 0, stored: null } });
        expect(await counters.position(0)).toBe(15);
        expect(await counters.position(1)).toBeNull();
        expect(await counters.position(2)).toBe(14);
      });

      it('are refused after a flush, and nothing is applied', async () => {
        await owner.apply([deal({})]);
        counters = await harness.flush(counters);
        const result = await new Owner(counters, owner.at).apply([deal({ id: 'c2' })]);
        expect(result).toMatchObject({ outcome: 'lost', stored: null });
        await expectCells(ref('amount'), []);
        await expect(counters.advance(0, 100)).rejects.toThrow(PositionLost);
      });

      it('that cannot move on tell where to go back to, and going back is let through', async () => {
        await owner.apply([deal({})]);
        await counters.advance(0, owner.at);
        const snapshot = await harness.snapshot(counters);
        owner = new Owner((counters = snapshot.counters), owner.at);
        await owner.apply([deal({ id: 'c2' })]);
        await counters.advance(0, owner.at);
        counters = await snapshot.restore();
        // An engine that has nothing to write may notice it only when the position is to move.
        const next = new Owner(counters, owner.at);
        const result = await next.apply([]);
        const told =
          result.outcome === 'lost'
            ? result
            : counters.advance(0, next.at + 1).catch((error: unknown) => error);
        expect(await told).toMatchObject({ shard: expect.any(Number) as number, stored: 1 });
        const rewound = new Owner(counters, 1);
        await rewound.apply([deal({ id: 'c2' })]);
        await counters.advance(0, rewound.at);
        await expectCells(ref('amount'), [['ann', 200, 2]]);
      });

      it('are refused when the store is older than the log, until it is rewound', async () => {
        await owner.apply([deal({})]);
        await counters.advance(0, owner.at);
        const snapshot = await harness.snapshot(counters);
        owner = new Owner((counters = snapshot.counters), owner.at);
        await owner.apply([deal({ id: 'c2' }), deal({ id: 'c3' })]);
        await counters.advance(0, owner.at);
        counters = await snapshot.restore();
        const next = new Owner(counters, owner.at);
        expect(await next.apply([deal({ id: 'c4' })])).toMatchObject({ outcome: 'lost', stored: 1 });
        await expectCells(ref('amount'), [['ann', 100, 1]]);
        const rewound = new Owner(counters, 1);
        await rewound.apply([deal({ id: 'c2' }), deal({ id: 'c3' }), deal({ id: 'c4' })]);
        await expectCells(ref('amount'), [['ann', 400, 4]]);
      });

      it('let a batch through again, which then changes nothing', async () => {
        const batch = [deal({}), deal({ id: 'c2' })];
        await owner.apply(batch);
        owner.at = 0;
        expect(await owner.apply(batch)).toMatchObject({ outcome: 'applied', applied: 0, stale: 2 });
        await expectCells(ref('amount'), [['ann', 200, 2]]);
      });
    });

    describe('several owners', () => {
      it('of one partition never count twice', async () => {
        const other = harness.shared ? await harness.open() : counters;
        for (let round = 1; round <= 8; round++) {
          const batch = Array.from({ length: 60 }, (_, index) =>
            deal({ id: `c${index}`, sequence: round, employee: `e${(index + round) % 5}`, value: round }),
          );
          const visits = Array.from({ length: 30 }, (_, index) =>
            visit(`v${index}`, round, `e${round % 3}`, `i${index % 4}`),
          );
          const changes = [...batch, ...visits];
          const owners = [counters, other, other, counters].map((each) => new Owner(each, owner.at));
          const results = await Promise.all(owners.map((each) => each.apply(changes)));
          expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('applied'));
          const applied = results.reduce(
            (sum, result) => sum + (result.outcome === 'applied' ? result.applied : 0),
            0,
          );
          expect(applied).toBe(90);
          owner.at += changes.length;
          const cells = await counters.cells(ref('amount'));
          expect(cells.reduce((sum, { value }) => sum + value, 0)).toBe(60 * round);
          await expectCells(ref('customers'), [[`e${round % 3}`, 4, 4]]);
        }
      });
    });

    describe('expiry', () => {
      const later = TODAY + 40;

      it('neither writes nor takes back in windows that are expired', async () => {
        await owner.apply([deal({})]);
        await owner.apply([deal({ sequence: 2, value: 30 })], { today: () => later });
        await expectCells(ref('amount', 'quarter'), [['ann', 30, 1]]);
        await expectCells(ref('amount', 'month'), [['ann', 30, 1]]);
        const old = dayOf('2089-12-31');
        await owner.apply([deal({ id: 'c2', day: old })], { today: () => later });
        for (const kind of KINDS) await expectCells(ref('amount', kind, old), []);
        expect(await counters.isLive(ref('amount', 'day'))).toBe(false);
        expect(await counters.isLive(ref('amount', 'month'))).toBe(true);
      });

      it('is not undone by a clock that steps back', async () => {
        await owner.apply([deal({})], { today: () => later });
        await owner.apply([deal({ id: 'c2' })]);
        await expectCells(ref('amount', 'day'), []);
        await expectCells(ref('amount', 'month'), [['ann', 200, 2]]);
      });

      it('leaves versions for ever: a late event revives nothing', async () => {
        await owner.apply([deal({ sequence: 5 })]);
        const muchLater = TODAY + 1_000;
        await counters.sweep(() => muchLater);
        await owner.apply([deal({ id: 'c2', day: muchLater })], { today: () => muchLater });
        const late = await owner.apply([deal({ sequence: 4, day: muchLater })], { today: () => muchLater });
        expect(late).toMatchObject({ applied: 0, stale: 1 });
        await owner.apply([deal({ sequence: 6, day: muchLater })], { today: () => muchLater });
        await expectCells(ref('amount', 'year', muchLater), [['ann', 200, 2]]);
      });
    });

    describe('reference records', () => {
      const employee = (id: string, sequence: number, reference: string | null): RecordChange => ({
        ...{
          tenant: 'acme',
          entity: 'employee',
          id,
          version: versionOf(sequence),
          contributions: [],
          reference,
        },
      });

      it('are kept whole in their newest version', async () => {
        await owner.apply([employee('ann', 1, '{"name":"Ann"}'), employee('bob', 3, '{"name":"Bob"}')]);
        await owner.apply([employee('bob', 2, '{"name":"Old"}'), employee('安', 1, '{"name":"安"}')]);
        expect(await counters.references('acme', 'employee')).toEqual(
          new Map([
            ['ann', '{"name":"Ann"}'],
            ['bob', '{"name":"Bob"}'],
            ['安', '{"name":"安"}'],
          ]),
        );
        await owner.apply([employee('ann', 2, null)]);
        expect([...(await counters.references('acme', 'employee')).keys()].sort()).toEqual(['bob', '安']);
        expect(await counters.references('acme', 'department')).toEqual(new Map());
      });
    });

    describe('the feed', () => {
      const opportunity = (sequence: number, state: string, item?: string): RecordChange => ({
        ...{
          tenant: 'acme',
          entity: 'opportunity',
          id: 'o1',
          version: versionOf(sequence),
          contributions: [],
          state,
        },
        ...(item === undefined ? {} : { feed: { from: ['o', 'l'], item } }),
      });
      const items = async (): Promise<string[]> => (await counters.feed('acme', 10)).map(({ item }) => item);

      it('takes a move from a held state, once for ever', async () => {
        await owner.apply([opportunity(1, 'o')]);
        await owner.apply([opportunity(2, 'w', 'won')]);
        expect(await items()).toEqual(['won']);
        await owner.apply([opportunity(2, 'w', 'won')]);
        await owner.apply([opportunity(3, 'o')]);
        await owner.apply([opportunity(4, 'w', 'again')]);
        expect(await items()).toEqual(['won']);
        const [first] = await counters.feed('acme', 1);
        expect(first?.key).toBe('opportunity/o1');
        expect(Math.abs(Date.now() - (first?.at ?? 0))).toBeLessThan(60_000);
        expect(await counters.feed('acme', 0)).toEqual([]);
      });

      it('does not take a record first seen in its end state, nor what is not from the log', async () => {
        await owner.apply([opportunity(2, 'w', 'won')]);
        await owner.apply([opportunity(1, 'o')]);
        expect(await items()).toEqual([]);
        await owner.apply([{ ...opportunity(1, 'o'), id: 'o2' }]);
        await owner.apply([{ ...opportunity(2, 'w', 'won'), id: 'o2' }], repair);
        expect(await items()).toEqual([]);
      });

      it('notices a move within one batch, and lists the newest first', async () => {
        await owner.apply([opportunity(1, 'o'), opportunity(2, 'w', 'first'), opportunity(3, 'w', 'edited')]);
        await owner.apply([
          { ...opportunity(1, 'l'), id: 'o2' },
          { ...opportunity(2, 'w', 'second'), id: 'o2' },
        ]);
        expect(await items()).toEqual(['second', 'first']);
      });
    });

    describe('notices', () => {
      it('tell every process what was touched', async () => {
        const other = harness.shared ? await harness.open() : counters;
        const told: Touched[] = [];
        const stop = other.onTouched((touched) => told.push(...touched));
        await eventually(async () => {
          await owner.apply([deal({ sequence: owner.at + 1 })]);
          expect(told).not.toEqual([]);
        });
        expect(told[0]).toEqual({
          tenant: 'acme',
          boards: ['amount', 'number'],
          references: [],
          feed: false,
        });
        stop();
      });

      it('name the boards a record left, and nothing for what counts nowhere', async () => {
        await owner.apply([deal({})]);
        const left = await owner.apply([gone({ sequence: 2 })]);
        expect(left).toMatchObject({ touched: [{ tenant: 'acme', boards: ['amount', 'number'] }] });
        const nothing = await owner.apply([{ ...gone({ sequence: 1 }), id: 'x' }]);
        expect(nothing).toMatchObject({ applied: 1, touched: [] });
      });

      it('carry what processes publish about themselves', async () => {
        await counters.publishStatus('facts/1', { position: 7 });
        await counters.publishStatus('boards/1', { position: 8 });
        await counters.publishStatus('facts/1', { position: 9 });
        expect(await counters.statuses('facts/')).toEqual(new Map([['facts/1', { position: 9 }]]));
      });
    });

    describe('what is held', () => {
      it('is listed by window, of the current generation alone', async () => {
        const names = async (): Promise<string[]> =>
          (await counters.listWindows())
            .map(({ tenant, board, window }) => `${tenant} ${board} ${window}`)
            .sort();
        expect(await names()).toEqual([]);
        await owner.apply([deal({}), visit('v1', 1, 'ann', 'x'), deal({ id: 'c2', tenant: 'other' })]);
        const expected = [
          ...['amount', 'customers', 'number'].map((board) => ['acme', board]),
          ...['amount', 'number'].map((board) => ['other', board]),
        ].flatMap(([tenant, board]) => KINDS.map((kind) => `${tenant} ${board} ${windowKey(kind, TODAY)}`));
        expect(await names()).toEqual(expected.sort());
        await counters.beginRebuild();
        await owner.apply([deal({})], repair);
        await counters.finishRebuild();
        expect(await names()).toHaveLength(2 * KINDS.length);
      });

      it('is forgotten on demand: entry, cells, reference and feed', async () => {
        const won = (sequence: number, state: string, item?: string): RecordChange => ({
          ...{
            tenant: 'acme',
            entity: 'opportunity',
            id: 'o1',
            version: versionOf(sequence),
            contributions: [],
            state,
          },
          ...(item === undefined ? {} : { feed: { from: ['o'], item } }),
        });
        const goal = {
          tenant: 'acme',
          entity: 'goal',
          id: 'g',
          version: versionOf(1),
          contributions: [],
          reference: '{}',
        };
        await owner.apply([deal({}), deal({ id: 'c2', value: 1 }), visit('v1', 1, 'ann', 'x'), goal]);
        await owner.apply([won(1, 'o'), won(2, 'w', 'deal')]);
        await counters.beginRebuild();
        await owner.apply([deal({}), deal({ id: 'c2', value: 1 })], repair);
        for (const [entity, id] of [
          ['contract', 'c1'],
          ['activity', 'v1'],
          ['goal', 'g'],
          ['opportunity', 'o1'],
          ['contract', 'never'],
        ] as const) {
          await counters.forget({ tenant: 'acme', entity, id }, TODAY);
        }
        await expectCells(ref('amount'), [['ann', 1, 1]]);
        await expectCells(ref('customers'), []);
        expect(await counters.references('acme', 'goal')).toEqual(new Map());
        expect(await counters.feed('acme', 10)).toEqual([]);
        await counters.finishRebuild();
        await expectCells(ref('amount'), [['ann', 1, 1]]);
        expect(await counters.mismatches([deal({ sequence: 0 })], () => TODAY)).toEqual([0]);
        await owner.apply([deal({ value: 7 })]);
        await expectCells(ref('amount'), [['ann', 8, 2]]);
      });

      it('is compared with what it should be, record by record', async () => {
        const today = (): Day => TODAY;
        const held = [deal({}), deal({ id: 'c2', sequence: 5 }), visit('v1', 1, 'ann', 'x')];
        const old = deal({ id: 'c3', day: TODAY - 900 });
        await owner.apply([...held, old]);
        expect(await counters.mismatches([...held, old], today)).toEqual([]);
        const asked = [
          deal({ id: 'c9' }),
          deal({}),
          deal({ id: 'c2', sequence: 6 }),
          deal({ id: 'c2', sequence: 4, value: 9 }),
          deal({ value: 101 }),
          visit('v1', 1, 'ann', 'y'),
          deal({ id: 'c3', day: TODAY - 901 }),
          deal({ id: 'c4', tenant: 'other' }),
        ];
        expect(await counters.mismatches(asked, today)).toEqual([0, 2, 4, 5, 7]);
      });
    });

    describe('a rebuild', () => {
      it('replaces a store that lost its memory, under changes that go on', async () => {
        counters = await harness.flush(counters);
        await counters.initialize(0, 0, false);
        owner = new Owner(counters);
        await owner.apply([deal({ id: 'c1', sequence: 2, value: 20 })]);
        expect(await counters.beginRebuild()).toBe(2);
        expect(await counters.beginRebuild()).toBe(2);
        expect(await counters.rebuildState()).toEqual({ building: 2, current: 1, complete: false });
        const history = Array.from({ length: 300 }, (_, index) =>
          deal({ id: `c${index}`, sequence: 1, value: 10 }),
        );
        const live = Array.from({ length: 300 }, (_, index) =>
          deal({ id: `c${index}`, sequence: 3, value: 30, employee: 'bob' }),
        );
        const slices = [0, 100, 200];
        await Promise.all([
          ...slices.map((at) => owner.apply(history.slice(at, at + 100), repair)),
          (async () => {
            for (const at of slices) await owner.apply(live.slice(at, at + 100));
          })(),
          owner.apply([deal({ id: 'only', value: 5, employee: 'eve' })], repair),
        ]);
        expect(await counters.members(ref('amount'), ['eve'])).toEqual([]);
        await counters.finishRebuild();
        expect(await counters.rebuildState()).toEqual({ building: null, current: 2, complete: true });
        await expectCells(ref('amount'), [
          ['bob', 9_000, 300],
          ['eve', 5, 1],
        ]);
        expect(await counters.isLive(ref('amount'))).toBe(true);
        await owner.apply([deal({ id: 'only', sequence: 2, value: 6, employee: 'eve' })]);
        await expectCells(ref('amount'), [
          ['bob', 9_000, 300],
          ['eve', 6, 1],
        ]);
      });

      it('clears overflows and takes references over; without one, what is not from the log repairs', async () => {
        const reference = {
          tenant: 'acme',
          entity: 'goal',
          id: 'g',
          version: versionOf(1),
          contributions: [],
          reference: '{}',
        };
        await owner.apply([deal({ value: 9e15 }), deal({ id: 'c2', value: 9e15 }), reference]);
        await owner.apply([gone({ id: 'c2', sequence: 2 })], repair);
        expect(await counters.isLive(ref('amount'))).toBe(false);
        await counters.beginRebuild();
        await owner.apply([deal({ value: 9e15 }), gone({ id: 'c2', sequence: 2 }), reference], repair);
        await counters.finishRebuild();
        expect(await counters.isLive(ref('amount'))).toBe(true);
        await expectCells(ref('amount'), [['ann', 9e15, 1]]);
        expect(await counters.references('acme', 'goal')).toEqual(new Map([['g', '{}']]));
      });

      it('remembers what has been in the feed', async () => {
        const won = (sequence: number, state: string, item?: string): RecordChange => ({
          ...{
            tenant: 'acme',
            entity: 'opportunity',
            id: 'o1',
            version: versionOf(sequence),
            contributions: [],
            state,
          },
          ...(item === undefined ? {} : { feed: { from: ['o'], item } }),
        });
        await owner.apply([won(1, 'o'), won(2, 'w', 'first')]);
        await counters.beginRebuild();
        await owner.apply([won(2, 'w')], repair);
        await counters.finishRebuild();
        await owner.apply([won(3, 'o'), won(4, 'w', 'second')]);
        expect((await counters.feed('acme', 10)).map(({ item }) => item)).toEqual(['first']);
      });

      it('may be of one shard alone, which takes over what it holds', async () => {
        await owner.apply([deal({ value: 100 }), deal({ id: 'c2', value: 1, tenant: 'other' })]);
        const shards = [counters.shardOf('acme')];
        await counters.beginRebuild(shards);
        await owner.apply([deal({ value: 100 })], repair);
        if (counters.shardOf('other') === shards[0]) {
          await owner.apply([deal({ id: 'c2', value: 1, tenant: 'other' })], repair);
        }
        await counters.finishRebuild(shards);
        expect(await counters.rebuildState()).toMatchObject({ building: null, complete: true });
        await expectCells(ref('amount'), [['ann', 100, 1]]);
        await expectCells(ref('amount', 'month', TODAY, 'other'), [['ann', 1, 1]]);
        await owner.apply([gone({ sequence: 2 }), gone({ id: 'c2', sequence: 2, tenant: 'other' })]);
        await expectCells(ref('amount'), []);
        await expectCells(ref('amount', 'month', TODAY, 'other'), []);
      });

      it('cannot finish where nothing is being built', async () => {
        await expect(counters.finishRebuild()).rejects.toThrow();
      });

      it('is refused when what was built is lost', async () => {
        await counters.beginRebuild();
        await owner.apply([deal({})], repair);
        counters = await harness.flush(counters);
        expect(await new Owner(counters).apply([deal({ id: 'c2' })], repair)).toMatchObject({
          outcome: 'lost',
        });
        await expect(counters.finishRebuild()).rejects.toThrow();
      });
    });

    it('equals a naive recomputation over random histories, in any order, any number of times', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(histories, async ({ history, deliveries, cuts }) => {
          const prefix = `run${run++}-`;
          const own = (change: RecordChange): RecordChange => ({ ...change, tenant: prefix + change.tenant });
          const delivered = deliveries
            .map((index) => history[index % history.length])
            .filter((each) => each !== undefined);
          const log = [...delivered, ...history].map(own);
          for (let at = 0, cut = 0; at < log.length; cut++) {
            const size = cuts[cut % cuts.length] ?? 1;
            await owner.apply(log.slice(at, at + size));
            at += size;
          }
          await expectNaive(counters, history.map(own));
        }),
        { numRuns: 25 },
      );
    });
  });
}

const DAYS = [
  '2090-12-30',
  '2090-12-31',
  '2091-01-01',
  '2091-03-31',
  '2091-05-14',
  '2091-05-16',
  '2091-06-01',
].map(dayOf);
const TENANTS = ['a', 'b', 'c'];

const contribution: fc.Arbitrary<Contribution> = fc
  .record({
    board: fc.constantFrom('amount', 'number', 'customers'),
    employee: fc.constantFrom('ann', 'bob', '安娜', 'zoe/\u{1F600}:x'),
    day: fc.constantFrom(...DAYS),
    amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    item: fc.constantFrom('x', 'y', 'z'),
  })
  .map(({ board, employee, day, amount, item }) => ({
    ...{ board, employee, day, value: board === 'amount' ? amount : 1 },
    ...(board === 'customers' ? { item } : {}),
  }));

/** Versions of records in the order they were made, each version once; then how they are delivered. */
const histories = fc.record({
  history: fc
    .array(
      fc.record({
        tenant: fc.constantFrom(...TENANTS),
        id: fc.constantFrom('1', '2', '3', '4'),
        sequence: fc.integer({ min: 1, max: 6 }),
        contributions: fc.array(contribution, { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((list) =>
      list.map(({ tenant, id, sequence, contributions }, index): RecordChange => ({
        ...{ tenant, entity: 'record', id, version: versionOf(sequence, index), contributions },
      })),
    ),
  deliveries: fc.array(fc.nat(1_000), { maxLength: 60 }),
  cuts: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
});

/** Compares all windows of all boards with what the newest versions add up to. */
async function expectNaive(counters: Counters, history: RecordChange[]): Promise<void> {
  const newest = new Map<string, RecordChange>();
  for (const change of history) {
    const key = `${change.tenant} ${change.id}`;
    if (change.version > (newest.get(key)?.version ?? '')) newest.set(key, change);
  }
  const refs = new Map<string, WindowRef>();
  for (const { tenant } of history) {
    for (const { id: board } of BOARDS) {
      for (const { key: window } of DAYS.flatMap(windowsOf))
        refs.set(`${tenant} ${board} ${window}`, { tenant, board, window });
    }
  }
  await Promise.all(
    [...refs.values()].map(async (at) => {
      const expected = naive([...newest.values()], at);
      expect(await counters.top(at)).toEqual(expected);
      expect(sorted(await counters.cells(at))).toEqual(
        expected.map(({ employee, value, records }) => ({ employee, value, records })),
      );
      for (const [index, { employee }] of expected.entries()) {
        const around = expected.slice(Math.max(0, index - 1), index + 2);
        expect(await counters.around(at, employee, 1)).toEqual(around);
      }
    }),
  );
}

function naive(records: RecordChange[], { tenant, board, window }: WindowRef): (Cell & { rank: number })[] {
  const cells = new Map<string, { value: number; records: number; items: Set<string> }>();
  for (const record of records) {
    if (record.tenant !== tenant) continue;
    for (const each of record.contributions) {
      const live = windowsOf(each.day).find(({ key }) => key === window);
      if (each.board !== board || !live || live.expires <= TODAY) continue;
      const cell = cells.get(each.employee) ?? { value: 0, records: 0, items: new Set<string>() };
      cells.set(each.employee, cell);
      cell.value += each.value;
      cell.records += 1;
      if (each.item !== undefined) cell.items.add(each.item);
    }
  }
  const rows = [...cells].map(([employee, { value, records: number, items }]) =>
    board === 'customers'
      ? { employee, value: items.size, records: items.size }
      : { employee, value, records: number },
  );
  rows.sort((a, b) => b.value - a.value || Buffer.compare(Buffer.from(a.employee), Buffer.from(b.employee)));
  return rows.map((row) => ({ ...row, rank: 1 + rows.filter(({ value }) => value > row.value).length }));
}

/** Tries again until it holds, for what takes its way through another process. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
