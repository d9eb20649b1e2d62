/** Odd values, as a careless or a hostile client sends them. */
import type { Random } from '../model';

const STRINGS: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'null',
    'undefined',
    'true',
    'NaN',
    '../../etc/passwd',
    '%00',
    '\u0000',
    'a\r\nb',
  ],
  ...[
    "' OR 1=1 --",
    '"; DROP TABLE contract',
    '{tenant:String}',
    '${7*7}',
    '<script>',
    '=1+1',
    '🙂',
    '\ud83d',
    'é',
    'ﬀ',
  ],
  ...[
    '2026-02-30',
    '0000-00-00',
    '9999-12-31',
    '2026-01-01',
    '1899-12-31',
    '24:00',
    '__proto__',
    'constructor',
  ],
  ...[
    'toString',
    'x'.repeat(65),
    '部'.repeat(513),
    'x'.repeat(5_000),
    '9007199254740993',
    '-0',
    '1.005',
    '00',
    '+1',
  ],
];
const NUMBERS: readonly number[] = [0, -1, 1, 1e21, -1e-7, 2 ** 53, 0.1, 1e308, -2147483649, 999999999999999];

export function oddString(random: Random): string {
  if (random.chance(0.7)) return random.pick(STRINGS);
  const length = random.int(1, 40);
  return random
    .list(length, () => String.fromCodePoint(random.int(1, random.chance(0.2) ? 0xd7ff : 0x7e)))
    .join('');
}

/** Any JSON value, now and then deep. */
export function oddJson(random: Random, depth = 0): unknown {
  if (random.chance(0.02)) return nested(random.int(10, 5_000));
  const kinds = depth > 3 ? 4 : 6;
  switch (random.int(0, kinds - 1)) {
    case 0:
      return oddString(random);
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.chance(0.5);
    case 3:
      return null;
    case 4:
      return random.list(random.int(0, 4), () => oddJson(random, depth + 1));
    default:
      return Object.fromEntries(
        random.list(random.int(0, 4), () => [oddString(random), oddJson(random, depth + 1)]),
      );
  }
}

/** Deep, but written without recursion. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** A value with some of its fields gone, replaced or added. */
export function mutated(random: Random, value: unknown): unknown {
  if (random.chance(0.15)) return oddJson(random);
  if (Array.isArray(value))
    return value.map((item) => (random.chance(0.3) ? mutated(random, item) : (item as unknown)));
  if (value === null || typeof value !== 'object') return random.chance(0.5) ? oddJson(random) : value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (random.chance(0.08)) return [];
    if (random.chance(0.12)) return [[key, oddJson(random)]];
    return [[key, random.chance(0.2) ? mutated(random, item) : item]];
  });
  if (random.chance(0.15)) entries.push([oddString(random), oddJson(random)]);
  return Object.fromEntries(entries);
}

/** Text of JSON, now and then broken in its bytes. */
export function bytesOf(random: Random, value: unknown): Buffer {
  // Lone surrogates and NUL become escapes; what is too deep for this writer is written by hand.
  let text: string;
  try {
    text = JSON.stringify(value) ?? '';
  } catch {
    text = '['.repeat(20_000);
  }
  const bytes = Buffer.from(text);
  if (random.chance(0.85) || bytes.length === 0) return bytes;
  switch (random.int(0, 3)) {
    case 0:
      return bytes.subarray(0, random.int(0, bytes.length));
    case 1:
      bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
      return bytes;
    case 2:
      return Buffer.concat([
        bytes,
        Buffer.from(random.pick(['}', ']', ',', '\u0000', '//', bytes.toString()])),
      ]);
    default:
      return Buffer.from(text.replace(/"(\w+)":/, '"$1":1,"$1":'));
  }
}
