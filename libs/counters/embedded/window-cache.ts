/** Windows of boards in memory, so that a board is read without touching the files and sorted only when it changed. */
import type { Cell, WindowRef } from '../port';
import { byRank } from '../ranking';
import { cellsPrefix, type ChangedCell } from './generation';

/** About 100 MB at the most. */
const MAX_CELLS = 500_000;

interface CachedWindow {
  cells: Map<string, Cell>;
  /** In the order of ranks as of the last time it was asked for. */
  sorted: Cell[];
  /** Whether cells have changed since. */
  dirty: boolean;
}

export class WindowCache {
  /** In order of last use. */
  private readonly windows = new Map<string, CachedWindow>();
  private size = 0;

  constructor(private readonly load: (ref: WindowRef) => Cell[]) {}

  cells(ref: WindowRef): ReadonlyMap<string, Cell> {
    return this.use(ref).cells;
  }

  /** In the order of ranks. The array and its cells are the cache's own: copy what is handed on. */
  sorted(ref: WindowRef): readonly Cell[] {
    const window = this.use(ref);
    if (window.dirty) {
      // What is nearly in order is sorted in nearly one pass: so the old order is kept as a start.
      const kept = window.sorted.filter(({ employee }) => window.cells.has(employee));
      const known = new Set(kept.map(({ employee }) => employee));
      for (const cell of window.cells.values()) if (!known.has(cell.employee)) kept.push(cell);
      window.sorted = kept.map(({ employee }) => window.cells.get(employee) as Cell).sort(byRank);
      window.dirty = false;
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
      const before = window.cells.size;
      if (cell.records > 0) window.cells.set(cell.employee, cell);
      else window.cells.delete(cell.employee);
      this.size += window.cells.size - before;
      window.dirty = true;
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
      const cells = new Map(this.load(ref).map((cell) => [cell.employee, cell]));
      window = { cells, sorted: [], dirty: true };
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
