/**
 * Holds the live counters against the warehouse, board by board and window by window.
 *
 * The two are written by consumers that stand at different places of the log, so a difference alone
 * says nothing. It is drift when it is still the same, on both sides, after both consumers have passed
 * what the log held when it was seen: then no event between the two explains it, and none has touched
 * the cell since. A cell that changes all the time is looked at again with the next comparison.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS, type ChangeLog } from '#change-log';
import { expiryOf, type Cell, type Counters, type RecordChange, type WindowRef } from '#counters';
import { BOARDS, COUNTED_ENTITIES, recordChange, type BoardMetric } from '#metrics';
import { FACTS_GROUP, LEADERBOARDS_GROUP } from '#pipeline';
import type { Tenant } from '#platform';
import { latestEvents, type Warehouse } from '#warehouse';
import { warehouseCells } from './warehouse-cells';

/** Value (minor units, or a count) and number of counted records; null: the cell is not listed. */
export type CellState = Pick<Cell, 'value' | 'records'> | null;

export interface Difference extends WindowRef {
  employee: string;
  counters: CellState;
  warehouse: CellState;
}

export interface Comparison {
  tenant: string;
  /** Cells compared, of either side. */
  compared: number;
  drift: Difference[];
  /** Differences that changed each time they were looked at: neither drift nor proven right. */
  undecided: number;
}

export interface ReconcilerOptions {
  log: ChangeLog;
  counters: Counters;
  warehouse: Warehouse;
  /** The caller has no more use for the answer. */
  stopped?: () => boolean;
}

const POLL_MS = 200;
/** How long consumers are waited for before a comparison is given up. */
const PASS_MS = 60_000;
/** How often a difference that keeps changing is looked at. */
const MAX_LOOKS = 10;

/** Given up: it says nothing about the counters. */
export class NotComparable extends Error {}

export class Reconciler {
  constructor(private readonly options: ReconcilerOptions) {}

  /**
   * Compares every live window of a tenant.
   * @throws NotComparable while counters are rebuilt or a consumer does not move.
   */
  async compare(tenant: Tenant): Promise<Comparison> {
    const { counters } = this.options;
    const { complete, building } = await counters.rebuildState();
    if (!complete || building !== null) throw new NotComparable('the counters are being rebuilt');
    const held = (await counters.listWindows()).filter((ref) => ref.tenant === tenant.id);
    let compared = 0;
    let differences: Difference[] = [];
    for (const board of BOARDS) {
      const windows = held.filter((ref) => ref.board === board.id).map(({ window }) => window);
      const found = await this.compareBoard(tenant, board, windows);
      compared += found.compared;
      differences.push(...found.differences);
    }
    const drift: Difference[] = [];
    for (let look = 0; differences.length > 0 && look < MAX_LOOKS; look++) {
      await this.consumersPass();
      const { same, changed } = await this.lookAgain(tenant, differences);
      drift.push(...same);
      differences = changed;
    }
    return { tenant: tenant.id, compared, drift, undecided: differences.length };
  }

  /**
   * Compares what is held of every single record: a damaged one counts rightly until its next change.
   * @throws NotComparable when a consumer does not move.
   */
  async compareRecords(tenant: Tenant): Promise<{ compared: number; wrong: string[] }> {
    const { counters, warehouse } = this.options;
    const today = (): number => tenant.zone.dayAt(Date.now());
    let suspects: RecordChange[] = [];
    const filter = { tenant: tenant.id, entities: COUNTED_ENTITIES };
    const { records } = await latestEvents(warehouse, filter, async (states) => {
      if (this.options.stopped?.()) throw new NotComparable('the process stops');
      const changes = states.flatMap((state) => recordChange(state, tenant.zone, 0) ?? []);
      suspects.push(...at(changes, await counters.mismatches(changes, today)));
    });
    // The counters may be behind the warehouse; then they are not once they have passed it.
    if (suspects.length > 0) {
      await this.consumersPass();
      suspects = at(suspects, await counters.mismatches(suspects, today));
    }
    return { compared: records, wrong: suspects.map(({ entity, id }) => `${entity}/${id}`) };
  }

  private async compareBoard(
    tenant: Tenant,
    board: BoardMetric,
    held: readonly string[],
  ): Promise<{ compared: number; differences: Difference[] }> {
    const { counters, warehouse } = this.options;
    if (this.options.stopped?.()) throw new NotComparable('the process stops');
    const today = tenant.zone.dayAt(Date.now());
    const expected = await warehouseCells(warehouse, tenant, board, today);
    const windows = new Set([...held, ...expected.keys()]);
    const differences: Difference[] = [];
    let compared = 0;
    for (const window of windows) {
      if ((expiryOf(window) ?? 0) <= today) continue;
      const ref = { tenant: tenant.id, board: board.id, window };
      const counted = new Map((await counters.cells(ref)).map((cell) => [cell.employee, cell]));
      const wanted = expected.get(window) ?? new Map<string, Cell>();
      const employees = new Set([...counted.keys(), ...wanted.keys()]);
      compared += employees.size;
      const found = [...employees].flatMap((employee) =>
        differenceOf(ref, employee, counted.get(employee), wanted.get(employee)),
      );
      // A window that counts for nothing (a cell beyond the exact range) is answered by the warehouse.
      if (found.length > 0 && (await counters.isLive(ref))) differences.push(...found);
    }
    return { compared, differences };
  }

  /** What is still exactly as it was is drift; what still differs otherwise is looked at once more. */
  private async lookAgain(
    tenant: Tenant,
    before: readonly Difference[],
  ): Promise<{ same: Difference[]; changed: Difference[] }> {
    const same: Difference[] = [];
    const changed: Difference[] = [];
    const known = new Map(before.map((difference) => [nameOf(difference), difference]));
    for (const board of BOARDS) {
      const windows = new Set(before.filter((ref) => ref.board === board.id).map(({ window }) => window));
      if (windows.size === 0) continue;
      const { differences } = await this.compareBoard(tenant, board, [...windows]);
      for (const difference of differences) {
        const seen = known.get(nameOf(difference));
        if (!seen) continue;
        const unmoved =
          isSame(seen.counters, difference.counters) && isSame(seen.warehouse, difference.warehouse);
        (unmoved ? same : changed).push(difference);
      }
    }
    return { same, changed };
  }

  /** Resolves when both consumers have passed what is in the log now. */
  private async consumersPass(): Promise<void> {
    const { log, stopped } = this.options;
    const ends = await log.offsets(TOPICS.events);
    const deadline = Date.now() + PASS_MS;
    for (;;) {
      const behind = await Promise.all(
        [FACTS_GROUP, LEADERBOARDS_GROUP].map(async (group) => {
          const committed = await log.committed(TOPICS.events, group);
          return ends.some(
            ({ partition, start, end }) => end > start && (committed.get(partition) ?? 0) < end,
          );
        }),
      );
      if (!behind.includes(true)) return;
      if (stopped?.()) throw new NotComparable('the process stops');
      if (Date.now() > deadline) throw new NotComparable('a consumer does not come to the end of the log');
      await sleep(POLL_MS);
    }
  }
}

const at = <T>(list: readonly T[], places: readonly number[]): T[] =>
  places.flatMap((place) => list[place] ?? []);

const nameOf = ({ board, window, employee }: Difference): string => `${board} ${window} ${employee}`;

const stateOf = (cell: Cell | undefined): CellState =>
  cell ? { value: cell.value, records: cell.records } : null;

const isSame = (a: CellState, b: CellState): boolean => a?.value === b?.value && a?.records === b?.records;

function differenceOf(
  ref: WindowRef,
  employee: string,
  counted: Cell | undefined,
  wanted: Cell | undefined,
): Difference[] {
  const difference = { ...ref, employee, counters: stateOf(counted), warehouse: stateOf(wanted) };
  return isSame(difference.counters, difference.warehouse) ? [] : [difference];
}
