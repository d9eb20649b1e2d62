/** Rows of text as one growing run of UTF-8 bytes, each of which can be found again. */
export class RowBuffer {
  private bytes = Buffer.allocUnsafe(64 * 1024);
  private end = 0;
  private readonly starts: number[] = [];

  get count(): number {
    return this.starts.length;
  }

  /** Bytes held. */
  get size(): number {
    return this.end;
  }

  add(row: string): void {
    // A UTF-16 unit takes at most three bytes.
    const most = this.end + row.length * 3;
    if (most > this.bytes.length) this.grow(most);
    this.starts.push(this.end);
    this.end += this.bytes.write(row, this.end);
  }

  /** Rows `from` to `to` (not included); valid until the next `add`. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.starts[from], to < this.starts.length ? this.starts[to] : this.end);
  }

  private grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
