/** One odd request to the API. */
import type { Random } from '../model';
import type { Operation } from './operations';
import { bytesOf, mutated, oddJson, oddString } from './values';

export interface HttpRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/xml',
  'application/problem+json',
];
const ACCEPTS = ['*/*', 'text/csv', 'application/json;q=0.1, text/csv', 'x', ',;q=', 'application/*;q=2'];
const WRITES = ['POST', 'PUT'];

export function httpRequest(random: Random, operations: readonly Operation[], key: string): HttpRequest {
  const operation = pickOperation(random, operations);
  const method = random.chance(0.9)
    ? operation.method
    : random.pick(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);
  const writes = WRITES.includes(method);
  const body = writes ? bodyOf(random, operation) : undefined;
  return {
    method,
    path: pathOf(random, operation) + queryOf(random, operation),
    headers: headersOf(random, key, writes),
    body,
  };
}

/** A rebuild is heavy and always the same: rarely. */
function pickOperation(random: Random, operations: readonly Operation[]): Operation {
  const operation = random.pick(operations);
  const heavy = operation.method === 'POST' && operation.path === '/v1/rebuild';
  return heavy && random.chance(0.95) ? random.pick(operations) : operation;
}

function pathOf(random: Random, { path, pathValues }: Operation): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = random.chance(0.75) ? random.pick(pathValues[name] ?? ['x']) : oddString(random);
    return random.chance(0.97) ? encoded(value) : value.replace(/[^\x21-\x7e]/g, '');
  });
}

/** As `encodeURIComponent`; what that does not take (a lone surrogate) as a byte that is no UTF-8. */
const encoded = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replaceAll('%EF%BF%BD', '%FF');

function queryOf(random: Random, { query }: Operation): string {
  const pairs: string[] = [];
  for (const { name, values } of query) {
    if (!random.chance(Math.min(0.5, 2.5 / query.length))) continue;
    const times = random.chance(0.05) ? random.int(2, 40) : 1;
    for (let i = 0; i < times; i++) {
      const value = random.chance(0.75) ? random.pick(values) : oddString(random);
      pairs.push(`${random.chance(0.97) ? name : `${name}[]`}=${encoded(value)}`);
    }
  }
  if (random.chance(0.1)) pairs.push(`${encoded(oddString(random))}=${encoded(oddString(random))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function bodyOf(random: Random, { body }: Operation): Buffer | undefined {
  if (random.chance(0.05)) return undefined;
  const value = body === null ? oddJson(random) : random.chance(0.3) ? body : mutated(random, body);
  return bytesOf(random, value);
}

function headersOf(random: Random, key: string, writes: boolean): Record<string, string> {
  const shown = random.chance(0.95) ? key : oddHeader(random);
  return {
    ...(random.chance(0.98) ? { authorization: `Bearer ${shown}` } : {}),
    ...(writes && random.chance(0.97)
      ? { 'content-type': random.chance(0.9) ? 'application/json' : random.pick(TYPES) }
      : {}),
    ...(random.chance(0.2) ? { accept: random.pick(ACCEPTS) } : {}),
    ...(random.chance(0.05) ? { cookie: `floorboard_screen=${oddHeader(random)}` } : {}),
    ...(random.chance(0.05)
      ? { 'x-forwarded-for': oddHeader(random), range: 'bytes=0-1', 'if-none-match': '*' }
      : {}),
    ...(random.chance(0.03) ? { origin: 'https://evil.example', 'last-event-id': oddHeader(random) } : {}),
  };
}

const oddHeader = (random: Random): string => oddString(random).replace(/[^\x21-\x7e]/g, '') || 'x';
