/** Where an event's `data` stands in its own bytes, so that it can be kept as it was sent instead of being written anew. */
import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Everything up to the space is white space between tokens. */
const SPACE = 0x20;

export interface Slice {
  start: number;
  /** Offset after the last byte. */
  end: number;
}

/**
 * The value of `data` in the bytes of a JSON object: the last one where there are several, as a parser takes it.
 * Null when it is absent, or these bytes do not say it for certain (a name with escapes, text that is no UTF-8).
 * `json` must be what a parser has accepted as an object.
 */
export function dataSlice(json: Buffer): Slice | null {
  let found: Slice | null = null;
  let at = json.indexOf(OPEN_BRACE) + 1;
  for (;;) {
    at = afterSpace(json, at);
    if (json[at] === COMMA) at = afterSpace(json, at + 1);
    if (json[at] !== QUOTE) break;
    const name = at + 1;
    at = name;
    while (json[at] !== QUOTE) if (json[at++] === BACKSLASH) return null;
    const close = at;
    at = afterSpace(json, close + 1);
    if (json[at] !== COLON) return null;
    const start = afterSpace(json, at + 1);
    at = endOfValue(json, start);
    if (close - name === 4 && isData(json, name)) found = { start, end: at };
  }
  return found && isSound(json, found) ? found : null;
}

const isData = (json: Buffer, at: number): boolean =>
  json[at] === 0x64 && json[at + 1] === 0x61 && json[at + 2] === 0x74 && json[at + 3] === 0x61;

function isSound(json: Buffer, { start, end }: Slice): boolean {
  for (let at = start; at < end; at++) {
    if ((json[at] as number) >= 0x80) return isUtf8(json.subarray(start, end));
  }
  return true;
}

function afterSpace(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && (json[at] as number) <= SPACE) at += 1;
  return at;
}

/** Offset after the value that begins at `start`. */
function endOfValue(json: Buffer, start: number): number {
  let level = 0;
  for (let at = start; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = closingQuote(json, at);
      if (level === 0) return at + 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) level += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      // A number or a word ends where its object does.
      if (level === 0) return at;
      level -= 1;
      if (level === 0) return at + 1;
    } else if (level === 0 && (byte === COMMA || byte <= SPACE)) return at;
  }
  return json.length;
}

/** Offset of the quote that ends the string begun at `open`. */
function closingQuote(json: Buffer, open: number): number {
  let at = open + 1;
  for (; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) at += 1;
  }
  return at;
}
