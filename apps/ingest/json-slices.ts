/**
 * Where the items of a JSON array stand in its bytes, so that each event can be kept as it was sent
 * (numbers, order and all) without writing it out again.
 */

export interface JsonSlice {
  /** Offset of the first byte. */
  start: number;
  /** Offset after the last byte. */
  end: number;
  /** Deepest nesting inside: 0 for a plain value, 1 for a flat object. */
  depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Everything up to the space is white space between tokens. */
const SPACE = 0x20;

/** The items of an array, in order. `json` must be well-formed JSON text of an array. */
export function itemSlices(json: Buffer): JsonSlice[] {
  const slices: JsonSlice[] = [];
  let level = 0;
  let deepest = 0;
  let start = -1;
  let end = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number;
    if (byte <= SPACE) continue;
    if (level === 1 && (byte === COMMA || byte === CLOSE_BRACKET)) {
      if (start >= 0) slices.push({ start, end, depth: deepest });
      start = -1;
      deepest = 0;
      if (byte === CLOSE_BRACKET) break;
      continue;
    }
    if (level === 1 && start < 0) start = i;
    if (byte === QUOTE) i = closingQuote(json, i);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      level += 1;
      if (level - 1 > deepest) deepest = level - 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) level -= 1;
    end = i + 1;
  }
  return slices;
}

/** The one value of a well-formed JSON text, without the white space around it. */
export function valueSlice(json: Buffer): JsonSlice {
  let start = 0;
  let end = json.length;
  while (start < end && (json[start] as number) <= SPACE) start += 1;
  while (end > start && (json[end - 1] as number) <= SPACE) end -= 1;
  let level = 0;
  let depth = 0;
  for (let i = start; i < end; i++) {
    const byte = json[i] as number;
    if (byte === QUOTE) i = closingQuote(json, i);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      level += 1;
      if (level > depth) depth = level;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) level -= 1;
  }
  return { start, end, depth };
}

/** Offset of the quote that ends the string begun at `open`. */
function closingQuote(json: Buffer, open: number): number {
  let i = open + 1;
  for (; i < json.length; i++) {
    const byte = json[i] as number;
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) i += 1;
  }
  return i;
}
