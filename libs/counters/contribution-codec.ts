/**
 * Contributions as bytes. Stores keep one such value per counted record and never look inside; only
 * this file reads it.
 *
 * One contribution: flags (1: same employee as the one before, 2: same day, 4: has an
 * item, 8: negative value), board
 * tag (2 bytes), employee, day, magnitude of the value, item, each only where the flags call for it.
 * Strings are a length and UTF-8, numbers variable-length integers.
 */
import type { Day } from '#calendar';
import type { BoardRegistry } from './boards';
import type { Contribution } from './port';

const SAME_EMPLOYEE = 1;
const SAME_DAY = 2;
const HAS_ITEM = 4;
const NEGATIVE = 8;
/** Flags, tag and three numbers. */
const MAX_FIXED_BYTES = 32;

class Writer {
  private bytes = Buffer.allocUnsafe(4096);
  private at = 0;

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  string(value: string): void {
    this.unsigned(Buffer.byteLength(value));
    this.at += this.bytes.write(value, this.at);
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const bigger = Buffer.allocUnsafe(2 * (this.at + bytes));
    this.bytes.copy(bigger, 0, 0, this.at);
    this.bytes = bigger;
  }

  /** What was written, and starts anew. */
  take(): Buffer {
    const out = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return out;
  }

  /** Forgets what an encoding that failed has left behind. */
  reset(): void {
    this.at = 0;
  }
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  string(): string {
    const length = this.unsigned();
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }
}

const writer = new Writer();

/** @throws Error for a board that was not declared. */
export function encodeContributions(list: readonly Contribution[], boards: BoardRegistry): Buffer {
  writer.reset();
  let employee: string | null = null;
  let day: Day | null = null;
  for (const contribution of list) {
    const { item } = contribution;
    const tag = boards.tagOf(contribution.board);
    // UTF-8 takes at most three bytes per UTF-16 unit.
    writer.reserve(MAX_FIXED_BYTES + 3 * (contribution.employee.length + (item?.length ?? 0)));
    writer.byte(
      (contribution.employee === employee ? SAME_EMPLOYEE : 0) |
        (contribution.day === day ? SAME_DAY : 0) |
        (item === undefined ? 0 : HAS_ITEM) |
        (contribution.value < 0 ? NEGATIVE : 0),
    );
    writer.byte(tag >> 8);
    writer.byte(tag & 255);
    if (contribution.employee !== employee) writer.string((employee = contribution.employee));
    if (contribution.day !== day) writer.signed((day = contribution.day));
    writer.unsigned(Math.abs(contribution.value));
    if (item !== undefined) writer.string(item);
  }
  return writer.take();
}

/** Those of boards that are no longer declared are left out: nobody asks for their cells. */
export function decodeContributions(bytes: Buffer, boards: BoardRegistry, from = 0): Contribution[] {
  const reader = new Reader(bytes, from);
  const list: Contribution[] = [];
  let employee = '';
  let day: Day = 0;
  while (!reader.done) {
    const flags = reader.byte();
    const board = boards.idOf((reader.byte() << 8) | reader.byte());
    if (!(flags & SAME_EMPLOYEE)) employee = reader.string();
    if (!(flags & SAME_DAY)) day = reader.signed();
    const magnitude = reader.unsigned();
    const value = flags & NEGATIVE ? -magnitude : magnitude;
    const item = flags & HAS_ITEM ? reader.string() : undefined;
    if (board === undefined) continue;
    list.push(item === undefined ? { board, employee, day, value } : { board, employee, day, value, item });
  }
  return list;
}
