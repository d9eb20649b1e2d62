/** Reads boards of the current generation. */
import type { BoardRegistry } from '../boards';
import type { BoardAsk, BoardRows, Cell, Ranked, WindowRef } from '../port';
import { byRank, ranked } from '../ranking';
import { expiryOf } from '../window-expiry';
import { runScript, type RedisClient } from './client';
import { generationPrefix, metaKey, tagOf } from './keys';

/** More rows than this are read by plain commands, so that no script runs for long. */
const MAX_SCRIPT_ROWS = 1_000;
const MAX_ATTEMPTS = 5;

const MS_PER_DAY = 86_400_000;

type Rows = [from: number, better: number, rows: string[], records: (string | null)[]] | [];
/** What `board.lua` returns. */
type Reply =
  [complete: string, boards: string, horizon: string, overflowed: number, first: Rows, around: Rows] | [];

export class BoardReader {
  constructor(
    private readonly client: RedisClient,
    private readonly boards: BoardRegistry,
    private readonly shardOf: (tenant: string) => number,
  ) {}

  /** Null when the window's cells may not be believed. */
  async believed(ref: WindowRef, ask: BoardAsk): Promise<BoardRows | null> {
    if (!this.boards.has(ref.board)) return null;
    const many = ask.limit > MAX_SCRIPT_ROWS;
    const reply = await this.read(ref, many ? { ...ask, limit: 0 } : ask);
    const [complete, boards, horizon, overflowed] = reply;
    if (complete !== '1' || overflowed !== 0 || !boards?.split(',').includes(ref.board)) return null;
    const expires = expiryOf(ref.window);
    const today = Math.max(Number(horizon || -Infinity), Math.floor(Date.now() / MS_PER_DAY));
    if (expires === null || expires <= today) return null;
    return {
      rows: many ? await this.top(ref, ask.limit) : this.ranked(ref, reply[4]),
      ...(ask.around && { around: this.listed(ref, reply[5]) }),
    };
  }

  async top(ref: WindowRef, limit = Infinity): Promise<Ranked[]> {
    if (limit <= MAX_SCRIPT_ROWS) return this.ranked(ref, (await this.read(ref, { limit }))[4]);
    const cells = (await this.cells(ref)).sort(byRank);
    return ranked(cells.slice(0, limit), 0, 0);
  }

  async around(ref: WindowRef, employee: string, span: number): Promise<Ranked[] | null> {
    const reply = await this.read(ref, { limit: 0, around: { employee, span } });
    return this.listed(ref, reply[5]);
  }

  async cells(ref: WindowRef): Promise<Cell[]> {
    const [rows, counts] = await this.readCurrent(ref, (chain, cells, records) => {
      chain.zrange(cells, 0, -1, 'WITHSCORES');
      if (records) chain.hgetall(records);
    });
    const list = rows as string[];
    const records = (counts ?? {}) as Record<string, string>;
    const out: Cell[] = [];
    for (let i = 0; i < list.length; i += 2) {
      out.push(
        cellOf(list[i] ?? '', list[i + 1] ?? '0', counts === undefined ? null : records[list[i] ?? '']),
      );
    }
    return out;
  }

  async members(ref: WindowRef, employees: string[]): Promise<Cell[]> {
    if (employees.length === 0) return [];
    const [scores, counts] = await this.readCurrent(ref, (chain, cells, records) => {
      chain.zmscore(cells, ...employees);
      if (records) chain.hmget(records, ...employees);
    });
    return employees.flatMap((employee, index) => {
      const score = (scores as (string | null)[])[index];
      if (score === null || score === undefined) return [];
      return [cellOf(employee, score, (counts as (string | null)[] | undefined)?.[index])];
    });
  }

  private async read(ref: WindowRef, { limit, around }: BoardAsk): Promise<Reply> {
    const shard = this.shardOf(ref.tenant);
    const sums = this.boards.kindOf(ref.board) === 'sum';
    const args = [
      tagOf(shard),
      ref.tenant,
      `${ref.board}:${ref.window}`,
      sums ? '1' : '0',
      Math.max(0, limit),
    ];
    if (around) args.push(around.employee, Math.min(around.span, MAX_SCRIPT_ROWS));
    return (await runScript(this.client, 'board', [metaKey(shard)], args)) as Reply;
  }

  private ranked(ref: WindowRef, stretch: Rows = []): Ranked[] {
    if (stretch.length === 0) return [];
    const [from, better, rows, records] = stretch;
    const sums = this.boards.kindOf(ref.board) === 'sum';
    const cells: Cell[] = [];
    for (let i = 0; i < rows.length; i += 2) {
      cells.push(cellOf(rows[i] ?? '', rows[i + 1] ?? '0', sums ? records[i / 2] : null));
    }
    return ranked(cells, from, better);
  }

  /** Null when there are none. */
  private listed(ref: WindowRef, rows: Rows | undefined): Ranked[] | null {
    return rows === undefined || rows.length === 0 ? null : this.ranked(ref, rows);
  }

  /**
   * Runs commands on a window's keys in one transaction. The generation may change between looking
   * it up and reading, so it is looked at once more, inside.
   */
  private async readCurrent(
    ref: WindowRef,
    read: (chain: ReturnType<RedisClient['multi']>, cells: string, records: string | null) => void,
  ): Promise<unknown[]> {
    const shard = this.shardOf(ref.tenant);
    const sums = this.boards.kindOf(ref.board) === 'sum';
    let current = await this.client.hget(metaKey(shard), 'current');
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const prefix = generationPrefix(shard, Number(current ?? 0));
      const chain = this.client.multi();
      chain.hget(metaKey(shard), 'current');
      read(chain, `${prefix}b:${nameOf(ref)}`, sums ? `${prefix}n:${nameOf(ref)}` : null);
      const replies = (await chain.exec()) ?? [];
      const [now, ...values] = replies.map(([error, value]) => {
        if (error) throw error;
        return value;
      });
      if (now === current) return values;
      current = now as string | null;
    }
    throw new Error('counters: the generation changed again and again while a board was read');
  }
}

const nameOf = ({ tenant, board, window }: WindowRef): string => `${tenant}:${board}:${window}`;

/** `records` null: the value is the number of records. */
function cellOf(employee: string, score: string, records: string | null | undefined): Cell {
  const value = 0 - Number(score);
  return { employee, value, records: records === null || records === undefined ? value : Number(records) };
}
