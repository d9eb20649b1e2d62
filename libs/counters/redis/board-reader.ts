/** Reads boards of the current generation. */
import type { BoardRegistry } from '../boards';
import type { Cell, Ranked, WindowRef } from '../port';
import { byRank, ranked } from '../ranking';
import { runScript, type RedisClient } from './client';
import { generationPrefix, metaKey, tagOf } from './keys';

/** More rows than this are read by plain commands, so that no script runs for long. */
const MAX_SCRIPT_ROWS = 1_000;
const MAX_ATTEMPTS = 5;

type Rows = [from: number, better: number, rows: string[], records: (string | null)[]] | [];

export class BoardReader {
  constructor(
    private readonly client: RedisClient,
    private readonly boards: BoardRegistry,
    private readonly shardOf: (tenant: string) => number,
  ) {}

  async top(ref: WindowRef, limit = Infinity): Promise<Ranked[]> {
    if (limit <= 0) return [];
    if (limit <= MAX_SCRIPT_ROWS) return (await this.rows(ref, 0, limit - 1)) ?? [];
    const cells = (await this.cells(ref)).sort(byRank);
    return ranked(cells.slice(0, limit), 0, 0);
  }

  async around(ref: WindowRef, employee: string, span: number): Promise<Ranked[] | null> {
    return this.rows(ref, -Math.min(span, MAX_SCRIPT_ROWS), Math.min(span, MAX_SCRIPT_ROWS), employee);
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

  /** Null when there are no rows. */
  private async rows(
    ref: WindowRef,
    first: number,
    last: number,
    employee?: string,
  ): Promise<Ranked[] | null> {
    const shard = this.shardOf(ref.tenant);
    const sums = this.boards.kindOf(ref.board) === 'sum';
    const args = [tagOf(shard), nameOf(ref), sums ? '1' : '0', first, last];
    if (employee !== undefined) args.push(employee);
    const reply = (await runScript(this.client, 'rows', [metaKey(shard)], args)) as Rows;
    if (reply.length === 0) return null;
    const [from, better, rows, records] = reply;
    const cells: Cell[] = [];
    for (let i = 0; i < rows.length; i += 2) {
      cells.push(cellOf(rows[i] ?? '', rows[i + 1] ?? '0', sums ? records[i / 2] : null));
    }
    return ranked(cells, from, better);
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
