/** What the client makes of answers that a healthy server does not give, and of its own bounds. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ClientClosed,
  EventRejected,
  eventsOf,
  FloorboardClient,
  PublishFailed,
  QueueFull,
  type ChangeEvent,
  type ClientOptions,
} from '../../libs/client';
import { RECORDS } from './records';

interface Scripted {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const crm = eventsOf('/crm');
const eventOf = (id: string): ChangeEvent => crm.changed('department', { ...RECORDS.department, id });

let server: Server;
/** Answers to come; beyond them every event is accepted. */
let answers: Scripted[];
/** Subjects of each request. */
let seen: string[][];
let headers: IncomingMessage['headers'][];
/** Ids of the events as sent. */
let ids: string[];
/** While set, no answer is given. */
let gate: Promise<void> | undefined;

beforeEach(async () => {
  answers = [];
  seen = [];
  headers = [];
  ids = [];
  gate = undefined;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const events = JSON.parse(Buffer.concat(chunks).toString()) as ChangeEvent[];
  seen.push(events.map(({ subject }) => subject));
  headers.push(request.headers);
  ids.push(...events.map(({ id }) => id));
  await gate;
  const given = answers.shift();
  const taken = JSON.stringify({ accepted: events.length, rejected: [] });
  response.writeHead(given?.status ?? 202, given?.headers).end(given ? (given.body ?? '{}') : taken);
}

const clientOf = (options: Partial<ClientOptions> = {}): FloorboardClient =>
  new FloorboardClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ lingerMs: 5, retryFirstMs: 1, retryLongestMs: 4 },
    ...options,
  });

/** Closes a gate that answers wait at; returns what opens it. */
function closeGate(): () => void {
  let open!: () => void;
  gate = new Promise((resolve) => (open = resolve));
  return open;
}

it('sends what comes within a moment as one batch, and a full batch at once', async () => {
  const client = clientOf({ batchEvents: 3, lingerMs: 50, key: async () => 'secret' });
  await Promise.all(['a', 'b', 'c', 'd'].map((id) => client.publish(eventOf(id))));
  expect(seen).toEqual([['a', 'b', 'c'], ['d']]);
  expect(headers[0]).toMatchObject({
    'content-type': 'application/cloudevents-batch+json',
    authorization: 'Bearer secret',
  });
  const small = clientOf({ batchBytes: 2 * JSON.stringify(eventOf('x')).length + 2 });
  await small.publishAll(['e', 'f', 'g'].map(eventOf));
  expect(seen.slice(2)).toEqual([['e', 'f'], ['g']]);
});

it('sends the same events again while the server is busy or away, and not before it asked', async () => {
  const waits: number[] = [];
  const client = clientOf({ hooks: { retry: ({ waitMs }) => waits.push(waitMs) } });
  answers = [
    { status: 429, headers: { 'retry-after': '1' } },
    {
      status: 503,
      // Two seconds after this is answered.
      get headers() {
        return { 'retry-after': new Date(Date.now() + 2_000).toUTCString() };
      },
    },
    { status: 500 },
    { status: 502, body: '<html>' },
    { status: 504 },
    { status: 408 },
  ];
  const event = eventOf('a');
  await client.publish(event);
  expect(new Set(ids)).toEqual(new Set([event.id]));
  expect(seen).toHaveLength(7);
  expect(waits[0]).toBeGreaterThanOrEqual(1_000);
  // A date says seconds only, so up to one of the two may be over.
  expect(waits[1]).toBeGreaterThan(500);
  expect(Math.max(...waits.slice(2))).toBeLessThanOrEqual(4);
  expect(client.stats).toMatchObject({ accepted: 1, requests: 7, retries: 6 });
}, 15_000);

it('gives up when its patience is at an end, and at once on what will not change', async () => {
  answers = [{ status: 503, headers: { 'retry-after': '60' }, body: '{"title":"Service unavailable"}' }];
  const failure = clientOf({ patienceMs: 500 }).publish(eventOf('a'));
  await expect(failure).rejects.toThrow(PublishFailed);
  await expect(failure).rejects.toThrow('503 Service unavailable');
  for (const status of [301, 404, 415]) {
    answers = [{ status, headers: { location: '/elsewhere' } }];
    await expect(clientOf().publish(eventOf('a'))).rejects.toMatchObject({ name: 'PublishRefused', status });
  }
  answers = [{ status: 202, body: '{"accepted":2,"rejected":[]}' }];
  await expect(clientOf().publish(eventOf('a'))).rejects.toThrow('not about these events');
  expect(seen).toHaveLength(5);
});

it('gives up a request that is not answered in time, and sends it again', async () => {
  const open = closeGate();
  const client = clientOf({ timeoutMs: 50, hooks: { retry: open } });
  await client.publish(eventOf('a'));
  expect(client.stats.retries).toBeGreaterThan(0);
});

it('halves a batch that is too large for the server until the event at fault stands alone', async () => {
  const tooLarge = { status: 413, body: '{"title":"Content too large"}' };
  // a b c d, then a b, then c d, then c alone.
  answers = [tooLarge, { status: 202, body: '{"accepted":2,"rejected":[]}' }, tooLarge, tooLarge];
  const { accepted, rejected } = await clientOf().publishAll(['a', 'b', 'c', 'd'].map(eventOf));
  expect(accepted).toBe(3);
  expect(rejected.map(({ event, errors }) => [event.subject, errors[0]?.detail])).toEqual([
    ['c', 'Content too large'],
  ]);
  expect(seen).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['d']]);
});

it('holds a bounded number of events: beyond it there is no room, and a source is not read on', async () => {
  const open = closeGate();
  const client = clientOf({ maxQueued: 4, batchEvents: 2 });
  const first = ['a', 'b', 'c', 'd'].map((id) => client.publish(eventOf(id)));
  await expect(client.publish(eventOf('e'))).rejects.toThrow(QueueFull);
  let read = 0;
  function* source(): Generator<ChangeEvent> {
    for (; read < 10; read++) yield eventOf(`s${read}`);
  }
  const all = client.publishAll(source());
  const room = client.room();
  let roomy = false;
  void room.then(() => (roomy = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect({ read, roomy, queued: client.stats.queued }).toEqual({ read: 0, roomy: false, queued: 4 });
  open();
  await room;
  await Promise.all(first);
  expect(await all).toEqual({ accepted: 10, rejected: [] });
  const bytes = clientOf({ maxQueuedBytes: 1 });
  const one = bytes.publish(eventOf('a'));
  await expect(bytes.publish(eventOf('b'))).rejects.toThrow(QueueFull);
  await one;
});

it('sends everything before it is closed, and takes nothing after', async () => {
  const client = clientOf({ lingerMs: 60_000, batchEvents: 2 });
  const published = ['a', 'b', 'c'].map((id) => client.publish(eventOf(id)));
  await client.close();
  await Promise.all(published);
  expect(seen.flat()).toEqual(['a', 'b', 'c']);
  await expect(client.publish(eventOf('d'))).rejects.toThrow(ClientClosed);
});

it.each(['closed with a limit', 'aborted'])('gives up what is under way when it is %s', async (how) => {
  const open = closeGate();
  const client = clientOf({ batchEvents: 1 });
  const outcomes = Promise.allSettled(['a', 'b'].map((id) => client.publish(eventOf(id))));
  if (how === 'aborted') client.abort();
  else await client.close({ timeoutMs: 50 });
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ reason: expect.any(ClientClosed) as unknown });
  }
  expect(client.stats).toMatchObject({ queued: 0, failed: 2 });
  open();
});

it('stops waiting for another attempt when it is aborted', async () => {
  answers = [{ status: 503, headers: { 'retry-after': '60' } }];
  const client: FloorboardClient = clientOf({ hooks: { retry: () => client.abort() } });
  await expect(client.publish(eventOf('a'))).rejects.toThrow(ClientClosed);
});

it('flushes what was published before', async () => {
  const client = clientOf({ lingerMs: 60_000 });
  const outcome = client.publish(eventOf('a'));
  await client.flush();
  await outcome;
  expect(seen).toEqual([['a']]);
});

it('is not stopped by a hook that throws', async () => {
  const fail = (): never => {
    throw new Error('of the hook');
  };
  const client = clientOf({ hooks: { request: fail, retry: fail, rejected: fail } });
  answers = [
    { status: 503 },
    { status: 400, body: '{"rejected":[{"index":0,"errors":[{"pointer":"/time","detail":"is missing"}]}]}' },
  ];
  await expect(client.publish(eventOf('a'))).rejects.toThrow(EventRejected);
});

it('spreads its waits: doubling up to a limit, at least half of each by plan', async () => {
  const waits: number[] = [];
  const client = clientOf({
    ...{ retryFirstMs: 2, retryLongestMs: 16 },
    hooks: { retry: ({ waitMs }) => waits.push(waitMs) },
  });
  answers = Array.from({ length: 6 }, () => ({ status: 503 }));
  await client.publish(eventOf('a'));
  [2, 4, 8, 16, 16, 16].forEach((full, index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(full / 2);
    expect(waits[index]).toBeLessThanOrEqual(full);
  });
  expect(new Set(waits).size).toBe(6);
});

it('refuses versions that a number cannot hold exactly', () => {
  const sequenceOf = (sequence: number | bigint | string): string | undefined =>
    crm.deleted('goal', 'g', { sequence }).sequence;
  expect(sequenceOf(123n)).toBe('123');
  for (const wrong of [2 ** 53, -1, 1.5, '', '1e3', 10n ** 18n]) {
    expect(() => sequenceOf(wrong)).toThrow(RangeError);
  }
});
