import { Health } from '../health';
import { Metrics } from './metrics';
import { serveMetrics, type MetricsServer } from './server';

describe('metrics', () => {
  let metrics: Metrics;
  let health: Health;
  let server: MetricsServer;

  beforeEach(async () => {
    metrics = new Metrics();
    health = new Health();
    server = await serveMetrics({ METRICS_HOST: '127.0.0.1', METRICS_PORT: 0 }, metrics, health);
  });
  afterEach(() => server.close());

  const scrape = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();

  it('serves what was counted', async () => {
    metrics.accepted.inc(3);
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('floorboard_events_accepted_total 3\n');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('asks for gauges at each scrape; several readers share one, and one that fails is left out', async () => {
    let lag = 1;
    const labels = ['consumer'];
    metrics.observe('lag', 'Lag.', labels, () => [{ labels: { consumer: 'a' }, value: lag }]);
    metrics.observe('lag', 'Lag.', labels, () => Promise.reject(new Error('gone')));
    metrics.observe('lag', 'Lag.', labels, async () => [{ labels: { consumer: 'b' }, value: 7 }]);
    expect(await scrape()).toContain('lag{consumer="a"} 1\nlag{consumer="b"} 7\n');
    lag = 2;
    expect(await scrape()).toContain('lag{consumer="a"} 2\n');
  });

  it('makes one reading for gauges that follow from it, once a scrape', async () => {
    let scrapes = 0;
    const read = async (): Promise<{ done: number; age?: number }> => {
      scrapes += 1;
      return scrapes === 1 ? { done: 3 } : { done: 4, age: 9 };
    };
    metrics.observeTogether(read, [
      { name: 'done', help: 'Done.', value: ({ done }) => done },
      { name: 'age', help: 'Age.', value: ({ age }) => age },
    ]);
    const first = await scrape();
    expect(first).toContain('\ndone 3\n');
    expect(first).not.toMatch(/^age /m);
    expect(await scrape()).toMatch(/^done 4$[\s\S]*^age 9$/m);
    expect(scrapes).toBe(2);
  });

  it('names each dependency and what is wrong with it', async () => {
    health.add('log', async () => undefined);
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({
      status: 'ok',
      dependencies: [{ name: 'log', ok: true }],
    });
    health.add('warehouse', () => Promise.reject(new Error('connection refused')));
    const response = await fetch(`${server.url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'unavailable',
      dependencies: [
        { name: 'log', ok: true },
        { name: 'warehouse', ok: false, error: 'connection refused' },
      ],
    });
  });

  it('knows no other path, and refuses an address that is taken', async () => {
    expect((await fetch(`${server.url}/v1/status`)).status).toBe(404);
    const port = Number(new URL(server.url).port);
    await expect(
      serveMetrics({ METRICS_HOST: '127.0.0.1', METRICS_PORT: port }, metrics, health),
    ).rejects.toThrow('EADDRINUSE');
  });
});
