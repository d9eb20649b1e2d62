/**
 * MessagePack as the `cmsgpack` of Redis reads it: strings and bytes alike in the raw format, since
 * it knows no binary one and a Lua string is both. Whole numbers up to 2^53 arrive exactly.
 */
export type Packable =
  string | number | boolean | Buffer | readonly Packable[] | { readonly [key: string]: Packable | undefined };

const INITIAL_BYTES = 1 << 18;
const MAX_INT32 = 0x7fffffff;

let bytes = Buffer.allocUnsafe(INITIAL_BYTES);
let at = 0;

/** @throws Error for a number that is not whole. */
export function pack(value: Packable): Buffer {
  at = 0;
  write(value);
  return Buffer.from(bytes.subarray(0, at));
}

function write(value: Packable): void {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeNumber(value);
  reserve(9);
  if (typeof value === 'boolean') bytes[at++] = value ? 0xc3 : 0xc2;
  else if (Buffer.isBuffer(value)) writeBytes(value);
  else if (isList(value)) {
    writeLength(0xdd, value.length);
    for (const item of value) write(item);
  } else {
    const entries = Object.entries(value).filter(
      (entry): entry is [string, Packable] => entry[1] !== undefined,
    );
    writeLength(0xdf, entries.length);
    for (const [key, item] of entries) {
      writeText(key);
      write(item);
    }
  }
}

const isList = (value: object): value is readonly Packable[] => Array.isArray(value);

function writeNumber(value: number): void {
  if (!Number.isInteger(value)) throw new Error(`${value} is not a whole number`);
  reserve(9);
  if (value >= 0 && value < 128) {
    bytes[at++] = value;
  } else if (Math.abs(value) <= MAX_INT32) {
    bytes[at++] = 0xd2;
    at = bytes.writeInt32BE(value, at);
  } else {
    bytes[at++] = 0xcb;
    at = bytes.writeDoubleBE(value, at);
  }
}

function writeText(value: string): void {
  // UTF-8 takes at most three bytes per UTF-16 unit.
  reserve(5 + 3 * value.length);
  if (value.length * 3 < 32) {
    const length = bytes.write(value, at + 1);
    bytes[at] = 0xa0 | length;
    at += 1 + length;
    return;
  }
  const length = bytes.write(value, at + 5);
  bytes[at] = 0xdb;
  bytes.writeUInt32BE(length, at + 1);
  at += 5 + length;
}

function writeBytes(value: Buffer): void {
  reserve(5 + value.length);
  writeLength(0xdb, value.length);
  at += value.copy(bytes, at);
}

function writeLength(kind: number, length: number): void {
  bytes[at] = kind;
  bytes.writeUInt32BE(length, at + 1);
  at += 5;
}

function reserve(more: number): void {
  if (at + more <= bytes.length) return;
  const bigger = Buffer.allocUnsafe(2 * (at + more));
  bytes.copy(bigger, 0, 0, at);
  bytes = bigger;
}
