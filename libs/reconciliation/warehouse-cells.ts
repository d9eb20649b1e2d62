/** The cells of a board as the warehouse has them: what the live counters must equal. */
import { isoOf, windowsOf, type Day } from '#calendar';
import { expiryOf, type Cell } from '#counters';
import { columnName } from '#crm';
import { metricSql, toMinorExact, type BoardMetric } from '#metrics';
import type { Tenant } from '#platform';
import type { Warehouse } from '#warehouse';

/** Cells by window key, then by employee. */
export type Cells = Map<string, Map<string, Cell>>;

interface CellRow {
  employee: string;
  window: string;
  /** Decimal string for money and quantities. */
  value: string | number;
  records: number;
}

const TIMEOUT_MS = 120_000;

/** Window keys of a day in SQL, as #calendar writes them, in the order of its kinds. */
const KEYS = [
  "concat('d', toString(toYYYYMMDD(day)))",
  "concat('w', toString(toYYYYMMDD(addDays(day, 1 - toDayOfWeek(day)))))",
  "concat('m', toString(toYYYYMM(day)))",
  "concat('q', toString(toYear(day)), toString(toQuarter(day)))",
  "concat('y', toString(toYear(day)))",
];
/** Longer ago than any window lives. */
const LONGEST_DAYS = 800;

/** All cells of the windows that are not expired on `today`. */
export async function warehouseCells(
  warehouse: Warehouse,
  tenant: Tenant,
  board: BoardMetric,
  today: Day,
): Promise<Cells> {
  const firsts = firstLiveDays(today);
  const parameters = Object.fromEntries(firsts.map((day, index) => [`first${index}`, isoOf(day)]));
  const keys = KEYS.map((key, index) => `if(day >= {first${index}:Date32}, ${key}, '')`);
  const total = board.measure.kind === 'distinct' ? 'uniqExact(item)' : 'sum(value)';
  const counted = board.measure.kind === 'distinct' ? 'uniqExact(item)' : 'sum(records)';
  const rows = await warehouse.query<CellRow>(
    `SELECT employee, window, ${total} AS value, ${counted} AS records
     FROM (${countedPerDay(board)})
     ARRAY JOIN arrayFilter(key -> key != '', [${keys.join(', ')}]) AS window
     GROUP BY employee, window
     SETTINGS enable_extended_results_for_datetime_functions = 1`,
    { ...parameters, first: isoOf(Math.min(...firsts)), tenant: tenant.id, zone: tenant.zone.name },
    { tag: { report: 'reconciliation', tenant: tenant.id }, timeoutMs: TIMEOUT_MS },
  );
  return cellsOf(rows, board, today);
}

/** What counts, by employee and local day; of distinct counts the items instead of their number. */
function countedPerDay(board: BoardMetric): string {
  const { from, where, credit, date, value } = metricSql(board);
  const { expression } = date;
  const day = date.kind === 'date' ? expression : `toDate32(toTimeZone(${expression}, {zone:String}))`;
  const conditions = ['tenant = {tenant:String}', ...where, `${day} >= {first:Date32}`].join(' AND ');
  if (board.measure.kind === 'distinct') {
    return `SELECT DISTINCT ${credit} AS employee, assumeNotNull(${day}) AS day, ${columnName(board.measure.field)} AS item
            FROM ${from} WHERE ${conditions}`;
  }
  return `SELECT ${credit} AS employee, assumeNotNull(${day}) AS day, ${value} AS value, count() AS records
          FROM ${from} WHERE ${conditions} GROUP BY employee, day`;
}

/** The first day of each kind of window on which a window is not expired. */
function firstLiveDays(today: Day): Day[] {
  return KEYS.map((_, kind) => {
    for (let day = today - LONGEST_DAYS; day <= today; day++) {
      const window = windowsOf(day)[kind];
      if (window && window.expires > today) return window.from;
    }
    return today;
  });
}

function cellsOf(rows: CellRow[], board: BoardMetric, today: Day): Cells {
  const cells: Cells = new Map();
  for (const { employee, window, value, records } of rows) {
    if ((expiryOf(window) ?? 0) <= today) continue;
    const units = board.unit === 'count' ? Number(value) : Number(toMinorExact(String(value)));
    const list = cells.get(window) ?? new Map<string, Cell>();
    cells.set(window, list);
    // Where the value is a number of things, the things are what is counted.
    list.set(employee, {
      employee,
      value: units,
      records: board.measure.kind.startsWith('sum') ? records : units,
    });
  }
  return cells;
}
