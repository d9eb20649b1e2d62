/** Leaderboards from the live counters: rows, around-me, and the rank before today. */
import { Inject, Injectable } from '@nestjs/common';
import type { BoardRows, Cell, Counters, Ranked, WindowRef } from '#counters';
import { COUNTERS } from '#engines';
import { fromMinor, type BoardMetric } from '#metrics';
import { asOfIn, LEADERBOARDS_GROUP, watermarkPrefix } from '#pipeline';
import { compareText } from '#text';
import type { Directory } from '../directory';
import { freshnessOf, type Freshness } from '../freshness';

export interface BoardRow {
  rank: number;
  employeeId: string;
  employeeName: string | null;
  departmentId: string | null;
  departmentName: string | null;
  /** Decimal string for money and quantities, else a count. */
  value: string | number;
}

/** Rows with how complete they are. */
export interface FreshBoard {
  rows: BoardRow[];
  /** Present when asked for; null when that employee is not listed. */
  around?: BoardRow[] | null;
  freshness: Freshness;
}

export interface BoardQuestion {
  board: BoardMetric;
  ref: WindowRef;
  /** Only these employees; null: everybody. */
  employees: string[] | null;
  limit: number;
  around?: string;
}

/** Rows shown above and below the employee of `around`. */
const AROUND_SPAN = 2;

@Injectable()
export class LiveBoards {
  constructor(@Inject(COUNTERS) private readonly counters: Counters) {}

  /** Null when the counters do not vouch for the window. */
  async answer(question: BoardQuestion, directory: Directory): Promise<FreshBoard | null> {
    const { ref, employees, limit, around: employee, board } = question;
    const row = (entry: Ranked): BoardRow => boardRow(board, entry, directory);
    const around = employee === undefined ? undefined : { employee, span: AROUND_SPAN };
    const ask = employees === null ? { limit, around } : { limit: 0 };
    const reading = await this.counters.board(ref, ask, watermarkPrefix(LEADERBOARDS_GROUP));
    if (!reading.board) return null;
    const freshness = freshnessOf(asOfIn(reading.statuses));
    const { rows, around: near } = employees ? await this.among(question, employees) : reading.board;
    return {
      freshness,
      rows: rows.map(row),
      ...(near !== undefined && { around: near && near.map(row) }),
    };
  }

  private async among({ ref, limit, around }: BoardQuestion, employees: string[]): Promise<BoardRows> {
    const ranked = rankCells(await this.counters.members(ref, employees));
    const rows = ranked.slice(0, limit);
    return around === undefined ? { rows } : { rows, around: aroundIn(ranked, around, AROUND_SPAN) };
  }

  /**
   * Ranks without what is dated today, by employee; those who had nothing before today are absent.
   * Not for boards that count distinct things: what was seen today may have been seen before.
   */
  async ranksBefore(question: BoardQuestion, today: WindowRef): Promise<Map<string, number>> {
    const { ref, employees } = question;
    const [all, dated] = await Promise.all(
      [ref, today].map((window) =>
        employees === null ? this.counters.cells(window) : this.counters.members(window, employees),
      ),
    );
    const now = new Map((dated ?? []).map((cell) => [cell.employee, cell]));
    const before = (all ?? []).flatMap((cell) => {
      const since = now.get(cell.employee);
      if (!since) return [cell];
      const records = cell.records - since.records;
      return records > 0 ? [{ employee: cell.employee, value: cell.value - since.value, records }] : [];
    });
    return new Map(rankCells(before).map(({ employee, rank }) => [employee, rank]));
  }
}

/** Value descending, ties by employee id in code-point order; equal values share a rank: 1, 2, 2, 4. */
export function rankCells(cells: Cell[]): Ranked[] {
  const sorted = [...cells].sort((a, b) => b.value - a.value || compareText(a.employee, b.employee));
  let rank = 0;
  return sorted.map((cell, index) => {
    if (cell.value !== sorted[index - 1]?.value) rank = index + 1;
    return { ...cell, rank };
  });
}

/** The employee's row and up to `span` rows on either side, or null when not listed. */
export function aroundIn<T extends { employee: string }>(
  ranked: T[],
  employee: string,
  span: number,
): T[] | null {
  const at = ranked.findIndex((entry) => entry.employee === employee);
  return at < 0 ? null : ranked.slice(Math.max(0, at - span), at + span + 1);
}

function boardRow(board: BoardMetric, { rank, employee, value }: Ranked, directory: Directory): BoardRow {
  return {
    rank,
    ...directory.org.identityOf(employee),
    value: board.unit === 'count' ? value : fromMinor(value),
  };
}
