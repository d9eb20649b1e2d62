import type { AddressInfo } from 'node:net';
import { Health } from './health';
import { Metrics, serveMetrics } from './metrics';

describe('metrics', () => {
  it('are text as Prometheus reads it', () => {
    const metrics = new Metrics();
    const refused = metrics.counter('refused_total', 'Refused.', 'reason');
    metrics.gauge('streams', 'Open streams.', () => 3);
    refused.add('role');
    refused.add('role');
    refused.add('rate');
    expect(metrics.text()).toBe(
      [
        '# HELP refused_total Refused.',
        '# TYPE refused_total counter',
        'refused_total{reason="role"} 2',
        'refused_total{reason="rate"} 1',
        '# HELP streams Open streams.',
        '# TYPE streams gauge',
        'streams 3',
        '',
      ].join('\n'),
    );
  });

  it('are served with the details of dependencies on a port of their own', async () => {
    const health = new Health();
    health.add('log', () => Promise.resolve());
    health.add('counters', () => Promise.reject(new Error('connection refused')));
    expect(
      await serveMetrics({ METRICS_PORT: undefined, METRICS_HOST: '127.0.0.1' }, new Metrics(), health),
    ).toBeNull();
    const server = await serveMetrics({ METRICS_PORT: 0, METRICS_HOST: '127.0.0.1' }, new Metrics(), health);
    const { port, address } = server?.address() as AddressInfo;
    expect(address).toBe('127.0.0.1');
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      {
        dependencies: [
          { name: 'log', ok: true },
          { name: 'counters', ok: false, error: 'connection refused' },
        ],
      },
    ]);
    const text = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([text.status, text.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('version=0.0.4'),
    ]);
    expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
});
