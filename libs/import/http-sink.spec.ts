import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '#crm';
import { HttpSink, PublishError } from './index';

interface Scripted {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

let server: Server;
let answers: Scripted[];
let seen: { headers: IncomingMessage['headers']; url: string; body: unknown }[];

beforeEach(() => {
  answers = [];
  seen = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      seen.push({ headers: request.headers, url: request.url ?? '', body });
      const answer = answers.shift() ?? { status: 202, body: { accepted: 1, rejected: [] } };
      response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
    });
  });
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const event = { id: '1' } as CloudEvent;

const listening = async (): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

it('sends batches with the key and tells what was rejected', async () => {
  const sink = new HttpSink({ url: await listening(), key: 'secret' });
  const rejected = [{ index: 0, id: '1', errors: [{ pointer: '/time', detail: 'is missing' }] }];
  answers = [{ status: 400, body: { title: 'Bad request', rejected } }];
  expect(await sink.publish([event])).toEqual({ rejected });
  expect(await sink.publish([event])).toEqual({ rejected: [] });
  expect(seen[0]).toMatchObject({
    url: '/v1/events',
    body: [event],
    headers: { 'content-type': 'application/cloudevents-batch+json', authorization: 'Bearer secret' },
  });
  sink.close();
});

it('comes again when the server is busy or the log is down', async () => {
  const sink = new HttpSink({ url: await listening() });
  answers = [
    { status: 429, headers: { 'retry-after': '0' } },
    { status: 503, headers: { 'retry-after': '0' } },
  ];
  await sink.publish([event]);
  expect(seen).toHaveLength(3);
  sink.close();
});

it('gives up when patience is at its end, saying why', async () => {
  const sink = new HttpSink({ url: await listening(), patienceMs: 500 });
  answers = [{ status: 503, headers: { 'retry-after': '60' }, body: { title: 'Service unavailable' } }];
  await expect(sink.publish([event])).rejects.toThrow('503 Service unavailable');
  sink.close();
});

it('does not try again what is refused for good', async () => {
  const sink = new HttpSink({ url: await listening() });
  answers = [{ status: 403, body: { title: 'Forbidden', detail: 'the key may not publish' } }];
  const refusal = sink.publish([event]);
  await expect(refusal).rejects.toThrow(PublishError);
  await expect(refusal).rejects.toThrow('403 Forbidden the key may not publish');
  expect(seen).toHaveLength(1);
  sink.close();
});

it('reaches a server on a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floorboard-sink-'));
  const socketPath = join(folder, 's.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const sink = new HttpSink({ url: 'http://localhost', socketPath });
  expect(await sink.publish([event])).toEqual({ rejected: [] });
  sink.close();
  rmSync(folder, { recursive: true });
});

it('waits for a server that is not there yet, until told to stop', async () => {
  const stop = new AbortController();
  const sink = new HttpSink({ url: 'http://127.0.0.1:1', signal: stop.signal });
  setTimeout(() => stop.abort(), 100);
  await expect(sink.publish([event])).rejects.toThrow(/aborted/);
  sink.close();
});
