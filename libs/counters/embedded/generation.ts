/** One generation as the embedded engine uses it: keys, values, and what is kept in memory of it. */
import type { Day } from '#calendar';
import type { BoardRegistry } from '../boards';
import { decodeContributions, encodeContributions } from '../contribution-codec';
import { CELL_LIMIT, type GenerationPlan, type Held, type TenantDeltas, type WindowDeltas } from '../planner';
import type { Cell, WindowRef } from '../port';
import { decodeHead, encodeHead, tailAt } from '../record';
import type { RecordRun } from '../runs';
import { applyDays, decodeDays, encodeDays } from './items';
import type { GenerationStore, Write } from './store';
import type { Turn } from './turn';

/** A cell as it is once the writes are made. */
export interface ChangedCell {
  ref: WindowRef;
  cell: Cell;
}

/** What a plan writes, and the cells it leaves behind. */
export interface Prepared {
  writes: Write[];
  /** To be written too: what is also held in memory. */
  marks: Write[];
  changed: ChangedCell[];
}

const NUL = '\0';
const CELL_BYTES = 16;
const EMPTY = Buffer.alloc(0);

export const cellsPrefix = ({ tenant, board, window }: WindowRef): string => `${tenant}/${window}/${board}/`;

export class Generation {
  /** Latest today each tenant was written on. */
  private readonly horizons = new Map<string, Day>();
  private readonly overflowed = new Set<string>();

  constructor(
    readonly store: GenerationStore,
    private readonly boards: BoardRegistry,
  ) {
    for (const { key, value } of store.marks.getRange({})) {
      const [kind, rest] = splitOnce(key.toString());
      if (kind === 'horizon') this.horizons.set(rest, Number(value.toString()));
      if (kind === 'overflow') this.overflowed.add(rest);
    }
  }

  horizon(tenant: string): Day {
    return this.horizons.get(tenant) ?? -Infinity;
  }

  tenants(): string[] {
    return [...this.horizons.keys()];
  }

  isOverflowed({ tenant, board, window }: WindowRef): boolean {
    return this.overflowed.has(`${tenant}/${board}/${window}`);
  }

  /** The overflow marks, `TENANT/BOARD/WINDOW`. */
  overflows(): string[] {
    return [...this.overflowed];
  }

  held(run: RecordRun): Held | null {
    const value = this.store.records.getBinary(recordKey(run.tenant, run.digest));
    if (!value) return null;
    const { version, state, fed, year } = decodeHead(value);
    const needed = year !== 0 && run.newest.version >= version;
    return {
      version,
      state,
      fed,
      year,
      contributions: needed ? decodeContributions(value, this.boards, tailAt(value)) : [],
    };
  }

  /**
   * Turns deltas into what is to be written; nothing is changed yet, in memory neither. What it reads must not be
   * written meanwhile.
   */
  async prepare(
    plan: GenerationPlan,
    cached: (ref: WindowRef, employee: string) => Cell | null | undefined,
    turn: Turn,
  ): Promise<Prepared> {
    const out: Prepared = { writes: [], changed: [], marks: [] };
    for (const { run, next } of plan.records) {
      if (turn.isOver()) await turn.yield();
      const tail = next.year === 0 ? undefined : encodeContributions(next.contributions, this.boards);
      const key = recordKey(run.tenant, run.digest);
      out.writes.push({ into: this.store.records, key, value: encodeHead(next, tail) });
    }
    for (const { tenant, entity, id, json } of plan.references) {
      const key = Buffer.from(`${tenant}/${entity}/${id}`);
      out.writes.push({ into: this.store.references, key, value: json === null ? null : Buffer.from(json) });
    }
    for (const [tenant, deltas] of plan.tenants) {
      out.marks.push(...this.raiseHorizon(tenant, deltas.today));
      await this.addItems(tenant, deltas, out, turn);
      for (const [board, windows] of deltas.windows) {
        for (const window of windows.values()) {
          await this.addCells(tenant, board, window, cached, out, turn);
        }
      }
    }
    return out;
  }

  /** The writes have been made: takes over in memory what they mean. */
  settle({ marks }: Pick<Prepared, 'marks'>): void {
    for (const { key, value } of marks) {
      const [kind, rest] = splitOnce(key.toString());
      if (kind === 'horizon' && value) this.horizons.set(rest, Number(value.toString()));
      if (kind !== 'overflow') continue;
      if (value) this.overflowed.add(rest);
      else this.overflowed.delete(rest);
    }
  }

  raiseHorizon(tenant: string, today: Day): Write[] {
    if (this.horizon(tenant) >= today) return [];
    return [
      { into: this.store.marks, key: Buffer.from(`horizon/${tenant}`), value: Buffer.from(String(today)) },
    ];
  }

  /** All cells of a window, read from the files. */
  load(ref: WindowRef): Cell[] {
    const prefix = Buffer.from(cellsPrefix(ref));
    const cells: Cell[] = [];
    for (const { key, value } of this.store.cells.getRange({ start: prefix, end: after(prefix) })) {
      const employee = key.toString('utf8', prefix.length);
      cells.push({ employee, value: value.readDoubleLE(0), records: value.readDoubleLE(8) });
    }
    return cells;
  }

  /** Windows that hold a cell, each found by one step over the keys before it. */
  windows(): WindowRef[] {
    const found: WindowRef[] = [];
    for (let start: Buffer = EMPTY; ;) {
      const [key] = this.store.cells.getKeys({ start, limit: 1 });
      if (!key) return found;
      const [tenant = '', window = '', board = ''] = key.toString().split('/', 3);
      const ref = { tenant, board, window };
      found.push(ref);
      start = after(Buffer.from(cellsPrefix(ref)));
    }
  }

  references(tenant: string, entity: string): Map<string, string> {
    const prefix = Buffer.from(`${tenant}/${entity}/`);
    const found = new Map<string, string>();
    for (const { key, value } of this.store.references.getRange({ start: prefix, end: after(prefix) })) {
      found.set(key.toString('utf8', prefix.length), value.toString());
    }
    return found;
  }

  /** Entities that a tenant has reference records of. */
  referenceEntities(tenant: string): string[] {
    const entities: string[] = [];
    const prefix = `${tenant}/`;
    for (let start: Buffer = Buffer.from(prefix); ;) {
      const [key] = this.store.references.getKeys({ start, end: after(Buffer.from(prefix)), limit: 1 });
      if (!key) return entities;
      const [entity] = splitOnce(key.toString().slice(prefix.length));
      entities.push(entity);
      start = after(Buffer.from(`${prefix}${entity}/`));
    }
  }

  private async addItems(tenant: string, deltas: TenantDeltas, out: Prepared, turn: Turn): Promise<void> {
    for (const [board, employees] of deltas.items) {
      const windows = new Map<string, WindowDeltas>();
      for (const [employee, items] of employees) {
        if (turn.isOver()) await turn.yield();
        for (const [item, changes] of items) {
          const key = Buffer.from(`${tenant}/${board}/${employee}${NUL}${item}`);
          const days = decodeDays(this.store.items.getBinary(key));
          applyDays(days, changes, deltas.today, (window, difference) => {
            let entry = windows.get(window.key);
            if (!entry) windows.set(window.key, (entry = { window, cells: new Map() }));
            const cell = entry.cells.get(employee) ?? { value: 0, records: 0 };
            entry.cells.set(employee, cell);
            cell.value += difference;
            cell.records += difference;
          });
          out.writes.push({ into: this.store.items, key, value: days.size === 0 ? null : encodeDays(days) });
        }
      }
      deltas.windows.set(board, windows);
    }
  }

  private async addCells(
    tenant: string,
    board: string,
    { window, cells }: WindowDeltas,
    cached: (ref: WindowRef, employee: string) => Cell | null | undefined,
    out: Prepared,
    turn: Turn,
  ): Promise<void> {
    const ref = { tenant, board, window: window.key };
    const prefix = cellsPrefix(ref);
    let overflowed = false;
    for (const [employee, delta] of cells) {
      if (delta.value === 0 && delta.records === 0) continue;
      if (turn.isOver()) await turn.yield();
      const key = Buffer.from(prefix + employee);
      const old = cached(ref, employee);
      const stored = old === undefined ? this.store.cells.getBinary(key) : undefined;
      // Adding to 0 last keeps -0 out.
      const value = (old?.value ?? stored?.readDoubleLE(0) ?? 0) + delta.value + 0;
      const records = (old?.records ?? stored?.readDoubleLE(8) ?? 0) + delta.records;
      out.changed.push({ ref, cell: { employee, value, records } });
      out.writes.push({
        into: this.store.cells,
        key,
        value: records > 0 ? encodeCell(value, records) : null,
      });
      overflowed ||= Math.abs(value) > CELL_LIMIT || Math.abs(delta.value) > CELL_LIMIT;
    }
    if (!overflowed) return;
    const key = Buffer.from(`overflow/${tenant}/${board}/${window.key}`);
    out.marks.push({ into: this.store.marks, key, value: EMPTY });
  }
}

function encodeCell(value: number, records: number): Buffer {
  const bytes = Buffer.allocUnsafe(CELL_BYTES);
  bytes.writeDoubleLE(value, 0);
  bytes.writeDoubleLE(records, 8);
  return bytes;
}

export const recordKey = (tenant: string, digest: Buffer): Buffer =>
  Buffer.concat([Buffer.from(tenant + NUL), digest]);

/** The first key behind all that start with `prefix`; its last byte is never the greatest. */
export function after(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end[end.length - 1] ?? 0) + 1;
  return end;
}

/** What stands before the first slash, and what after it. */
export function splitOnce(text: string): [string, string] {
  const at = text.indexOf('/');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
