/** One trace from a request over the log to both sinks, as a collector receives it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { upsert } from '../support/events';
import { ENGINE_SETS, Floor } from '../support/floor';

interface Span {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  links?: { traceId: string }[];
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Span[] }[];
  }[];
}

/** Takes OTLP's JSON. */
class Collector {
  readonly spans: Span[] = [];
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.take(JSON.parse(Buffer.concat(chunks).toString()) as Export);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/traces`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The spans of a trace by name, once all the wanted ones are there. */
  async trace(traceId: string, wanted: string[]): Promise<Map<string, Span>> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const found = this.spans.filter((span) => span.traceId === traceId);
      const names = new Set(found.map(({ name, service }) => `${service} ${name}`));
      if (wanted.every((name) => names.has(name)))
        return new Map(found.map((span) => [`${span.service} ${span.name}`, span]));
      if (Date.now() > deadline) throw new Error(`of ${traceId} there are only ${[...names].join(', ')}`);
      await sleep(100);
    }
  }

  private take({ resourceSpans }: Export): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
  }
}

const ROOT_TRACE = '0af7651916cd43dd8448eb211c80319c';
const EVENT_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const UNSAMPLED = '11112222333344445555666677778888';

const parent = (trace: string, flags = '01'): string => `00-${trace}-b7ad6b7169203331-${flags}`;

describe.each(ENGINE_SETS)('traces on %s', (set) => {
  const collector = new Collector();
  let floor: Floor;
  const app = (name: string): string => (set === 'embedded' ? 'floorboard' : name);

  beforeAll(async () => {
    const url = await collector.start();
    // Nothing is traced but what somebody else began: the numbers of spans are known.
    floor = await Floor.start(set, { TRACES_URL: url, TRACES_SHARE: '0' });
  }, 180_000);
  afterAll(async () => {
    await floor?.stop();
    collector.stop();
  });

  const publish = (trace: string, event: object): Promise<{ status: number }> =>
    floor.request('POST', '/v1/events', event, {
      'content-type': 'application/cloudevents+json',
      traceparent: trace,
    });

  const wanted = [
    `${app('ingest')} POST /v1/events`,
    `${app('ingest')} send crm.events.v1`,
    `${app('facts')} process crm.events.v1`,
    `${app('leaderboards')} process crm.events.v1`,
    `${app('leaderboards')} apply counters`,
  ];

  it('follow a request over the log to both sinks', async () => {
    const answer = await publish(parent(ROOT_TRACE), upsert('department', { id: 'd1', name: 'East' }));
    expect(answer.status).toBe(202);
    const spans = await collector.trace(ROOT_TRACE, wanted);
    const idOf = (name: string): string | undefined => spans.get(name)?.spanId;
    const parentOf = (name: string): string | undefined => spans.get(name)?.parentSpanId;
    const [request = '', send = '', ...processed] = wanted;
    expect(parentOf(request)).toBe('b7ad6b7169203331');
    expect(parentOf(send)).toBe(idOf(request));
    if (set === 'servers') for (const name of processed.slice(0, 2)) expect(parentOf(name)).toBe(idOf(send));
    const inserts = [...spans.keys()].filter((name) => name.startsWith(`${app('facts')} INSERT `));
    expect(inserts.length).toBeGreaterThan(0);
  }, 90_000);

  it('follow an event that carries a trace of its own, to which the request links', async () => {
    const event = { ...upsert('department', { id: 'd2', name: 'West' }), traceparent: parent(EVENT_TRACE) };
    const request = 'aaaabbbbccccddddeeeeffff00001111';
    expect((await publish(parent(request), event)).status).toBe(202);
    await collector.trace(EVENT_TRACE, wanted.slice(2));
    const sent = await collector.trace(request, wanted.slice(0, 2));
    expect(sent.get(wanted[1] ?? '')?.links?.map(({ traceId }) => traceId)).toEqual([EVENT_TRACE]);
  }, 90_000);

  it('leave out what nobody keeps', async () => {
    expect(
      (await publish(parent(UNSAMPLED, '00'), upsert('department', { id: 'd3', name: 'North' }))).status,
    ).toBe(202);
    await floor.settle();
    const last = 'ffffeeeeddddccccbbbbaaaa99998888';
    await publish(parent(last), upsert('department', { id: 'd4', name: 'South' }));
    await collector.trace(last, wanted);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).not.toContain(UNSAMPLED);
  }, 90_000);
});
