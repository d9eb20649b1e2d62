/**
 * What statements answered, kept for when they are asked again: several people look at the same screens, and where
 * nothing has arrived for a table there is nothing new to read of it.
 */
import { createHash } from 'node:crypto';
import type { Sql } from './sql';

interface Answer {
  /** Of the tables that the statement reads, from before it ran. */
  parts: string;
  /** Rows as JSON: what is answered from it is the asker's own. */
  rows: string;
}

export interface RepeatLimits {
  /** Characters of one answer (default 250,000). */
  mostOfOne?: number;
  /** Characters of all (default 16 M); what was asked for least recently goes. */
  mostOfAll?: number;
}

export class Repeats {
  private readonly held = new Map<string, Answer>();
  private size = 0;
  private readonly mostOfOne: number;
  private readonly mostOfAll: number;

  constructor({ mostOfOne = 250_000, mostOfAll = 16_000_000 }: RepeatLimits = {}) {
    this.mostOfOne = mostOfOne;
    this.mostOfAll = mostOfAll;
  }

  /** Short, whatever the statement and its parameters are. */
  static keyOf({ statement, parameters }: ReturnType<Sql['compile']>): string {
    const digits = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
    return createHash('sha256')
      .update(statement)
      .update('\0')
      .update(JSON.stringify(parameters, digits))
      .digest('base64');
  }

  /** The rows that were answered from these parts. */
  get<T>(key: string, parts: string): T[] | undefined {
    const answer = this.held.get(key);
    if (answer?.parts !== parts) return undefined;
    this.held.delete(key);
    this.held.set(key, answer);
    return JSON.parse(answer.rows) as T[];
  }

  put(key: string, parts: string, rows: readonly unknown[]): void {
    const text = JSON.stringify(rows);
    this.drop(key);
    if (text.length > this.mostOfOne) return;
    this.held.set(key, { parts, rows: text });
    this.size += text.length;
    for (const [oldest] of this.held) {
      if (this.size <= this.mostOfAll) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.size -= this.held.get(key)?.rows.length ?? 0;
    this.held.delete(key);
  }
}
