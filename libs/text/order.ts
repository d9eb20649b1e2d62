/** The one order of texts: by code point, as both warehouse engines, Redis and LMDB order their bytes. */

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** As UTF-8 bytes order, which UTF-16 units (and so JavaScript's `<`) do not beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above all others of the plane.
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
