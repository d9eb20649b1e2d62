/**
 * What statements answered, kept for when they are asked again: several people look at the same screens, and until
 * something arrives for one of its tables there is nothing new for a statement to read.
 */
import { createHash } from 'node:crypto';
import type { Sql } from './sql';

interface Answer {
  /** What the tables that the statement reads held at some time before it ran. */
  contents: string;
  /** Rows as JSON: what is answered from it is the asker's own. Null while the statement runs. */
  rows: string | null;
  /** Settles as the statement does, when `rows` is there for all who wait. */
  read: Promise<void>;
  /** Askers of the same who wait for it. */
  waiting: number;
}

/** Characters that are held of an answer. */
const sizeOf = (key: string, { contents, rows }: Answer): number =>
  rows === null ? 0 : key.length + contents.length + rows.length;

export interface RepeatLimits {
  /** Rows of one answer (default 10,000: of a thousand people, ten each). */
  mostRows?: number;
  /** Characters of one answer (default 1 M). */
  mostOfOne?: number;
  /** Characters of all (default 24 M); what was asked for least recently goes. */
  mostOfAll?: number;
}

export class Repeats {
  private readonly held = new Map<string, Answer>();
  private size = 0;
  private readonly mostRows: number;
  private readonly mostOfOne: number;
  private readonly mostOfAll: number;

  constructor({ mostRows = 10_000, mostOfOne = 1_000_000, mostOfAll = 24_000_000 }: RepeatLimits = {}) {
    this.mostRows = mostRows;
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

  /** Whether something is kept or read under a key, of whatever contents. */
  has(key: string): boolean {
    return this.held.has(key);
  }

  /** The rows that were answered from these contents, or are being read; undefined: nobody has. Rejects as that does. */
  async get<T>(key: string, contents: string): Promise<T[] | undefined> {
    const answer = this.held.get(key);
    if (answer?.contents !== contents) return undefined;
    this.held.delete(key);
    this.held.set(key, answer);
    if (answer.rows === null) {
      answer.waiting += 1;
      await answer.read;
    }
    return answer.rows === null ? undefined : (JSON.parse(answer.rows) as T[]);
  }

  /**
   * What `read` gives, which is kept under `contents`: what the tables held at some time before. Who asks for the
   * same meanwhile waits for it. Rejects as `read` does, and keeps nothing then.
   */
  async reading<T>(key: string, contents: string, read: () => Promise<T[]>): Promise<T[]> {
    const reading = read();
    const answer: Answer = { contents, rows: null, read: Promise.resolve(), waiting: 0 };
    answer.read = reading.then(
      (rows) => this.keep(key, answer, rows),
      (error: unknown) => {
        this.drop(key, answer);
        throw error;
      },
    );
    this.forget(key);
    this.held.set(key, answer);
    // Text first: what the asker does with the rows is nobody else's.
    await answer.read;
    return reading;
  }

  private keep(key: string, answer: Answer, rows: readonly unknown[]): void {
    const few = rows.length <= this.mostRows;
    const text = few || answer.waiting > 0 ? JSON.stringify(rows) : null;
    if (text === null || !few || text.length > this.mostOfOne) {
      this.drop(key, answer);
      answer.rows = text;
      return;
    }
    answer.rows = text;
    if (this.held.get(key) !== answer) return;
    this.size += sizeOf(key, answer);
    for (const [oldest] of this.held) {
      if (this.size <= this.mostOfAll) break;
      this.forget(oldest);
    }
  }

  private drop(key: string, answer: Answer): void {
    if (this.held.get(key) === answer) this.forget(key);
  }

  private forget(key: string): void {
    const answer = this.held.get(key);
    if (!answer) return;
    this.size -= sizeOf(key, answer);
    this.held.delete(key);
  }
}
