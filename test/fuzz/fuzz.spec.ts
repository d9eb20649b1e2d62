/**
 * Thousands of odd requests, odd events and broken connections: never a 5xx, a crash or a hang, and every
 * refusal is a problem that says nothing of the inside. A failing case is named by its seed.
 *
 *   npm run test:fuzz -- --seed 7 --cases 5000
 */
import { connect } from 'node:net';
import { REPORTS } from '#reports';
import { Random, randomHistory } from '../model';
import { Floor } from '../support/floor';
import { eventRequest, type EventRequest } from './events';
import { httpRequest, type HttpRequest } from './requests';
import { operationsOf } from './operations';
import { rawBytes } from './raw';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20261125);
const CASES = Number(process.env['FUZZ_CASES'] ?? 500);
const ADMIN = 'the-admin-key-of-the-fuzz-run-0123456789';
const PARALLEL = 4;
/** An answer that takes longer is a hang, also on a busy machine. */
const HANG_MS = 60_000;

let floor: Floor;
/** Statuses seen, by kind of case. */
const seen: Record<string, Record<number, number>> = {};

beforeAll(async () => {
  floor = await Floor.start('embedded', {
    ADMIN_KEY: ADMIN,
    KEY_REQUESTS_PER_SECOND: '1000000',
    KEY_PUBLISHES_PER_SECOND: '1000000',
    AUTH_FAILURES_PER_MINUTE: '1000000',
  });
  floor.key = ADMIN;
  await floor.publish(randomHistory(SEED, { size: 12 }).events);
  await floor.settle();
}, 120_000);
afterAll(() => floor?.stop());

/** Cases a few at a time, each with a seed of its own. */
async function inParallel(count: number, run: (seed: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(SEED + next++);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

function count(kind: string, status: number): void {
  const statuses = (seen[kind] ??= {});
  statuses[status] = (statuses[status] ?? 0) + 1;
}

async function send(
  base: string,
  { method, path, headers, body }: HttpRequest | EventRequest,
): Promise<Response> {
  const signal = AbortSignal.timeout(HANG_MS);
  return fetch(base + path, {
    method,
    headers,
    body: body && new Uint8Array(body),
    redirect: 'manual',
    signal,
  });
}

/** What is wrong with an answer, or null. */
async function complaint(response: Response): Promise<string | null> {
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return null;
  }
  const text = await response.text();
  if (status >= 500) return `${status} ${text}`;
  if (headers.get('x-content-type-options') !== 'nosniff') return `${status} without strict headers`;
  if (status < 400 || response.url.length === 0) return null;
  if (!type.startsWith('application/problem+json') && text !== '')
    return `${status} as ${type}: ${text.slice(0, 200)}`;
  if (/node_modules|\.ts:\d|\.js:\d|\n\s+at /.test(text)) return `${status} shows the inside: ${text}`;
  return null;
}

it('odd requests are answered', async () => {
  const { source, operations } = await operationsOf(floor);
  const wrong: unknown[] = [];
  await inParallel(CASES, async (seed) => {
    const request = httpRequest(new Random(seed), operations, ADMIN);
    const what = await send(floor.queryUrl, request).then(
      async (response) => {
        count('http', response.status);
        return complaint(response);
      },
      (error: unknown) => String(error),
    );
    if (what !== null)
      wrong.push({
        seed,
        method: request.method,
        path: request.path,
        body: request.body?.toString().slice(0, 300),
        what,
      });
  });
  console.log(
    `seed ${SEED}: ${CASES} requests over ${operations.length} operations of ${source}`,
    seen['http'],
  );
  expect(wrong).toEqual([]);
}, 3_600_000);

it('odd events are taken or refused one by one', async () => {
  const { events } = randomHistory(SEED + 1, { size: 12 });
  const wrong: unknown[] = [];
  await inParallel(CASES, async (seed) => {
    const request = eventRequest(new Random(seed), events, ADMIN);
    const what = await send(floor.ingestUrl, request).then(
      async (response) => {
        count('events', response.status);
        const { accepted, rejected } =
          response.status === 202
            ? ((await response.clone().json()) as { accepted: number; rejected: unknown[] })
            : { accepted: 0, rejected: [] };
        if (
          response.status === 202 &&
          request.events !== null &&
          accepted + rejected.length !== request.events
        ) {
          return `${accepted} accepted and ${rejected.length} rejected of ${request.events}`;
        }
        if (![202, 400, 413, 415].includes(response.status))
          return `${response.status} ${await response.text()}`;
        return complaint(response);
      },
      (error: unknown) => String(error),
    );
    if (what !== null) wrong.push({ seed, body: request.body?.toString().slice(0, 500), what });
  });
  console.log(`seed ${SEED}: ${CASES} messages of events`, seen['events']);
  expect(wrong).toEqual([]);
}, 3_600_000);

it('broken connections are closed', async () => {
  const { hostname, port } = new URL(floor.queryUrl);
  const cases = Math.ceil(CASES / 10);
  const hung: number[] = [];
  await inParallel(cases, async (seed) => {
    const bytes = rawBytes(new Random(seed), ADMIN);
    const closed = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(bytes));
      const timer = setTimeout(() => {
        socket.destroy();
        resolve(false);
      }, HANG_MS);
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    if (!closed) hung.push(seed);
  });
  expect(hung).toEqual([]);
}, 3_600_000);

it('leaves a server that works: everything accepted is read, and every report answers', async () => {
  await floor.settle();
  for (const { id } of REPORTS) await floor.get(`/v1/reports/${id}`);
  expect(Object.keys(seen['http'] ?? {}).length).toBeGreaterThan(4);
  expect(seen['events']?.[202]).toBeGreaterThan(CASES / 10);
  expect(seen['events']?.[400]).toBeGreaterThan(CASES / 10);
  expect(floor.output()).not.toMatch(/"level":"(fatal|error)"/);
}, 300_000);
