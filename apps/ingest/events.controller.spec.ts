import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Global, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openChangeLog, TOPICS, type ChangeLog, type StoredRecord } from '#change-log';
import { openCaller } from '#access';
import { CHANGE_LOG, LOGGER, METRICS, SETTINGS } from '#engines';
import type { CallerRequest } from '#guard';
import { createHttpApp, createLogger, loadSettings, Metrics } from '#platform';
import { IngestModule } from './ingest.module';

const logger = createLogger('spec', 'silent');
const MIB = 1024 * 1024;

/** Another part of the same server, which keeps its parsed JSON. */
@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

async function start(
  log: ChangeLog,
  dataDir: string,
  env: Record<string, string> = {},
): Promise<NestFastifyApplication> {
  const settings = loadSettings({ DATA_DIR: dataDir, INTAKE_MAX_BYTES: String(8 * MIB), ...env });
  const values = [
    { provide: CHANGE_LOG, useValue: log },
    { provide: SETTINGS, useValue: settings },
    { provide: LOGGER, useValue: logger },
    { provide: METRICS, useValue: new Metrics() },
  ];
  @Global()
  @Module({ providers: values, exports: values })
  class Surroundings {}
  @Module({ imports: [Surroundings, IngestModule], controllers: [EchoController] })
  class Root {}
  const app = await createHttpApp(Root, {
    logger,
    // The guard's place is taken by one that lets everybody in.
    prepare: (instance) => {
      instance.addHook('onRequest', async (request: CallerRequest) => {
        request.caller = openCaller('default');
      });
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

let folder: string;
let log: ChangeLog;
let app: NestFastifyApplication;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'floorboard-ingest-'));
  log = await openChangeLog({ dataDir: folder });
  await log.ensureTopics([
    { name: TOPICS.events, partitions: 1 },
    { name: TOPICS.deadLetters, partitions: 1 },
  ]);
  app = await start(log, folder);
  port = (app.getHttpServer().address() as { port: number }).port;
});

afterEach(async () => {
  await app.close();
  await log.close();
  await rm(folder, { recursive: true });
});

async function post(
  path: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: object = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const publish = (events: unknown): Promise<Answer> =>
  post('/v1/events', 'application/cloudevents-batch+json', JSON.stringify(events));

const stored = (topic: string): Promise<StoredRecord[]> => log.read(topic, 0, 0, 10_000);

const department = (id: string, more: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `e-${id}`,
  source: '/crm',
  type: 'crm.department.created',
  subject: id,
  time: '2026-05-20T09:00:00.000Z',
  data: { id, name: id },
  ...more,
});

it('answers when the accepted are in the log, and keeps the rejected as dead letters', async () => {
  const bad = department('b', { data: { id: 'b' } });
  const answer = await publish([department('a'), bad, department('c')]);
  expect(answer).toMatchObject({
    status: 202,
    body: {
      accepted: 2,
      rejected: [{ index: 1, id: 'e-b', errors: [{ pointer: '/data/name', detail: 'is missing' }] }],
    },
  });
  const records = await stored(TOPICS.events);
  expect(records.map((record) => record.key)).toEqual(['default/department/a', 'default/department/c']);
  expect(JSON.parse(records[0]!.value.toString())).toEqual(department('a', { tenantid: 'default' }));
  const [letter] = await stored(TOPICS.deadLetters);
  expect(letter!.value.toString()).toBe(JSON.stringify(bad));
  expect(letter!.headers).toMatchObject({ reason: 'invalid', tenant: 'default', 'event-id': 'e-b' });
});

it('answers 400 with the same list when nothing was acceptable', async () => {
  const answer = await publish([department('a', { time: 'x' })]);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    status: 400,
    rejected: [{ index: 0, errors: [{ pointer: '/time' }] }],
  });
  expect(await stored(TOPICS.events)).toEqual([]);
  expect(await stored(TOPICS.deadLetters)).toHaveLength(1);
});

it('takes a single event and one in binary mode', async () => {
  const single = await post('/v1/events', 'application/cloudevents+json', JSON.stringify(department('a')));
  expect(single).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
  const { data, ...attributes } = department('b');
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
  );
  const binary = await post('/v1/events', 'application/json', JSON.stringify(data), headers);
  expect(binary).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
  expect((await stored(TOPICS.events)).map((r) => r.key)).toEqual([
    'default/department/a',
    'default/department/b',
  ]);
});

it.each(['application/json', 'text/plain', 'text/csv', 'nonsense'])(
  'refuses content type %s with what it accepts',
  async (type) => {
    const answer = await post('/v1/events', type, '{}');
    expect(answer.status).toBe(415);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body['detail']).toContain('application/cloudevents+json');
  },
);

it('refuses malformed and oversized bodies', async () => {
  const malformed = await post('/v1/events', 'application/cloudevents-batch+json', '[{"id" 1}]');
  expect(malformed).toMatchObject({ status: 400, body: { errors: [{ pointer: '' }] } });
  expect(malformed.body['detail']).toContain('line 1, column 8');
  const large = await post('/v1/events', 'application/cloudevents-batch+json', new Uint8Array(8 * MIB + 1));
  expect(large).toMatchObject({ status: 413, body: { status: 413 } });
});

it('answers 503 when the log is gone', async () => {
  await log.close();
  const answer = await publish([department('a')]);
  expect(answer).toMatchObject({ status: 503, body: { title: 'Service unavailable' } });
  expect(answer.headers.get('retry-after')).toBe('1');
});

it('turns requests away while too many bytes are under way, until they are gone', async () => {
  const upload = connect(port, '127.0.0.1');
  upload.write(
    'POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/cloudevents+json\r\n' +
      `Content-Length: ${8 * MIB}\r\n\r\n{`,
  );
  const busy = await until(async () => {
    const answer = await publish([department('a')]);
    return answer.status === 429 ? answer : null;
  });
  expect(busy.headers.get('retry-after')).toBe('1');
  upload.destroy();
  const taken = await until(async () => {
    const answer = await publish([department('a')]);
    return answer.status === 202 ? answer : null;
  });
  expect(taken.body).toEqual({ accepted: 1, rejected: [] });
});

it('leaves the bodies of other routes as they were', async () => {
  expect(await post('/echo', 'application/json; charset=utf-8', '{"a":1}')).toMatchObject({
    status: 201,
    body: { body: { a: 1 } },
  });
  expect(await post('/echo', 'application/json', '{"a"')).toMatchObject({ status: 400 });
  expect(await post('/echo', 'text/plain', 'x')).toMatchObject({ status: 415 });
});

it('turns publishers away while too many events wait behind the log', async () => {
  const limited = await start(log, folder, { INTAKE_MAX_LAG: '1000' });
  const publish = async (events: unknown[]): Promise<Response> =>
    fetch(`${await limited.getUrl()}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
  try {
    // Nobody consumes here.
    const events = Array.from({ length: 1_001 }, (_, index) => department(`wait-${index}`));
    expect((await publish(events)).status).toBe(202);
    const refused = await until(async () => {
      const answer = await publish([department('wait-more')]);
      return answer.status === 429 ? answer : null;
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ status: 429, title: 'Too many requests' });
  } finally {
    await limited.close();
  }
});

async function until<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const result = await attempt();
    if (result !== null) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('did not happen in time');
}
