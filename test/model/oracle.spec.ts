/** The oracle against itself: every report answers every question, and its lists explain its numbers. */
import { checkEvent } from '#crm';
import {
  naiveRecords,
  naiveReport,
  NotFound,
  PRESETS,
  randomHistory,
  randomQuestion,
  REPORT_IDS,
  shuffledWithDuplicates,
  World,
  type Answer,
  type Row,
} from './index';

const SEEDS = [1, 2, 3, 4, 5];
const ZONES = ['Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu'];
const histories = SEEDS.map((seed) =>
  randomHistory(seed, { timeZone: ZONES[seed % ZONES.length], size: 14 }),
);

const MONEY = /^-?\d+\.\d\d$/;

/** Counts of a row that a list of distinct records explains. */
const COUNTS: Readonly<Record<string, readonly string[]>> = {
  'customer-total': ['newCustomers', 'dealCustomers'],
  'customer-follow-up': ['followUps', 'followedCustomers'],
  'customer-conversion': ['newCustomers', 'dealCustomers'],
  'pool-customers': ['putInPool', 'takenFromPool'],
  'deal-cycle-employee': ['dealCustomers'],
  'deal-cycle-region': ['dealCustomers'],
  'deal-cycle-product': ['dealCustomers'],
  'satisfaction-employee': ['visits'],
  'satisfaction-product': ['visits'],
  'dashboard-funnel': ['count'],
  'sales-funnel': ['count'],
  'new-opportunities': ['newOpportunities'],
  'opportunity-conversion': ['newOpportunities', 'wonOpportunities'],
  'contract-count-trend': ['value'],
  'contract-summary': ['contractCount'],
  'customer-city': ['customers', 'dealCustomers'],
  'customer-industry': ['customers', 'dealCustomers'],
  'customer-level': ['customers', 'dealCustomers'],
  'customer-source': ['customers', 'dealCustomers'],
  'product-sales': ['contractCount'],
};

const rowKey = (row: Row): string | undefined =>
  (row['employeeId'] ?? row['productId'] ?? row['stageId'] ?? row['value']) as string | undefined;

function ask(history: (typeof histories)[number], report: string, seed: number) {
  const { params, ctx } = randomQuestion(seed, report, history);
  return { params, ctx, answer: naiveReport(history.world, report, params, ctx) };
}

describe('random histories', () => {
  it('are events that the contract accepts', () => {
    const context = { tenant: 'default', now: Date.UTC(2026, 11, 31) };
    const problems = histories.flatMap((history) =>
      history.events.flatMap((event) => {
        const checked = checkEvent(event, context);
        return checked.ok ? [] : checked.problems.map((problem) => ({ type: event.type, ...problem }));
      }),
    );
    expect(problems).toEqual([]);
  });

  it.each(SEEDS)('mean the same in any order and number (seed %d)', (seed) => {
    const { events, world } = histories[SEEDS.indexOf(seed)] as (typeof histories)[number];
    const byKey = (of: World) => new Map(of.records().map((r) => [`${r.entity}/${r.data.id}`, r.data]));
    expect(byKey(World.after(shuffledWithDuplicates(events, seed)))).toEqual(byKey(world));
  });

  it('are the same for the same seed, and hold something to count', () => {
    expect(randomHistory(7).events).toEqual(randomHistory(7).events);
    expect(randomHistory(7).events).not.toEqual(randomHistory(8).events);
    const ctx = {
      timeZone: 'Asia/Shanghai',
      now: Date.UTC(2026, 4, 20),
      caller: { permission: 'all', employeeId: null },
    } as const;
    const rows = PRESETS.map(
      (preset) => naiveReport(randomHistory(7).world, 'rank-follow-ups', { preset }, ctx).rows?.length,
    );
    expect(Math.max(...rows.map(Number))).toBeGreaterThan(4);
  });
});

describe('every report', () => {
  it('is there: 41 of them', () => expect(new Set(REPORT_IDS).size).toBe(41));

  it.each(REPORT_IDS)('%s answers any question in plain JSON', (report) => {
    for (const [index, history] of histories.entries()) {
      for (let round = 0; round < 6; round++) {
        const { answer } = ask(history, report, 100 * index + round);
        expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
        const amounts = JSON.stringify(answer).match(/"(?:amount|\w+Amount|target|done)":"[^"]*"/g) ?? [];
        for (const amount of amounts) expect(amount.split('"')[3]).toMatch(MONEY);
      }
    }
  });

  it.each(Object.keys(COUNTS))('%s: the list behind a count is as long as the count', (report) => {
    for (const [index, history] of histories.entries()) {
      for (let round = 0; round < 5; round++) {
        const { params, ctx, answer } = ask(history, report, 100 * index + round);
        const cells = [
          ...(answer.series ?? []).map((item) => ({ item, at: { bucket: item['bucket'] as string } })),
          ...(answer.rows ?? []).map((item) => ({ item, at: { row: rowKey(item) } })),
        ];
        for (const { item, at } of cells) {
          for (const column of COUNTS[report] ?? []) {
            const records = naiveRecords(history.world, report, { ...params, ...at, column }, ctx);
            expect({ ...at, column, count: records?.ids.length }).toEqual({
              ...at,
              column,
              count: item[column],
            });
          }
        }
      }
    }
  });

  it.each(REPORT_IDS)(
    '%s shows nobody beyond the permission, and misses only for permission all',
    (report) => {
      for (const history of histories) {
        const { params, ctx } = randomQuestion(11, report, history);
        const blind = {
          ...ctx,
          caller: { permission: 'self', employeeId: 'u-nobody' } as const,
          boardVisibility: 'permission' as const,
        };
        const text = JSON.stringify(strip(naiveReport(history.world, report, params, blind)));
        expect(text).not.toMatch(/"(employeeId|ownerId|subjectId)":"/);
        expect(text).not.toMatch(/"(?:\w*[aA]mount|done|target|quantity)":"(?!0\.00)/);
        if (report === 'forgotten-customers' || !('departmentId' in params)) continue;
        const asked = { ...params, departmentId: 'd-unheard-of' };
        const all = { ...ctx, caller: { permission: 'all', employeeId: null } as const };
        expect(() => naiveReport(history.world, report, asked, all)).toThrow(NotFound);
      }
    },
  );
});

/** Without the parts that name what was asked. */
const strip = ({ series, rows, totals, headline }: Answer): Partial<Answer> => ({
  series,
  rows,
  totals,
  headline,
});
