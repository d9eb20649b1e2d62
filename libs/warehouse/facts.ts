/** Writes changes to the warehouse: `change_events` and the current-state tables they touch. */
import type { Warehouse } from './client';
import { deleteRows } from './delete';
import { WarehouseRefused } from './errors';
import {
  CHANGE_EVENTS,
  putEvent,
  putState,
  stateRows,
  versionText,
  type Fact,
  type TableShape,
} from './rows';
import { RowWriter } from './row-writer';

export type { Fact } from './rows';

/** A fact that the engine would not take; `index` is its place among those given to `write`. */
export interface RefusedFact {
  index: number;
  reason: string;
}

/** The rows of one table; `owners[i]` is the index of the fact that row `i` comes from. */
interface Rows {
  shape: TableShape;
  rows: RowWriter;
  owners: number[];
}

/** What finds a fact's rows again. */
interface FactKey {
  tenant: string;
  entity: string;
  id: string;
  version: string;
}

/** Rows ready to be inserted. */
export class FactsBlock {
  readonly tables = new Map<string, Rows>();
  /** Of each fact; the facts themselves are not kept. */
  readonly keys: FactKey[] = [];

  /** Number of facts. */
  get count(): number {
    return this.keys.length;
  }

  add(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const index = this.keys.length;
      const { change } = fact;
      const { tenant, entity, id, version } = change;
      this.keys.push({ tenant, entity, id, version });
      putEvent(this.rowsOf(CHANGE_EVENTS, index), fact);
      const state = stateRows(change);
      if (state) putState(this.rowsOf(state, index), state, change);
    }
  }

  /** Bytes of all rows. */
  get size(): number {
    let size = 0;
    for (const { rows } of this.tables.values()) size += rows.size;
    return size;
  }

  /** Where the next row of a table goes, which comes from the fact `index`. */
  private rowsOf(shape: TableShape, index: number): RowWriter {
    let table = this.tables.get(shape.table);
    if (!table) this.tables.set(shape.table, (table = { shape, rows: new RowWriter(), owners: [] }));
    table.owners.push(index);
    return table.rows;
  }
}

export class FactsWriter {
  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Resolves when every fact is on disk in all its tables, with those the engine refused, which are
   * then in none of them. Rejects (`WarehouseUnavailable`, `WarehouseTimeout`) when the outcome is
   * open: the same facts can be written again any number of times, in any order.
   */
  async write(facts: readonly Fact[]): Promise<RefusedFact[]> {
    const block = new FactsBlock();
    block.add(facts);
    return this.writeBlock(block);
  }

  async writeBlock(block: FactsBlock): Promise<RefusedFact[]> {
    const reasons = new Map<number, string>();
    const outcomes = await this.warehouse.writes.run(() => {
      const inserts = [...block.tables.values()].map((rows) =>
        this.insert(rows, 0, rows.rows.count, (index, reason) => reasons.set(index, reason)),
      );
      // All of them, even after a failure: what is under way must not reach into the next attempt.
      return Promise.allSettled(inserts);
    });
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    for (const index of reasons.keys()) await this.withdraw(block, index);
    return [...reasons].map(([index, reason]) => ({ index, reason })).sort((a, b) => a.index - b.index);
  }

  /** Inserts rows `from` to `to`; halves what is refused until the rows at fault stand alone. */
  private async insert(
    rows: Rows,
    from: number,
    to: number,
    refuse: (index: number, reason: string) => void,
  ): Promise<void> {
    const { table, columns } = rows.shape;
    try {
      await this.warehouse.insert(table, columns, rows.rows.slice(from, to), 'RowBinary');
    } catch (error) {
      if (!(error instanceof WarehouseRefused)) throw error;
      if (to - from === 1) {
        refuse(rows.owners[from] as number, error.message);
        return;
      }
      const middle = (from + to) >> 1;
      await this.insert(rows, from, middle, refuse);
      await this.insert(rows, middle, to, refuse);
    }
  }

  /** A fact is in all its tables or in none: takes a refused one out of those that had accepted it. */
  private async withdraw(block: FactsBlock, index: number): Promise<void> {
    const { tenant, entity, id, version } = block.keys[index] as FactKey;
    for (const { shape, owners } of block.tables.values()) {
      if (!owners.includes(index)) continue;
      const ofEntity = shape === CHANGE_EVENTS ? 'AND entity = {entity:String}' : '';
      await deleteRows(
        this.warehouse,
        shape.table,
        `tenant = {tenant:String} ${ofEntity} AND id = {id:String} AND version = {version:UInt128}`,
        { tenant, entity, id, version: versionText(version) },
      );
    }
  }
}
