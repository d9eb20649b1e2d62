/** Windows of boards in memory, so that a board is read without touching the files and sorted only when it changed. */
import type { Cell, WindowRef } from '../port';
import { byRank } from '../ranking';
import { cellsPrefix, type ChangedCell } from './generation';

/** About 100 MB at the most. */
const MAX_CELLS = 500_000;

/** A cell in memory; another takes its place when it changes. */
export interface CachedCell extends Cell {
  current: boolean;
}

interface CachedWindow {
  cells: Map<string, CachedCell>;
  /** In the order of ranks as of the last time it was asked for. */
  sorted: CachedCell[];
  /** Employees whose cells have changed since. */
  changed: Set<string>;
}

export class WindowCache {
  /** In order of last use. */
  private readonly windows = new Map<string, CachedWindow>();
  private size = 0;

  constructor(private readonly load: (ref: WindowRef) => Cell[]) {}

  cells(ref: WindowRef): ReadonlyMap<string, CachedCell> {
    return this.use(ref).cells;
  }

  /** In the order of ranks. The array and its cells are the cache's own: copy what is handed on. */
  sorted(ref: WindowRef): readonly CachedCell[] {
    const window = this.use(ref);
    const { cells, changed } = window;
    if (changed.size > 0) {
      const kept = window.sorted.filter(({ current }) => current);
      const moved = [...changed].flatMap((employee) => cells.get(employee) ?? []).sort(byRank);
      window.sorted = merge(kept, moved);
      changed.clear();
    }
    return window.sorted;
  }

  /** A cell of a window that is in memory, null when it is not listed; undefined when the window is not in memory. */
  peek(ref: WindowRef, employee: string): Cell | null | undefined {
    const window = this.windows.get(cellsPrefix(ref));
    return window && (window.cells.get(employee) ?? null);
  }

  update(changed: readonly ChangedCell[]): void {
    for (const { ref, cell } of changed) {
      const window = this.windows.get(cellsPrefix(ref));
      if (!window) continue;
      const { cells } = window;
      const before = cells.size;
      const old = cells.get(cell.employee);
      if (old) old.current = false;
      if (cell.records > 0) cells.set(cell.employee, cachedCell(cell));
      else cells.delete(cell.employee);
      this.size += cells.size - before;
      window.changed.add(cell.employee);
    }
  }

  clear(): void {
    this.windows.clear();
    this.size = 0;
  }

  private use(ref: WindowRef): CachedWindow {
    const key = cellsPrefix(ref);
    let window = this.windows.get(key);
    if (window) {
      this.windows.delete(key);
    } else {
      const cells = new Map(this.load(ref).map((cell) => [cell.employee, cachedCell(cell)]));
      window = { cells, sorted: [], changed: new Set(cells.keys()) };
      this.size += cells.size;
    }
    this.windows.set(key, window);
    this.evict(window);
    return window;
  }

  private evict(used: CachedWindow): void {
    for (const [key, window] of this.windows) {
      if (this.size <= MAX_CELLS || window === used) return;
      this.windows.delete(key);
      this.size -= window.cells.size;
    }
  }
}

// Written out: V8 reads the properties of an object made by spreading some twenty times slower.
const cachedCell = ({ employee, value, records }: Cell): CachedCell => ({
  employee,
  value,
  records,
  current: true,
});

/** Two lists in the order of ranks as one. */
function merge(a: readonly CachedCell[], b: readonly CachedCell[]): CachedCell[] {
  if (a.length === 0) return [...b];
  const out: CachedCell[] = [];
  let next = 0;
  for (const cell of a) {
    for (let other = b[next]; other && byRank(other, cell) < 0; other = b[++next]) out.push(other);
    out.push(cell);
  }
  return out.concat(b.slice(next));
}
