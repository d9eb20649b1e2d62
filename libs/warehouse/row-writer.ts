/**
 * Rows in ClickHouse's RowBinary format as one growing run of bytes, in which each row can be found again.
 *
 * Numbers are little-endian, texts UTF-8 behind their length in bytes; what a column takes is up to the caller.
 */

const WORD = 4_294_967_296;
/** Of a text of at most this many UTF-16 units the length in UTF-8 fits one byte. */
const SHORT = 42;
/** The same of ASCII alone. */
const SHORT_ASCII = 127;

export class RowWriter {
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private end = 0;
  private readonly starts: number[] = [];

  /** Number of rows. */
  get count(): number {
    return this.starts.length;
  }

  /** Bytes held. */
  get size(): number {
    return this.end;
  }

  /** Begins the next row. */
  begin(): void {
    this.starts.push(this.end);
  }

  /** Rows `from` to `to` (not included); valid until the next row. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.starts[from], to < this.starts.length ? this.starts[to] : this.end);
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.end++] = value;
  }

  int32(value: number): void {
    this.reserve(4);
    this.word(value);
  }

  /** An integer up to 2^53 as 64 bits. */
  int64(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / WORD);
    this.word(value - high * WORD);
    this.word(high);
  }

  /** `value` times a thousand, and `low` more: exact where the product is beyond 2^53. */
  thousands(value: number, low: number): void {
    this.reserve(8);
    const high = Math.floor(value / WORD);
    const lowest = (value - high * WORD) * 1000 + low;
    const carry = Math.floor(lowest / WORD);
    this.word(lowest - carry * WORD);
    this.word(high * 1000 + carry);
  }

  /** 32 hex digits as a 128-bit number. */
  uint128(hex: string): void {
    this.reserve(16);
    const { bytes } = this;
    let { end } = this;
    for (let at = 30; at >= 0; at -= 2) {
      bytes[end++] = (hexDigit(hex.charCodeAt(at)) << 4) | hexDigit(hex.charCodeAt(at + 1));
    }
    this.end = end;
  }

  /** Number of items of the array that follows, or of bytes of the text. */
  length(count: number): void {
    this.reserve(5);
    let rest = count;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.end++] = (rest & 0x7f) | 0x80;
    this.bytes[this.end++] = rest;
  }

  /** A text without lone surrogates. */
  text(value: string): void {
    const { length } = value;
    if (length > SHORT_ASCII || !this.shortText(value, length)) {
      this.length(Buffer.byteLength(value));
      this.reserve(length * 3);
      this.end += this.bytes.write(value, this.end);
    }
  }

  /** A text that is UTF-8 already: the bytes of `from`, from `start` to `end` (not included). */
  utf8(from: Buffer, start: number, end: number): void {
    this.length(end - start);
    this.reserve(end - start);
    from.copy(this.bytes, this.end, start, end);
    this.end += end - start;
  }

  /** Most texts are so short that calling into the runtime would take longer. False: this one is not written. */
  private shortText(value: string, length: number): boolean {
    this.reserve(SHORT_ASCII + 1);
    const { bytes } = this;
    let end = this.end + 1;
    for (let at = 0; at < length; at++) {
      const unit = value.charCodeAt(at);
      if (unit < 0x80) bytes[end++] = unit;
      else {
        if (length > SHORT || (unit & 0xf800) === 0xd800) return false;
        if (unit < 0x800) bytes[end++] = 0xc0 | (unit >> 6);
        else {
          bytes[end++] = 0xe0 | (unit >> 12);
          bytes[end++] = 0x80 | ((unit >> 6) & 0x3f);
        }
        bytes[end++] = 0x80 | (unit & 0x3f);
      }
    }
    bytes[this.end] = end - this.end - 1;
    this.end = end;
    return true;
  }

  /** The low 32 bits; there must be room. */
  private word(value: number): void {
    const { bytes, end } = this;
    bytes[end] = value;
    bytes[end + 1] = value >>> 8;
    bytes[end + 2] = value >>> 16;
    bytes[end + 3] = value >>> 24;
    this.end = end + 4;
  }

  private reserve(more: number): void {
    const least = this.end + more;
    if (least > this.bytes.length) this.grow(least);
  }

  private grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}

/** Of a lower-case digit's code. */
const hexDigit = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57);
