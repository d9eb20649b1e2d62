/** What the stores must hold after the mix, computed plainly from the newest event of every record. */
import { deepStrictEqual } from 'node:assert/strict';
import { isoOf, zoneNamed } from '#calendar';
import type { CloudEvent } from '#crm';
import type { Counters } from '#counters';
import type { Warehouse } from '#warehouse';
import { TENANT, TIME_ZONE } from './mix';

type Data = Record<string, string> & { lines?: { quantity: string; subtotal: string }[] };

const EFFECTIVE = new Set(['approved', 'no-approval']);
const cents = (text: string): number => Math.round(Number(text) * 100);

/** Board, window and employee, with the value. */
type Cells = Map<string, number>;

/** The windows of an ISO date, as the counters name them. */
function windowsOf(date: string): string[] {
  const [year = '', month = '', day = ''] = date.split('-');
  const at = new Date(`${date}T00:00:00Z`);
  const monday = new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * 86_400_000);
  return [
    `d${year}${month}${day}`,
    `w${monday.toISOString().slice(0, 10).replaceAll('-', '')}`,
    `m${year}${month}`,
    `q${year}${Math.ceil(Number(month) / 3)}`,
    `y${year}`,
  ];
}

const localDate = (instant: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: TIME_ZONE, dateStyle: 'short' }).format(new Date(instant));

/** The value of every cell of the boards that the mix touches, in the given windows. */
function expectedCells(events: Iterable<CloudEvent>, windows: ReadonlySet<string>): Cells {
  const cells: Cells = new Map();
  const items = new Set<string>();
  const dates = new Map<string, string[]>();
  const add = (board: string, employee: string | null, date: string, value: number, item?: string): void => {
    if (employee === null) return;
    let keys = dates.get(date);
    if (!keys) dates.set(date, (keys = windowsOf(date).filter((key) => windows.has(key))));
    for (const window of keys) {
      const cell = `${board} ${window} ${employee}`;
      if (item !== undefined) {
        if (items.has(`${cell} ${item}`)) continue;
        items.add(`${cell} ${item}`);
      }
      cells.set(cell, (cells.get(cell) ?? 0) + value);
    }
  };
  const days = new Map<string, string>();
  const dayOf = (instant: string): string => {
    const hour = instant.slice(0, 13);
    let day = days.get(hour);
    if (day === undefined) days.set(hour, (day = localDate(instant)));
    return day;
  };
  for (const event of events) {
    const data = event.data as Data;
    if (event.type.startsWith('crm.contract.')) {
      if (!EFFECTIVE.has(data['status'] ?? '')) continue;
      const [owner, date] = [data['ownerId'] ?? '', data['orderDate'] ?? ''];
      add('rank-contract-amount', owner, date, cents(data['amount'] ?? ''));
      add('rank-contract-count', owner, date, 1);
      const quantity = (data.lines ?? []).reduce((sum, line) => sum + cents(line.quantity), 0);
      add('rank-product-quantity', owner, date, quantity);
    } else if (event.type.startsWith('crm.activity.')) {
      if (data['kind'] !== 'follow-up') continue;
      const [author, date] = [data['authorId'] ?? '', dayOf(data['createdAt'] ?? '')];
      add('rank-follow-ups', author, date, 1);
      add('rank-followed-customers', author, date, 1, data['customerId']);
    } else if (event.type.startsWith('crm.customer.')) {
      add('rank-new-customers', data['ownerId'] ?? null, dayOf(data['createdAt'] ?? ''), 1);
    }
  }
  return cells;
}

const BOARDS = [
  ...['rank-contract-amount', 'rank-contract-count', 'rank-product-quantity'],
  ...['rank-follow-ups', 'rank-followed-customers', 'rank-new-customers'],
];

/** Every cell of every board of the mix equals the recomputation, and no other is there. @throws when not. */
export async function checkCounters(counters: Counters, events: Iterable<CloudEvent>): Promise<void> {
  const today = isoOf(zoneNamed(TIME_ZONE).dayAt(Date.now()));
  const windows = windowsOf(today);
  const found: Cells = new Map();
  for (const board of BOARDS) {
    for (const window of windows) {
      const cells = await counters.cells({ tenant: TENANT, board, window });
      for (const { employee, value } of cells) found.set(`${board} ${window} ${employee}`, value);
    }
  }
  equal(found, expectedCells(events, new Set(windows)), 'counters');
}

type Sums = Record<string, [records: number, sum: string, version: string]>;

const SUMS: Record<string, { sql: string; of: (data: Data) => number }> = {
  contract: {
    sql: 'sum(toInt64(amount * 100) + toInt64(arraySum(lines.quantity) * 100))',
    of: ({ amount = '', lines = [] }) =>
      cents(amount) + lines.reduce((sum, { quantity }) => sum + cents(quantity), 0),
  },
  activity: { sql: "countIf(kind = 'follow-up')", of: ({ kind }) => (kind === 'follow-up' ? 1 : 0) },
  customer: { sql: "countIf(deal_status = 'deal')", of: ({ dealStatus }) => (dealStatus === 'deal' ? 1 : 0) },
};

/**
 * The newest state of every record, and every event that was sent, are in the warehouse: per entity the number
 * of records, a sum of what they hold, and the sum of their sequences. @throws when not.
 */
export async function checkWarehouse(
  warehouse: Warehouse,
  latest: ReadonlyMap<string, CloudEvent>,
  sent: number,
): Promise<void> {
  const found: Sums = {};
  const expected: Sums = {};
  for (const [entity, { sql, of }] of Object.entries(SUMS)) {
    const tag = { tag: { report: 'bench', tenant: TENANT } };
    const [row] = await warehouse.query<{ n: number; s: string; v: string }>(
      `SELECT count() AS n, toString(${sql}) AS s,
         toString(sum(toUInt64(bitShiftRight(version, 64)))) AS v
       FROM ${entity} FINAL WHERE tenant = {tenant:String}`,
      { tenant: TENANT },
      tag,
    );
    found[entity] = [row?.n ?? 0, row?.s ?? '', row?.v ?? ''];
    let [records, sum, version] = [0, 0, 0n];
    for (const { type, data, sequence } of latest.values()) {
      if (!type.startsWith(`crm.${entity}.`)) continue;
      records += 1;
      sum += of(data as Data);
      version += BigInt(sequence ?? 0);
    }
    // ClickHouse sums 64-bit numbers modulo 2^64.
    expected[entity] = [records, String(sum), String(BigInt.asUintN(64, version))];
  }
  deepStrictEqual(found, expected, 'the warehouse holds something else than the newest states');
  const [row] = await warehouse.query<{ n: number }>(
    'SELECT uniqExact(entity, id, version) AS n FROM change_events WHERE tenant = {tenant:String}',
    { tenant: TENANT },
    { tag: { report: 'bench', tenant: TENANT } },
  );
  if (row?.n !== sent) throw new Error(`change_events holds ${String(row?.n)} events of ${sent}`);
}

function equal(found: Cells, expected: Cells, what: string): void {
  const wrong = [...new Set([...found.keys(), ...expected.keys()])].filter(
    (cell) => found.get(cell) !== expected.get(cell),
  );
  if (wrong.length === 0) return;
  const [cell = ''] = wrong;
  throw new Error(
    `${what}: ${wrong.length} of ${expected.size} cells differ: ${cell} is ${String(found.get(cell))}, not ${String(expected.get(cell))}`,
  );
}
